"""Whatever happens to machines, clocks and keys: what must never happen does not."""

import asyncio
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from keys import Algorithm, Emergency, Leak, Rotation, Scope, Seal, State, Workshop, ensure_keys
from keys.schedule import LEEWAY, schedule
from tests.keys.conftest import MASTER, NOW, RingInMemory
from tests.keys.fleet import LEASE, SLOW, Token, World

ALGORITHM = Algorithm.EDDSA
LIFE = timedelta(minutes=10)
CACHED = timedelta(minutes=5)
SCHEDULE = schedule(
    rotate_every=timedelta(hours=2),
    announced_for=timedelta(0),
    cached_for=CACHED,
    lease=timedelta(seconds=LEASE),
    longest_lives={ALGORITHM: LIFE},
)
MACHINE = st.integers(0, 2)
# Around each span that a rule is about.
SECONDS = st.sampled_from([1.0, 4.0, 14.0, 16.0, 31.0, 290.0, 321.0, 550.0, 670.0, 690.0, 7_201.0])
ON_MACHINES = (
    "turn", "sleep", "wake", "lose touch", "find touch", "crash", "start", "retire", "look slowly",
)  # fmt: skip
DEEDS = st.one_of(
    st.tuples(st.just("wait"), SECONDS),
    st.tuples(st.sampled_from([*ON_MACHINES, "turn", "revoke"]), MACHINE),
    st.tuples(st.just("set clock"), st.tuples(MACHINE, st.floats(-7_200, 7_200))),
    st.tuples(st.sampled_from(["rotate", "revoke all"]), st.none()),
)
# Nobody counts a machine that was suspended, and it is slow to say what it has read, while the
# others get a fresh key: before it looks, or in the middle of that.
_EMERGENCY = [("revoke all", None), ("wait", 1.0), ("turn", 1), *[("wait", 1.0)] * 4]
WOKEN = [("sleep", 0), ("wait", 31.0), ("wake", 0), ("look slowly", 0), *_EMERGENCY]
SUSPENDED_AMID = [
    ("sleep", 0), ("wait", 14.0), ("wait", 14.0), ("wake", 0), ("look slowly", 0), *_EMERGENCY
]  # fmt: skip


@example(WOKEN)
@example(SUSPENDED_AMID)
@given(st.lists(DEEDS, min_size=25, max_size=80))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=400)
def test_no_history_breaks_a_promise(deeds: list[tuple[str, Any]]) -> None:
    """Commands, crashes, suspensions, lost connections and clock jumps, in any order.

    Never a signature with a key that a machine which answers does not publish; never a key removed
    while a token of it lives; never one that signs sooner than caches can have it, unless nothing
    else could; never a revoked key signing or accepted beyond the lease; never two machines that
    answer with rings further apart than that; and always somebody who can sign, once everybody is
    well again.
    """
    asyncio.run(_lived(deeds))


async def _lived(deeds: list[tuple[str, Any]]) -> None:
    life = Life(World(RingInMemory()))
    await life.begin()
    for deed, of in deeds:
        await life.do(deed, of)
        life.sign_everywhere()
        life.look_at_rings()
    await life.recover()


