"""The contract of `linking.ports.TryStore`: of one's own failures, and of everybody's."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from broker.storage import Retention, Storage
from linking.ladder import Level
from linking.model import IdentityKey
from linking.ports import Reservation, Tags
from linking.tries.pressure import Pressure, Thresholds
from linking.tries.reserving import Early, MoreEvidence, NotNow, SoFar, Wait
from linking.tries.waiting import OwnWaits
from tests.contracts import workers
from tests.contracts.conftest import Contend
from tests.contracts.samples import MINUTE, NOW, SECOND, identity, try_rule

KEY = identity().key
ALONE = try_rule(thresholds=Thresholds(daily=1_000, on_customer=1_000))
"""Nothing but own failures matters to it."""


async def reserve(
    storage: Storage, *, tag: bytes = b"tag", at: timedelta = timedelta(0), key: IdentityKey = KEY
) -> Reservation | NotNow:
    """Reserve a try so long after the beginning."""
    return await storage.tries.reserve(key, Tags(tag), ALONE, now=NOW + at)


async def reserved(storage: Storage, **when: object) -> Reservation:
    """Reserve a try that must not have to wait."""
    outcome = await reserve(storage, **when)
    assert isinstance(outcome, Reservation)
    return outcome


async def test_free_tries_are_counted(storage: Storage) -> None:
    """Each has a number of its own, its identity and its tag."""
    first, second = await reserved(storage), await reserved(storage, tag=b"other")
    assert first.id != second.id
    assert (second.identity, second.customer_tag) == (KEY, b"other")


async def test_after_the_free_ones_it_waits(storage: Storage) -> None:
    """Until the last counted try plus the step, to the microsecond."""
    await reserved(storage)
    await reserved(storage, at=SECOND)
    assert await reserve(storage, at=2 * SECOND) == Wait(NOW + SECOND + MINUTE)
    just_before = MINUTE + SECOND - timedelta(microseconds=1)
    assert await reserve(storage, at=just_before) == Wait(NOW + SECOND + MINUTE)
    assert isinstance(await reserve(storage, at=MINUTE + SECOND), Reservation)


async def test_a_refused_try_is_not_counted(storage: Storage) -> None:
    """Knocking during the wait does not prolong it."""
    await reserved(storage)
    await reserved(storage)
    for second in range(1, 50):
        assert await reserve(storage, at=second * SECOND) == Wait(NOW + MINUTE)


async def test_nobody_elses_tries_count(storage: Storage) -> None:
    """Another subject, or the same subject at another issuer, is somebody else."""
    await reserved(storage)
    await reserved(storage)
    for key in (identity("s2").key, IdentityKey("https://other.example", KEY.subject)):
        assert isinstance(await reserve(storage, key=key), Reservation)


async def test_a_clock_that_is_ahead_makes_nobody_wait(storage: Storage) -> None:
    """A free try stays free when another machine counted the last one in the future."""
    await reserved(storage, at=30 * SECOND)
    assert isinstance(await reserve(storage), Reservation)


async def test_give_back_forgets_this_customers_tries(storage: Storage) -> None:
    """A success takes back the failures on the same customer number, and no others."""
    await reserved(storage, tag=b"mine")
    await reserved(storage, tag=b"other")
    last = await reserved(storage, tag=b"mine", at=MINUTE)
    await storage.tries.give_back(last, explained=True)
    assert isinstance(await reserve(storage, tag=b"mine", at=MINUTE), Reservation)
    assert isinstance(await reserve(storage, at=MINUTE), Wait)


async def test_give_back_is_for_one_identity(storage: Storage) -> None:
    """Somebody else's failures on that customer stay theirs."""
    other = identity("s2").key
    await reserved(storage, key=other)
    await reserved(storage, key=other)
    await storage.tries.give_back(await reserved(storage), explained=True)
    assert isinstance(await reserve(storage, key=other), Wait)


async def test_cancel_forgets_one_try(storage: Storage) -> None:
    """What could not be judged did not happen; the failure before it did."""
    await reserved(storage)
    await storage.tries.cancel(await reserved(storage))
    await reserved(storage)
    assert isinstance(await reserve(storage), Wait)


