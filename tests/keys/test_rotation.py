"""Carrying out the plan, and moving keys by hand."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from keys import (
    Activated,
    Algorithm,
    Deed,
    KeyRecord,
    MasterKey,
    NoSuchKey,
    NotEverywhere,
    NotThere,
    Rotation,
    Seal,
    State,
    TooYoung,
    Withdrawn,
)
from keys.errors import NothingSealed
from keys.generate import new_record
from keys.ring import move
from keys.sealing import UNOPENED, opened
from tests.keys.conftest import MASTER, NOW, RingInMemory, workshop
from tests.keys.test_plan import DAY, SCHEDULE

FAST = (Algorithm.ES256, Algorithm.EDDSA)
LATER = NOW + 90 * DAY


@pytest.fixture
def rotation(full: RingInMemory, seal: Seal) -> Rotation:
    """Of a first key and a spare of each algorithm; of which two are renewed."""
    return Rotation(workshop(full, seal), SCHEDULE, FAST)


def one(ring: RingInMemory, state: State, algorithm: Algorithm = Algorithm.ES256) -> KeyRecord:
    """The only key in this state."""
    [found] = ring.in_state(state, algorithm)
    return found


async def test_before_its_time_nothing_happens(rotation: Rotation, full: RingInMemory) -> None:
    """A turn of every minute mostly finds nothing to do."""
    assert await rotation.turn(now=LATER - timedelta(seconds=1)) == ()
    assert full.noted == []


async def test_a_turn_rotates_every_ring(rotation: Rotation, full: RingInMemory) -> None:
    """The spare signs, the one before it retires, the next spare is announced: in one go."""
    spares = {each: one(full, State.ANNOUNCED, each).kid for each in FAST}
    done = await rotation.turn(now=LATER)
    assert {(each.deed, each.key.kid) for each in done} == {
        (Deed.ACTIVATE, kid) for kid in spares.values()
    }
    for each in FAST:
        assert one(full, State.SIGNING, each).kid == spares[each]
        assert opened(one(full, State.RETIRING, each), rotation.shop.seal) == b""
        assert one(full, State.ANNOUNCED, each).announced_at == LATER


async def test_a_ring_that_is_not_renewed_stays(rotation: Rotation, full: RingInMemory) -> None:
    """An algorithm that this configuration does not name may be another machine's."""
    before = one(full, State.SIGNING, Algorithm.RS256)
    await rotation.turn(now=LATER)
    assert one(full, State.SIGNING, Algorithm.RS256) == before


async def test_ten_workers_at_once_rotate_once(rotation: Rotation, full: RingInMemory) -> None:
    """Whoever comes second finds it done."""
    done = await asyncio.gather(*(rotation.turn(now=LATER) for _ in range(10)))
    assert sorted(len(each) for each in done) == [0] * 9 + [2]
    assert len(full.in_state(State.ANNOUNCED, Algorithm.ES256)) == 1


async def test_nothing_signs_while_a_worker_does_not_publish_it(
    rotation: Rotation, full: RingInMemory
) -> None:
    """It is tried again at the next turn."""
    full.behind_now = ("machine-b/4711",)
    assert await rotation.turn(now=LATER) == ()
    full.behind_now = ()
    assert len(await rotation.turn(now=LATER)) == len(FAST)


async def test_a_retired_key_is_removed_when_its_tokens_are_over(
    rotation: Rotation, full: RingInMemory
) -> None:
    """Ten minutes of tokens, and what is added for clocks and late workers."""
    await rotation.turn(now=LATER)
    over = LATER + timedelta(minutes=10, seconds=80)
    assert await rotation.turn(now=over - timedelta(seconds=1)) == ()
    assert {each.deed for each in await rotation.turn(now=over)} == {Deed.REMOVE}
    assert full.in_state(State.RETIRING, Algorithm.ES256) == []


