"""What happens to a ring next, and when."""

from dataclasses import replace
from datetime import timedelta

import pytest

from keys import Algorithm, Deed, KeyRecord, State, Step, plan, schedule
from keys.ring import move
from tests.keys.conftest import NOW

DAY = timedelta(days=1)
LIVES = dict.fromkeys(Algorithm, timedelta(minutes=10)) | {Algorithm.RS256: 90 * DAY}
SCHEDULE = schedule(
    rotate_every=90 * DAY,
    announced_for=DAY,
    cached_for=timedelta(minutes=5),
    lease=timedelta(seconds=15),
    longest_lives=LIVES,
)
ES256 = [Algorithm.ES256]


@pytest.fixture
def spare(record: KeyRecord) -> KeyRecord:
    """Announced together with the key that signs."""
    return replace(record, kid="spare")


@pytest.fixture
def signing(record: KeyRecord) -> KeyRecord:
    """It has signed since then."""
    return move(replace(record, kid="signing"), State.SIGNING, at=NOW)


def test_a_spare_takes_over_after_ninety_days(signing: KeyRecord, spare: KeyRecord) -> None:
    """By then it has been announced for long."""
    assert plan([signing, spare], ES256, SCHEDULE, now=NOW) == (
        Step(Deed.ACTIVATE, Algorithm.ES256, NOW + 90 * DAY, "spare"),
    )


def test_a_young_spare_waits_until_caches_have_it(signing: KeyRecord, spare: KeyRecord) -> None:
    """However old the key that signs is."""
    late = NOW + 200 * DAY
    young = replace(spare, announced_at=late)
    [step] = plan([signing, young], ES256, SCHEDULE, now=late)
    assert (step.deed, step.at) == (Deed.ACTIVATE, late + DAY)


def test_a_ring_without_a_spare_gets_one_at_once(signing: KeyRecord) -> None:
    """Always one that is announced."""
    assert plan([signing], ES256, SCHEDULE, now=NOW + DAY) == (
        Step(Deed.ANNOUNCE, Algorithm.ES256, NOW + DAY),
    )


def test_where_nothing_signs_the_spare_is_due_at_once(spare: KeyRecord) -> None:
    """After an emergency; that every worker publishes it is `rotation`'s to see."""
    assert plan([spare], ES256, SCHEDULE, now=NOW) == (
        Step(Deed.ACTIVATE, Algorithm.ES256, NOW, "spare"),
    )


def test_of_two_spares_the_one_announced_first_signs_next(
    signing: KeyRecord, spare: KeyRecord
) -> None:
    """More caches have it."""
    younger = replace(spare, kid="a-younger", announced_at=NOW + DAY)
    [step] = plan([younger, signing, spare], ES256, SCHEDULE, now=NOW)
    assert step.kid == "spare"


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_key_retires_for_as_long_as_what_it_signed_lives(
    signing: KeyRecord, algorithm: Algorithm
) -> None:
    """With what a late worker, clocks apart and other people's leeway take."""
    old = move(replace(signing, algorithm=algorithm), State.RETIRING, at=NOW)
    [step] = plan([old], [], SCHEDULE, now=NOW)
    assert step == Step(
        Deed.REMOVE, algorithm, NOW + LIVES[algorithm] + timedelta(seconds=80), "signing"
    )


def test_a_key_of_an_unknown_ring_stays_longest(signing: KeyRecord) -> None:
    """An algorithm that nobody uses any more may have signed anything."""
    few = replace(SCHEDULE, retiring_for={Algorithm.RS256: 90 * DAY})
    [step] = plan([move(signing, State.RETIRING, at=NOW)], [], few, now=NOW)
    assert step.at == NOW + 90 * DAY


def test_what_is_over_has_no_next_step(signing: KeyRecord) -> None:
    """Removed and revoked keys stay as they are."""
    gone = move(move(signing, State.RETIRING, at=NOW), State.REMOVED, at=NOW)
    revoked = move(signing, State.REVOKED, at=NOW)
    assert plan([gone, revoked], [], SCHEDULE, now=NOW + 1_000 * DAY) == ()


@pytest.mark.parametrize("announced_for", [timedelta(0), timedelta(minutes=5)])
def test_nobody_can_announce_for_shorter_than_caches_keep(announced_for: timedelta) -> None:
    """The least is computed; a shorter one that is asked for becomes it."""
    made = schedule(
        rotate_every=90 * DAY,
        announced_for=announced_for,
        cached_for=timedelta(minutes=5),
        lease=timedelta(seconds=15),
        longest_lives=LIVES,
    )
    assert made.announced_for == timedelta(minutes=5, seconds=20)


def test_nobody_can_rotate_faster_than_keys_become_known() -> None:
    """It would leave no key to sign with."""
    with pytest.raises(ValueError, match="sooner"):
        schedule(
            rotate_every=timedelta(hours=1),
            announced_for=DAY,
            cached_for=timedelta(minutes=5),
            lease=timedelta(seconds=15),
            longest_lives=LIVES,
        )