async def test_all_is_forgotten_when_nothing_happens(storage: Storage) -> None:
    """An hour after the last failure, but not an hour after the first."""
    hour = timedelta(hours=1)
    await reserved(storage)
    await reserved(storage, at=30 * MINUTE)
    assert isinstance(await reserve(storage, at=30 * MINUTE + hour), Reservation)
    assert isinstance(await reserve(storage, at=30 * MINUTE + hour), Reservation)


async def test_failures_are_remembered_from_the_last(storage: Storage) -> None:
    """An old failure counts for as long as newer ones keep coming."""
    await reserved(storage)
    await reserved(storage, at=59 * MINUTE)
    assert isinstance(await reserve(storage, at=59 * MINUTE + SECOND), Wait)


async def test_purge_deletes_forgotten_identities(storage: Storage) -> None:
    """And leaves those who are remembered."""
    await reserved(storage)
    await reserved(storage, key=identity("s2").key, at=MINUTE)
    assert await storage.purge(NOW + timedelta(hours=1), Retention()) == 1


async def test_many_at_once_get_their_budget(storage: Storage) -> None:
    """Tasks of one process are counted one after the other."""
    outcomes = await asyncio.gather(*(reserve(storage) for _ in range(250)))
    assert sum(isinstance(outcome, Reservation) for outcome in outcomes) == 2


@pytest.mark.processes
def test_a_thousand_over_four_processes_get_their_budget(contend: Contend) -> None:
    """Four processes with 250 each: two are counted, all others wait."""
    counted = contend(workers.reserve, 250)
    assert len(counted) == 1000
    assert sum(counted) == 2


async def others_try(storage: Storage, times: int, tags: Tags, **form: Any) -> list[object]:
    """As many identities, each with one try."""
    rule = try_rule(**form)
    return [
        await storage.tries.reserve(identity(f"other-{number}").key, tags, rule, now=NOW)
        for number in range(times)
    ]


async def test_the_customers_number_asks_for_more_at_its_threshold(storage: Storage) -> None:
    """Three are judged by the two numbers, whoever tries; nobody is refused."""
    outcomes = await others_try(storage, 5, Tags(b"tag"))
    assert [isinstance(each, Reservation) for each in outcomes] == [True] * 3 + [False] * 2
    assert outcomes[3:] == [MoreEvidence(Level.SECOND_ITEM)] * 2
    assert isinstance(await reserve(storage, tag=b"another"), Reservation)


async def test_all_together_ask_for_more_at_the_daily_threshold(storage: Storage) -> None:
    """Ten a day, on whatever numbers; then a second item, of everybody."""
    for number in range(10):
        assert isinstance(await spray(storage, number), Reservation)
    assert await spray(storage, 10) == MoreEvidence(Level.SECOND_ITEM)


async def test_an_invoice_number_that_is_tried_around_asks_for_more(storage: Storage) -> None:
    """On three customer numbers; a fourth wants more, one of the three does not."""
    for number in range(3):
        assert isinstance(await spray(storage, number, invoice=b"one"), Reservation)
    assert await spray(storage, 3, invoice=b"one") == MoreEvidence(Level.SECOND_ITEM)
    assert isinstance(await spray(storage, 2, invoice=b"one", who=9), Reservation)


async def test_a_network_raises_the_price_alone(storage: Storage) -> None:
    """Twenty failures from there: a form must have been open for ten seconds."""
    for number in range(20):
        rule = try_rule(thresholds=Thresholds(daily=1_000))
        tags = Tags(b"%d" % number, network=b"office")
        await storage.tries.reserve(identity(f"other-{number}").key, tags, rule, now=NOW)
    fresh = try_rule(thresholds=Thresholds(daily=1_000), shown_at=NOW - SECOND)
    tags = Tags(b"mine", network=b"office")
    assert await storage.tries.reserve(KEY, tags, fresh, now=NOW) == Early(NOW + 9 * SECOND)
    elsewhere = Tags(b"mine", network=b"home")
    assert isinstance(await storage.tries.reserve(KEY, elsewhere, fresh, now=NOW), Reservation)


