"""Machines that share a ring, on a time that the tests turn: they look, crash, sleep, lose touch.

What a worker of the broker does with the ring, without HTTP and SQL: it looks once a second, says
what it publishes, and signs for as long as its lease holds. Keys are records alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from keys import Algorithm, KeyRecord, Lease, NoSigningKey, State
from keys.lease import Moment
from keys.ring import published, signing_key
from tests.keys.conftest import NOW, RingInMemory

LEASE, COUNTED, HEARTBEAT, APART = 15.0, 30.0, 5.0, 5.0
SLOW = 3.0
"""Seconds that a slow database takes to keep what a worker says."""


@dataclass
class Token:
    """Who signed what, when, until when."""

    kid: str
    at: float
    over: float


@dataclass
class Machine:
    """One worker. `wall` is by how much its wall clock is wrong; a sleeper does nothing.

    `saying`: when the look under way began, and from when on what it says can be kept.
    """

    name: str
    world: "World"
    wall: float = 0.0
    is_awake: bool = True
    has_touch: bool = True
    ring: tuple[KeyRecord, ...] = ()
    seen: int = -1
    shown: int = -1
    saying: tuple[Moment, float] | None = None

    def __post_init__(self) -> None:
        """Begin as one that is counted and has seen nothing."""
        world = self.world
        self.lease = Lease(LEASE, clocks=(lambda: world.now, lambda: world.now + self.wall))
        self._say(-1)

    def look(self, takes: float = 0.0) -> None:
        """Follow the ring; say so at once where it was changed, else every few seconds.

        What it says is kept after so many seconds.
        """
        if not (self.is_awake and self.has_touch):
            return
        if self.saying is None and abs(self.wall) <= APART:
            self.saying = self.lease.now(), self.world.now + takes
            self._read()
        if self.saying is not None and self.saying[1] <= self.world.now:
            since, self.saying = self.saying[0], None
            self._say_so(since)

    def _read(self) -> None:
        if self._silent_for >= COUNTED:
            self._say(-1)
        store = self.world.store
        if store.changes != self.seen:
            self.ring, self.seen = tuple(store.records.values()), store.changes

    def _say_so(self, since: Moment) -> None:
        was_counted = self._silent_for < COUNTED
        if self.shown != self.seen or self._silent_for >= HEARTBEAT:
            self._say(self.seen)
        if was_counted:
            self.lease.renew(since)

    def _say(self, ring: int) -> None:
        self.world.rows[self.name] = (self.world.now, ring)
        self.told_at, self.shown = self.world.now, ring

    @property
    def _silent_for(self) -> float:
        return self.world.now - self.told_at

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

    async def time(self) -> datetime:
        """`Publishers`: the database's clock."""
        return self.at

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