async def test_a_lost_spare_is_replaced(rotation: Rotation, full: RingInMemory) -> None:
    """By a plan that finds none."""
    del full.records[one(full, State.ANNOUNCED).kid]
    [done] = await rotation.turn(now=NOW)
    assert (done.deed, done.key) == (Deed.ANNOUNCE, one(full, State.ANNOUNCED))


async def test_rotating_by_hand(rotation: Rotation, full: RingInMemory) -> None:
    """On any day after the spare was announced for long enough; why is written down."""
    spare, before = one(full, State.ANNOUNCED), one(full, State.SIGNING)
    [outcome] = await rotation.rotate([Algorithm.ES256], now=NOW + DAY, why="a Friday")
    assert isinstance(outcome, Activated)
    assert (outcome.key.kid, [each.kid for each in outcome.retired]) == (spare.kid, [before.kid])
    fresh = one(full, State.ANNOUNCED)
    assert full.noted == [
        ("retiring", before.kid, "a Friday"),
        ("signing", spare.kid, "a Friday"),
        ("announced", fresh.kid, "a Friday"),
    ]


async def test_all_rings_are_rotated_in_one_step(
    rotation: Rotation, full: RingInMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that lives is behind as soon as the first one is changed."""

    async def behind() -> tuple[str, ...]:
        return ("machine-a/1",) if full.changes else ()

    monkeypatch.setattr(full, "behind", behind)
    full.changes = 0
    outcomes = await rotation.rotate(FAST, now=NOW + DAY, why="a Friday")
    assert [type(each) for each in outcomes] == [Activated, Activated]


async def test_by_hand_alone_nothing_changes_by_itself(full: RingInMemory, seal: Seal) -> None:
    """But a ring that has lost its keys gets others."""
    by_hand = Rotation(workshop(full, seal), SCHEDULE, FAST, is_automatic=False)
    assert await by_hand.turn(now=LATER) == ()
    for each in FAST:
        gone = move(one(full, State.SIGNING, each), State.REVOKED, at=LATER)
        full.records[gone.kid] = gone
    assert {each.deed for each in await by_hand.turn(now=LATER)} == {Deed.ACTIVATE}
    assert len(full.in_state(State.ANNOUNCED, Algorithm.ES256)) == 1


async def test_twice_in_a_row_is_too_soon(rotation: Rotation, full: RingInMemory) -> None:
    """The new spare is not in every cache yet; when it is, is said."""
    await rotation.rotate([Algorithm.ES256], now=NOW + DAY, why="test")
    [outcome] = await rotation.rotate([Algorithm.ES256], now=NOW + DAY, why="test")
    assert outcome == TooYoung(one(full, State.ANNOUNCED), NOW + 2 * DAY)


async def test_by_hand_too_every_worker_must_publish_it(
    rotation: Rotation, full: RingInMemory
) -> None:
    """Who does not is named."""
    full.behind_now = ("machine-b/4711",)
    [outcome] = await rotation.rotate([Algorithm.ES256], now=NOW + DAY, why="test")
    assert outcome == NotEverywhere(one(full, State.ANNOUNCED), ("machine-b/4711",))


async def test_activating_a_chosen_key(rotation: Rotation, full: RingInMemory) -> None:
    """Only one that is announced."""
    signing, spare = one(full, State.SIGNING), one(full, State.ANNOUNCED)
    assert await rotation.activate(signing.kid, now=NOW + DAY, why="test") == NotThere(signing)
    outcome = await rotation.activate(spare.kid, now=NOW + DAY, why="test")
    assert isinstance(outcome, Activated)
    assert one(full, State.SIGNING).kid == spare.kid
    with pytest.raises(NoSuchKey):
        await rotation.activate("nobody's", now=NOW, why="test")


async def test_retiring_the_key_that_signs_is_rotating(
    rotation: Rotation, full: RingInMemory
) -> None:
    """A ring is never left without one."""
    signing = one(full, State.SIGNING)
    assert isinstance(await rotation.retire(signing.kid, now=NOW + DAY, why="test"), Activated)
    assert one(full, State.RETIRING).kid == signing.kid
    gone = one(full, State.RETIRING)
    assert await rotation.retire(signing.kid, now=NOW + DAY, why="test") == NotThere(gone)


async def test_a_withdrawn_spare_is_replaced(rotation: Rotation, full: RingInMemory) -> None:
    """It never signs; what was tested with it can be checked until that is over."""
    spare = one(full, State.ANNOUNCED)
    outcome = await rotation.retire(spare.kid, now=NOW, why="test")
    assert outcome == Withdrawn(one(full, State.RETIRING))
    assert one(full, State.ANNOUNCED).kid != spare.kid


async def test_nothing_vouches_for_what_somebody_wrote(
    rotation: Rotation, full: RingInMemory
) -> None:
    """A forged record that says it signs would retire, and be published, with the next rotation."""
    theirs = new_record(Algorithm.ES256, Seal([MasterKey("theirs", bytes(32))]), now=NOW)
    for content, name in ((b"x", MASTER.name), (theirs.sealed_private, "theirs"), (b"", "")):
        signing = move(theirs, State.SIGNING, at=NOW)
        full.records[theirs.kid] = replace(signing, sealed_private=content, master_key=name)
        before = dict(full.records)
        with pytest.raises(UNOPENED):
            await rotation.turn(now=LATER)
        assert full.records[theirs.kid] == before[theirs.kid]


async def test_a_revoked_key_is_not_vouched_for_by_another_word(
    rotation: Rotation, full: RingInMemory
) -> None:
    """Whatever is written into its state, there is nothing left to open."""
    gone = move(one(full, State.SIGNING), State.REVOKED, at=NOW)
    full.records[gone.kid] = replace(gone, state=State.SIGNING)
    with pytest.raises(NothingSealed):
        await rotation.rotate([Algorithm.ES256], now=LATER, why="test")
    assert full.records[gone.kid].sealed_private == b""


async def test_two_who_retire_the_same_key_retire_one(
    rotation: Rotation, full: RingInMemory
) -> None:
    """The second does not end the key that follows."""
    spare = one(full, State.ANNOUNCED)
    older = replace(one_more(rotation), announced_at=spare.announced_at)
    full.records[older.kid] = older
    kid = one(full, State.SIGNING).kid
    outcomes = await asyncio.gather(
        *(rotation.retire(kid, now=LATER, why="test") for _ in range(2))
    )
    assert {type(each) for each in outcomes} == {Activated, NotThere}
    assert [each.kid for each in full.in_state(State.RETIRING, Algorithm.ES256)] == [kid]


def one_more(rotation: Rotation) -> KeyRecord:
    """One more key, made but in nobody's ring."""
    return new_record(Algorithm.ES256, rotation.shop.seal, now=NOW)


async def test_an_algorithm_that_is_named_twice_is_rotated_once(
    rotation: Rotation, full: RingInMemory
) -> None:
    """And has one spare afterwards."""
    outcomes = await rotation.rotate([Algorithm.ES256] * 2, now=LATER, why="test")
    assert [type(each) for each in outcomes] == [Activated]
    one(full, State.ANNOUNCED)


async def test_a_machine_that_slept_before_it_acted_dates_nothing_back(
    rotation: Rotation, full: RingInMemory
) -> None:
    """What was signed meanwhile would lose its key by as much too early."""
    full.time_now = LATER + timedelta(hours=1)
    await rotation.turn(now=LATER)
    assert one(full, State.RETIRING).retiring_from == full.time_now
    assert one(full, State.ANNOUNCED).announced_at == full.time_now
    full.time_now += 2 * DAY
    await rotation.rotate([Algorithm.ES256], now=LATER + 2 * DAY, why="test")
    assert one(full, State.SIGNING).signing_from == full.time_now