async def test_a_success_takes_its_failures_back_from_all(storage: Storage) -> None:
    """They are explained: the number, the day and the network are as if they had not been."""
    tags = Tags(b"tag", network=b"home")
    patient = try_rule(waits=OwnWaits())
    for second in range(3):
        last = await storage.tries.reserve(KEY, tags, patient, now=NOW + second * SECOND)
    assert isinstance(last, Reservation)
    assert isinstance((await others_try(storage, 1, tags))[0], MoreEvidence)
    await storage.tries.give_back(last, explained=True)
    assert [isinstance(o, Reservation) for o in await others_try(storage, 3, tags)] == [True] * 3


async def test_failures_that_are_not_explained_stay_in_the_pressure(storage: Storage) -> None:
    """They are no longer this identity's, but everybody's; the try that was right never is."""
    tags = Tags(b"tag", network=b"home")
    patient = try_rule(waits=OwnWaits())
    for second in range(3):
        last = await storage.tries.reserve(KEY, tags, patient, now=NOW + second * SECOND)
    assert isinstance(last, Reservation)
    await storage.tries.give_back(last, explained=False)
    first, second_try, *_ = await others_try(storage, 3, tags)
    assert isinstance(first, Reservation)
    assert isinstance(second_try, MoreEvidence)


async def test_a_second_item_that_nobody_asked_for_counts_as_none(storage: Storage) -> None:
    """Otherwise somebody could send everybody for codes, at a form that asks for two numbers."""
    unasked = try_rule(given=Level.SECOND_ITEM)
    for number in range(5):
        who, tags = identity(f"s{number}").key, Tags(b"%d" % number)
        await storage.tries.reserve(who, tags, unasked, now=NOW)
    assert await storage.tries.of_everybody(now=NOW) == Pressure(of_all=5)


async def test_every_reading_of_a_number_counts(storage: Storage) -> None:
    """Of one try, under each; taken back, under each."""
    one, other = b"1" * 32, b"2" * 32
    both = Tags(one, others=(other,))
    for second in range(3):
        rule = try_rule(waits=OwnWaits())
        last = await storage.tries.reserve(KEY, both, rule, now=NOW + second * SECOND)
    assert isinstance(last, Reservation)
    for tag in (one, other):
        assert isinstance((await others_try(storage, 1, Tags(tag)))[0], MoreEvidence)
    await storage.tries.give_back(last, explained=True)
    for tag in (one, other):
        assert isinstance((await others_try(storage, 1, Tags(tag)))[0], Reservation)


async def test_what_is_no_number_is_counted_under_none(storage: Storage) -> None:
    """Against who typed it and in the whole; a success takes back no other such try."""
    nothing = Tags(b"")
    first = await storage.tries.reserve(KEY, nothing, ALONE, now=NOW)
    second = await storage.tries.reserve(KEY, nothing, ALONE, now=NOW)
    assert isinstance(first, Reservation)
    assert isinstance(second, Reservation)
    assert await storage.tries.of_everybody(now=NOW) == Pressure(of_all=2)
    await storage.tries.give_back(second, explained=True)
    assert await storage.tries.of_everybody(now=NOW) == Pressure(of_all=1)


async def test_codes_change_nothing_for_others(storage: Storage) -> None:
    """They cannot be guessed, so trying them is nobody's pressure."""
    await others_try(storage, 20, Tags(b"tag"), given=Level.CODE)
    assert isinstance(await pressed(storage), Reservation)


@pytest.mark.parametrize("days", [7, 8])
async def test_pressure_is_over_after_seven_days(storage: Storage, days: int) -> None:
    """Whatever it was, without anybody doing anything."""
    await others_try(storage, 3, Tags(b"tag"))
    assert isinstance(await pressed(storage), MoreEvidence)
    assert isinstance(await pressed(storage, at=timedelta(days=days)), Reservation)


async def test_pressure_lasts_until_then(storage: Storage) -> None:
    """Six days and twenty-two hours later the number still asks for more."""
    await others_try(storage, 3, Tags(b"tag"))
    assert isinstance(await pressed(storage, at=timedelta(days=6, hours=22)), MoreEvidence)