class Life:
    """A fleet, and what is done to it."""

    def __init__(self, world: World) -> None:
        self.world = world
        seal = Seal([MASTER])
        store = world.store
        self.shop = Workshop(store, store.transaction, seal, world, store)
        self.rotation = Rotation(self.shop, SCHEDULE, [ALGORITHM])
        self.changed_at: dict[int, float] = {}

    async def begin(self) -> None:
        """Three machines on a first ring."""
        await ensure_keys(self.shop, [ALGORITHM], now=self.world.at)
        for _ in range(3):
            self.world.start()
        self.world.pass_time(2)
        self._note_changes()

    async def do(self, deed: str, of: Any) -> None:  # noqa: C901, PLR0912 - a table of deeds
        """One of them; those that there is no machine or key for do nothing."""
        world = self.world
        world.now += 0.001  # no two deeds are of one moment
        machine = world.machines[of] if isinstance(of, int) and of < len(world.machines) else None
        match deed:
            case "wait":
                world.pass_time(of)
            case "turn" if machine and machine.is_awake and machine.has_touch:
                await self.rotation.turn(now=world.at)
            case "sleep" if machine:
                machine.is_awake = False
            case "wake" if machine:
                machine.is_awake = True
            case "lose touch" if machine:
                machine.has_touch = False
            case "find touch" if machine:
                machine.has_touch = True
            case "look slowly" if machine:
                machine.look(SLOW)
            case "crash" if machine:
                world.machines.remove(machine)
            case "start" if len(world.machines) < 4:
                world.start()
            case "set clock" if of[0] < len(world.machines):
                world.machines[of[0]].wall = of[1]
            case "rotate":
                await self.rotation.rotate([ALGORITHM], now=world.at, why="test")
            case "retire" | "revoke":
                await self._to_a_key(deed, of)
            case "revoke all":
                await Emergency(self.shop).revoke(Leak(Scope.STORE), now=world.at, why="test")
        self._note_changes()
        self._check_removed()

    async def _to_a_key(self, deed: str, number: int) -> None:
        used = [*self.world.in_state(State.SIGNING), *self.world.in_state(State.ANNOUNCED)]
        if number >= len(used):
            return
        kid = used[number].kid
        if deed == "retire":
            await self.rotation.retire(kid, now=self.world.at, why="test")
        else:
            leak = Leak(Scope.KEY, frozenset({kid}))
            await Emergency(self.shop).revoke(leak, now=self.world.at, why="test")

    def sign_everywhere(self) -> None:
        """Every machine that would sign does; every other that answers publishes the key."""
        answering = [each for each in self.world.machines if each.answers]
        for each in answering:
            kid = each.sign(ALGORITHM)
            if kid is None:
                continue
            for other in answering:
                assert kid in other.publishes or self._is_revoked(kid), "unknown elsewhere"
            self._check_age(kid)
            now = self.world.now
            self.world.tokens.append(Token(kid, now, now + LIFE.total_seconds()))

    def look_at_rings(self) -> None:
        """No machine answers with a ring that was changed longer than a lease ago."""
        for each in self.world.machines:
            if each.answers and each.seen != self.world.store.changes:
                assert self.world.now - self.changed_at[each.seen + 1] <= LEASE, "too old a ring"

    def _is_revoked(self, kid: str) -> bool:
        """And less than a lease ago, so that not everybody need know it."""
        key = self.world.by_kid()[kid]
        if key.revoked_at is None:
            return False
        assert self.world.at - key.revoked_at <= timedelta(seconds=LEASE), "signs though revoked"
        return True

    def _check_age(self, kid: str) -> None:
        """A key that took over from another one was announced for as long as caches keep."""
        keys = self.world.by_kid()
        key = keys[kid]
        signed = [each for each in keys.values() if each.signing_from is not None]
        took_over = [each for each in signed if each.retiring_from == key.signing_from]
        if key.signing_from is not None and took_over:
            assert key.signing_from - key.announced_at >= CACHED, "not in every cache"

    def _note_changes(self) -> None:
        for number in range(self.world.store.changes + 1):
            self.changed_at.setdefault(number, self.world.now)

    def _check_removed(self) -> None:
        keys = self.world.by_kid()
        for each in self.world.tokens:
            removed = keys[each.kid].removed_at
            if removed is not None:
                at = (removed - NOW).total_seconds()
                assert at >= each.over + LEEWAY.total_seconds(), "removed while a token lived"

    async def recover(self) -> None:
        """All awake, in touch and right: within a minute everybody signs with one key."""
        for each in self.world.machines:
            each.is_awake, each.has_touch, each.wall = True, True, 0.0
        if not self.world.machines:
            self.world.start()
        for _ in range(3):
            self.world.pass_time(31)
            await self.rotation.turn(now=self.world.at)
        self.world.pass_time(2)
        self._note_changes()
        self.sign_everywhere()
        signing = {each.sign(ALGORITHM) for each in self.world.machines}
        assert len(signing) == 1
        assert None not in signing
        assert len(self.world.in_state(State.ANNOUNCED)) >= 1
