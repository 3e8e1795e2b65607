"""Machines that share a ring, on a time that the tests turn: they look, crash, sleep, lose touch.

What a worker of the broker does with the ring, without HTTP and SQL: it looks once a second, says
what it publishes, and signs for as long as its lease holds. Keys are records alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from keys import Algorithm, KeyRecord, Lease, NoSigningKey, State
from keys.ring import published, signing_key
from tests.keys.conftest import NOW, RingInMemory

LEASE, COUNTED, HEARTBEAT, APART = 15.0, 30.0, 5.0, 5.0


@dataclass
class Token:
    """Who signed what, when, until when."""

    kid: str
    at: float
    over: float


@dataclass
class Machine:
    """One worker. `wall` is by how much its wall clock is wrong; a sleeper does nothing."""

    name: str
    world: "World"
    wall: float = 0.0
    is_awake: bool = True
    has_touch: bool = True
    ring: tuple[KeyRecord, ...] = ()
    seen: int = -1
    told_at: float = -1e9

    def __post_init__(self) -> None:
        """Begin as one that is counted and has seen nothing."""
        world = self.world
        self.lease = Lease(LEASE, clocks=(lambda: world.now, lambda: world.now + self.wall))
        world.rows[self.name] = (world.now, -1)

    def look(self) -> None:
        """Follow the ring; say so at once where it was changed, else every few seconds."""
        if not (self.is_awake and self.has_touch):
            return
        since = self.lease.now()
        if abs(self.wall) > APART:
            return
        store = self.world.store
        if store.changes != self.seen:
            self.ring, self.seen = tuple(store.records.values()), store.changes
            self.told_at = -1e9
        if self.world.now - self.told_at >= HEARTBEAT:
            self.world.rows[self.name] = (self.world.now, self.seen)
            self.told_at = self.world.now
        self.lease.renew(since)

    @property
    def publishes(self) -> frozenset[str]:
        """The keys in the JWK Set that it answers with."""
        return frozenset(each.kid for each in published(self.ring))

    @property
    def answers(self) -> bool:
        """Whether it answers at all with what depends on the ring."""
        return self.is_awake and self.lease.holds

    def sign(self, algorithm: Algorithm) -> str | None:
        """The `kid` of a signature, if it makes one."""
        if not self.answers:
            return None
        try:
            return signing_key(self.ring, algorithm).kid
        except NoSigningKey:
            return None


@dataclass
class World:
    """The store, the machines, the time in seconds, and the tokens that were signed."""

    store: RingInMemory
    now: float = 0.0
    machines: list[Machine] = field(default_factory=list)
    rows: dict[str, tuple[float, int]] = field(default_factory=dict)
    tokens: list[Token] = field(default_factory=list)
    started: int = 0

    @property
    def at(self) -> datetime:
        """The database's clock."""
        return NOW + timedelta(seconds=self.now)

    async def behind(self) -> Sequence[str]:
        """`Publishers`: who was heard of lately and has not shown the newest ring."""
        return [
            name
            for name, (heard, seen) in self.rows.items()
            if self.now - heard < COUNTED and seen != self.store.changes
        ]

    def start(self) -> None:
        """Another machine."""
        self.started += 1
        self.machines.append(Machine(f"m{self.started}", self))

    def pass_time(self, seconds: float) -> None:
        """Each second every machine that can looks, and signs what it would."""
        whole = int(min(seconds, 2 * COUNTED))
        self.now += seconds - whole
        for _ in range(whole):
            self.now += 1.0
            for each in self.machines:
                each.look()

    def by_kid(self) -> dict[str, KeyRecord]:
        """Every record."""
        return dict(self.store.records)

    def in_state(self, state: State) -> list[KeyRecord]:
        """The keys that are in it."""
        return [each for each in self.store.records.values() if each.state is state]