async def test_purge_deletes_what_counts_no_more(storage: Storage) -> None:
    """Counts are kept for their windows, not for history."""
    await others_try(storage, 3, Tags(b"tag", (b"invoice",)))
    assert await storage.purge(NOW + timedelta(days=9), Retention()) == 3
    assert isinstance(await pressed(storage), Reservation)


@pytest.mark.processes
def test_a_thousand_identities_on_one_customer_get_its_budget(contend: Contend) -> None:
    """Four processes with 250 identities each: three tries are judged by the two numbers."""
    counted = contend(workers.reserve_as_many, 250)
    assert len(counted) == 1000
    assert sum(counted) == 3


async def test_own_failures_can_be_looked_at(storage: Storage) -> None:
    """As they would be counted now; nobody else's, and none that is forgotten."""
    await reserved(storage)
    await reserved(storage, at=SECOND)
    hour = timedelta(hours=1)
    assert await storage.tries.own(KEY, now=NOW + MINUTE) == SoFar(2, NOW + SECOND)
    assert await storage.tries.own(identity("s2").key, now=NOW) == SoFar()
    assert await storage.tries.own(KEY, now=NOW + SECOND + hour) == SoFar()


async def test_own_failures_can_be_forgotten(storage: Storage) -> None:
    """At once, those of one identity; what they count for everybody stays."""
    other = identity("s2").key
    for key in (KEY, KEY, other, other):
        await reserved(storage, key=key)
    assert await storage.tries.forget(KEY) == 2
    assert isinstance(await reserve(storage), Reservation)
    assert isinstance(await reserve(storage, key=other), Wait)
    assert (await storage.tries.of_everybody(now=NOW)).of_all == 5
    assert await storage.tries.forget(identity("nobody").key) == 0


async def test_a_try_under_way_may_be_forgotten(storage: Storage) -> None:
    """Whatever comes of it afterwards finds nothing left to take back."""
    under_way = await reserved(storage)
    await storage.tries.forget(KEY)
    await storage.tries.give_back(under_way, explained=True)
    assert await storage.tries.own(KEY, now=NOW) == SoFar()


async def test_everybody_who_is_remembered_is_listed(storage: Storage) -> None:
    """In however many pages, each once; not who is forgotten."""
    await others_try(storage, 1_005, Tags(b"tag"), thresholds=Thresholds(10_000, 10_000))
    listed = [each async for each in storage.tries.remembered(now=NOW)]
    assert len(listed) == len(set(listed)) == 1_005
    later = NOW + timedelta(hours=1)
    assert [each async for each in storage.tries.remembered(now=later)] == []


async def test_operators_see_the_failures_of_everybody(storage: Storage) -> None:
    """And those of them with a second item; a day later none."""
    await others_try(storage, 3, Tags(b"tag"))
    asked = try_rule(given=Level.SECOND_ITEM)
    await storage.tries.reserve(KEY, Tags(b"tag"), asked, now=NOW)
    assert await storage.tries.of_everybody(now=NOW) == Pressure(of_all=4, beyond_first=1)
    assert await storage.tries.of_everybody(now=NOW + timedelta(hours=26)) == Pressure()


async def test_operators_see_the_invoice_that_was_tried_most(storage: Storage) -> None:
    """On how many customer numbers; only if it was tried lately."""
    for number in range(3):
        await spray(storage, number, invoice=b"one")
    await spray(storage, 0, invoice=b"two")
    widest, before = storage.tries.widest_invoice, NOW - MINUTE
    assert await widest(since=before, now=NOW) == 3
    assert await widest(since=NOW, now=NOW) == 0


async def pressed(storage: Storage, at: timedelta = timedelta(0)) -> Reservation | NotNow:
    """One try on the number that others tried."""
    return await storage.tries.reserve(KEY, Tags(b"tag"), try_rule(), now=NOW + at)


async def spray(
    storage: Storage, number: int, *, invoice: bytes = b"", who: int | None = None
) -> Reservation | NotNow:
    """One identity, one customer number, each of its own."""
    key = identity(f"s{number if who is None else who}").key
    return await storage.tries.reserve(
        key, Tags(b"%d" % number, (invoice,) if invoice else ()), try_rule(), now=NOW
    )
