"""The contract of `linking.ports.WaitStore`, with a schedule of two free failures."""

import asyncio
from datetime import timedelta

import pytest

from broker.storage import Retention, Storage
from linking.model import IdentityKey
from linking.ports import Reservation, WaitUntil
from tests.contracts import workers
from tests.contracts.conftest import Contend
from tests.contracts.samples import MINUTE, NOW, SECOND, Steps, identity

KEY = identity().key


async def reserve(
    storage: Storage, *, tag: bytes = b"tag", at: timedelta = timedelta(0), key: IdentityKey = KEY
) -> Reservation | WaitUntil:
    """Reserve a try so long after the beginning."""
    return await storage.waits.reserve(key, tag, now=NOW + at, schedule=Steps())


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
    assert await reserve(storage, at=2 * SECOND) == WaitUntil(NOW + SECOND + MINUTE)
    just_before = MINUTE + SECOND - timedelta(microseconds=1)
    assert await reserve(storage, at=just_before) == WaitUntil(NOW + SECOND + MINUTE)
    assert isinstance(await reserve(storage, at=MINUTE + SECOND), Reservation)


async def test_a_refused_try_is_not_counted(storage: Storage) -> None:
    """Knocking during the wait does not prolong it."""
    await reserved(storage)
    await reserved(storage)
    for second in range(1, 50):
        assert await reserve(storage, at=second * SECOND) == WaitUntil(NOW + MINUTE)


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
    await storage.waits.give_back(last)
    assert isinstance(await reserve(storage, tag=b"mine", at=MINUTE), Reservation)
    assert isinstance(await reserve(storage, at=MINUTE), WaitUntil)


async def test_give_back_is_for_one_identity(storage: Storage) -> None:
    """Somebody else's failures on that customer stay theirs."""
    other = identity("s2").key
    await reserved(storage, key=other)
    await reserved(storage, key=other)
    await storage.waits.give_back(await reserved(storage))
    assert isinstance(await reserve(storage, key=other), WaitUntil)


async def test_cancel_forgets_one_try(storage: Storage) -> None:
    """What could not be judged did not happen; the failure before it did."""
    await reserved(storage)
    await storage.waits.cancel(await reserved(storage))
    await reserved(storage)
    assert isinstance(await reserve(storage), WaitUntil)


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
    assert isinstance(await reserve(storage, at=59 * MINUTE + SECOND), WaitUntil)


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
