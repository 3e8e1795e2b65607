"""Who fetches keys: what they are called, and what is kept of it."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from broker.chores.key_fetches import AT_MOST, FetchCounter, consumer_name
from broker.storage.errors import StorageUnavailable
from broker.storage.key_ports import Fetches

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
NETWORK = "192.0.2.0/24"


class Kept:
    """`KeyFetches`, which may be away."""

    def __init__(self) -> None:
        self.noted: list[Sequence[Fetches]] = []
        self.registered: Collection[str] = ()
        self.is_away = False
        self.known: list[Fetches] = []

    async def note(self, fetches: Sequence[Fetches], *, registered: Collection[str] = ()) -> None:
        self.registered = registered
        if self.is_away:
            raise StorageUnavailable
        self.noted.append(fetches)

    async def all(self) -> Sequence[Fetches]:
        if self.is_away:
            raise StorageUnavailable
        return self.known

    async def purge(self, now: datetime) -> int:
        raise AssertionError(now)


class Clock:
    """Turned by hand."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.mark.parametrize(
    ("label", "user_agent", "name"),
    [
        ("billing", "anything", "billing"),
        ("Min-sida_2.0", "", "Min-sida_2.0"),
        ("", "python-requests/2.32", f"python-requests at {NETWORK}"),
        ("", "", f"unknown program at {NETWORK}"),
        ("", "\x1b[31m", f"unknown program at {NETWORK}"),
        ("two words", "Go-http-client/2.0", f"Go-http-client at {NETWORK}"),
        ("a" * 41, "x" * 100, f"{'x' * 30} at {NETWORK}"),
        ("<b>", "curl/8", f"curl at {NETWORK}"),
    ],
)
def test_what_a_consumer_is_called(label: str, user_agent: str, name: str) -> None:
    """A short word, or program and network; nothing that a terminal or a page would act on."""
    assert consumer_name(label, user_agent, NETWORK) == name


def test_who_comes_from_nowhere() -> None:
    """A socket without an address."""
    assert consumer_name("", "curl/8", "") == "curl at nowhere"


async def test_what_was_counted_is_written_once() -> None:
    """Times of the first and the last, and the longest between two."""
    store, clock = Kept(), Clock()
    counter = FetchCounter(store, clock)
    for minutes in (0, 5, 7):
        clock.now = NOW + timedelta(minutes=minutes)
        counter.count("billing")
    await counter.write()
    await counter.write()
    five = timedelta(minutes=5)
    assert store.noted == [[Fetches("billing", 3, NOW, NOW + timedelta(minutes=7), five)]]


async def test_many_names_take_no_more_memory() -> None:
    """Whoever is known goes on being counted."""
    store = Kept()
    counter = FetchCounter(store, Clock())
    for number in range(AT_MOST + 50):
        counter.count(f"c{number}")
    counter.count("c0")
    await counter.write()
    [noted] = store.noted
    assert len(noted) == AT_MOST
    assert noted[0].count == 2


async def test_a_crowd_of_new_names_hides_no_regular() -> None:
    """Who came on another day before is counted besides."""
    store, clock = Kept(), Clock()
    store.known = [
        Fetches("billing", 9, NOW - timedelta(days=2), NOW, timedelta(hours=1)),
        Fetches("since today", 9, NOW, NOW, timedelta(hours=1)),
    ]
    counter = FetchCounter(store, clock)
    await counter.write()
    for number in range(AT_MOST):
        counter.count(f"c{number}")
    for name in ("billing", "since today"):
        counter.count(name)
    await counter.write()
    [noted] = store.noted
    assert {each.consumer for each in noted} - {f"c{n}" for n in range(AT_MOST)} == {"billing"}


async def test_a_crowd_hides_no_service_that_is_registered() -> None:
    """On its first day too; the store is told that it is one."""
    store = Kept()
    counter = FetchCounter(store, Clock(), registered=frozenset({"billing"}))
    for number in range(AT_MOST):
        counter.count(f"c{number}")
    for name in ("billing", "nobody"):
        counter.count(name)
    await counter.write()
    [noted] = store.noted
    assert {each.consumer for each in noted} - {f"c{n}" for n in range(AT_MOST)} == {"billing"}
    assert store.registered == {"billing"}


async def test_a_storage_that_is_away_costs_a_hint() -> None:
    """And stops nobody."""
    store = Kept()
    counter = FetchCounter(store, Clock())
    counter.count("billing")
    store.is_away = True
    await counter.write()
    store.is_away = False
    counter.count("billing")
    await counter.write()
    assert [each.count for each in store.noted[0]] == [1]
