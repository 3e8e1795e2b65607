"""Somebody on the telephone need not wait; what they failed still counts for everybody."""

import hmac
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from linking import Clearing, IdentityKey, OwnWaits, Waiting, WaitReferences
from linking.tries.clearing import read_reference
from linking.tries.reserving import SoFar
from tests.linking.fakes import ASTRID, BERTIL, NOW, World

OLD, NEW = b"the key of before", b"the key of now"


def references(*keys: bytes) -> WaitReferences:
    """With these keys, the newest first."""
    return WaitReferences(lambda who: [hmac.digest(key, who.encode(), "sha256") for key in keys])


REFERENCES = references(NEW)


@dataclass
class Failures:
    """`Waits`: so many failures of each, the latest of them now."""

    of: dict[IdentityKey, int] = field(default_factory=dict)

    async def own(self, identity: IdentityKey, *, now: datetime) -> SoFar:
        failures = self.of.get(identity, 0)
        return SoFar(failures, now if failures else None)

    async def forget(self, identity: IdentityKey) -> int:
        return self.of.pop(identity, 0)

    async def remembered(self, *, now: datetime) -> AsyncIterator[IdentityKey]:
        for each in list(self.of):
            yield each


def clearing(waits: Failures, world: World, known: WaitReferences = REFERENCES) -> Clearing:
    """The use case in a world."""
    store = world.store
    return Clearing(store, waits, OwnWaits(), known, store, store.transaction)


@pytest.mark.parametrize(
    "typed",
    ["V-{0}-{1}", "v {0} {1}", "{0}{1}", " {0}-{1} ", "V{0}{1}"],
)
def test_a_reference_is_read_as_it_is_said(typed: str) -> None:
    """With or without its mark, spaces, dashes, small letters."""
    _, first, second = REFERENCES.of(ASTRID).split("-")
    read = read_reference(typed.format(first, second).lower())
    assert read is not None
    assert REFERENCES.is_of(ASTRID, read)
    assert not REFERENCES.is_of(BERTIL, read)


@pytest.mark.parametrize("typed", ["", "V-", "p_astrid", "100423", "V-7KQ2-M9", "V-7KQ2-M9XRR"])
def test_what_is_no_reference(typed: str) -> None:
    """Said before anything is looked up."""
    assert read_reference(typed) is None


def test_a_page_of_before_a_change_of_keys_still_leads_there() -> None:
    """As long as the old key is configured."""
    on_the_page = read_reference(references(OLD).of(ASTRID))
    assert on_the_page is not None
    assert references(NEW, OLD).is_of(ASTRID, on_the_page)
    assert not references(NEW).is_of(ASTRID, on_the_page)


def test_issuer_and_subject_cannot_run_into_each_other() -> None:
    """Two accounts whose names put together read alike have two references."""
    one, other = IdentityKey("https://a", "b c"), IdentityKey("https://a b", "c")
    assert REFERENCES.of(one) != REFERENCES.of(other)


async def test_whoever_is_not_connected_is_found_by_reference() -> None:
    """Seven failures: thirty seconds, and no person."""
    waits = Failures({ASTRID: 7, BERTIL: 3})
    found = await clearing(waits, World()).of_reference(REFERENCES.of(ASTRID), now=NOW)
    assert found == Waiting((ASTRID,), None, 7, NOW + timedelta(seconds=30))


async def test_free_failures_make_nobody_wait() -> None:
    """Failures there are, an end of the wait there is not."""
    found = await clearing(Failures({ASTRID: 5}), World()).of_reference(
        REFERENCES.of(ASTRID), now=NOW
    )
    assert found == Waiting((ASTRID,), None, 5, None)


async def test_nobody_has_an_unknown_reference() -> None:
    """Nor one of somebody who has not failed."""
    waits = Failures({ASTRID: 7})
    assert await clearing(waits, World()).of_reference(REFERENCES.of(BERTIL), now=NOW) is None


async def test_a_reference_of_two_leads_to_neither() -> None:
    """It cannot be known who is on the telephone."""
    alike = WaitReferences(lambda _: [b"the same for all"])
    waits = Failures({ASTRID: 7, BERTIL: 7})
    assert await clearing(waits, World(), alike).of_reference(alike.of(ASTRID), now=NOW) is None


async def test_all_accounts_of_a_person_are_let_off() -> None:
    """And written down, by what leads to each; no subject."""
    world, waits = World(), Failures({ASTRID: 7, BERTIL: 7})
    identity = await world.linking.admit(ASTRID, provider="google", label="a•••@…", now=NOW)
    use = clearing(waits, world)
    found = await use.of_person(identity.person, now=NOW)
    assert found is not None
    assert await use.clear(found, now=NOW, reason="is on the phone") == 7
    assert waits.of == {BERTIL: 7}
    assert world.store.notes[-1] == (
        "wait_cleared",
        {
            "person": identity.person,
            "customer": "None",
            "accounts": REFERENCES.of(ASTRID),
            "failures": "7",
            "reason": "is on the phone",
        },
    )


async def test_nobody_is_known_by_an_unknown_id() -> None:
    """An erased person has no account to let off."""
    world = World()
    identity = await world.linking.admit(ASTRID, provider="google", label="", now=NOW)
    await world.store.erase(identity.person)
    assert await clearing(Failures(), world).of_person(identity.person, now=NOW) is None
