"""The contract of `linking.ports.PersonStore`."""

import asyncio
from dataclasses import replace

import pytest

from broker.storage import Storage
from linking.model import CustomerId, IdentityKey, PersonId
from tests.contracts import workers
from tests.contracts.conftest import Contend
from tests.contracts.samples import MINUTE, NOW, identity, link


async def test_an_admitted_identity_is_found(storage: Storage) -> None:
    """It comes back with its person and every field."""
    assert await storage.persons.admit(identity()) == identity()
    assert await storage.persons.find(identity().key) == identity()


async def test_an_unknown_identity_is_not_found(storage: Storage) -> None:
    """Nobody is admitted by being asked for."""
    assert await storage.persons.find(identity().key) is None


@pytest.mark.parametrize("subject", ["S1", "s1 ", "s1\u0301", "s"])
async def test_subjects_are_compared_byte_for_byte(storage: Storage, subject: str) -> None:
    """No case folding, trimming or normalising makes two accounts one."""
    await storage.persons.admit(identity("s1"))
    assert await storage.persons.find(IdentityKey(identity().key.issuer, subject)) is None


async def test_the_first_admission_stands(storage: Storage) -> None:
    """A second admission returns the person who is there."""
    await storage.persons.admit(identity(person="p1"))
    again = identity(person="p2")
    assert await storage.persons.admit(again) == identity(person="p1")
    assert await storage.persons.find(again.key) == identity(person="p1")


async def test_a_person_may_have_several_identities(storage: Storage) -> None:
    """They are listed oldest first, and only theirs."""
    first, second = identity("s1"), replace(identity("s2"), admitted_at=NOW + MINUTE)
    for one in (second, first, identity("s3", person="p2")):
        await storage.persons.admit(one)
    assert await storage.persons.identities_of(PersonId("p1")) == [first, second]


async def test_being_admitted_again_is_remembered(storage: Storage) -> None:
    """The label that was last shown is the one that is kept; nothing else changes."""
    await storage.persons.admit(identity(person="p1"))
    later = replace(
        identity(person="p2"), label="new", admitted_at=NOW + MINUTE, last_used_at=NOW + MINUTE
    )
    expected = replace(identity(person="p1"), label="new", last_used_at=NOW + MINUTE)
    assert await storage.persons.admit(later) == expected
    assert await storage.persons.find(identity().key) == expected


async def test_the_latest_use_never_goes_back(storage: Storage) -> None:
    """A late report of an earlier use changes nothing."""
    await storage.persons.admit(identity())
    earlier = replace(identity(), label="older", last_used_at=NOW - MINUTE)
    assert await storage.persons.admit(earlier) == identity()


async def test_an_erased_person_has_no_identity(storage: Storage) -> None:
    """All of theirs are gone, and nobody else's; a second time there is nothing to erase."""
    for one in (identity("s1"), identity("s2"), identity("s3", person="p2")):
        await storage.persons.admit(one)
    assert await storage.persons.erase(PersonId("p1")) == 2
    assert await storage.persons.identities_of(PersonId("p1")) == []
    assert await storage.persons.find(identity("s1").key) is None
    assert await storage.persons.find(identity("s3").key) == identity("s3", person="p2")
    assert await storage.persons.erase(PersonId("p1")) == 0


async def test_an_erased_identity_may_be_admitted_again(storage: Storage) -> None:
    """As whoever is proposed: nothing is left of who it was."""
    await storage.persons.admit(identity(person="p1"))
    await storage.persons.erase(PersonId("p1"))
    assert await storage.persons.admit(identity(person="p2")) == identity(person="p2")


async def test_erasing_leaves_links_without_the_subject(storage: Storage) -> None:
    """A link stays with its person, and says no more with which account it was proved."""
    for number in (1, 2):
        await storage.persons.admit(identity(f"s{number}", person=f"p{number}"))
    customer = await storage.links.customer("elnat", "100423", proposed=CustomerId("c1"))
    hers, his = link(customer), link(customer, id="l2", person="p2")
    for one in (hers, his):
        await storage.links.create(one)
    await storage.persons.erase(PersonId("p1"))
    nameless = replace(hers, proved_with=IdentityKey(hers.proved_with.issuer, ""))
    assert await storage.links.of_customers("elnat", ["100423"]) == [nameless, his]


async def test_admissions_at_once_are_one(storage: Storage) -> None:
    """Twenty tasks that admit one identity get one person."""
    admitted = await asyncio.gather(
        *(storage.persons.admit(identity(person=f"p{i}")) for i in range(20))
    )
    assert len({one.person for one in admitted}) == 1


@pytest.mark.processes
def test_admissions_of_four_processes_are_one(contend: Contend) -> None:
    """Twenty admissions from four processes get one person."""
    assert len(set(contend(workers.admit, 5))) == 1
