"""Somebody asks to be forgotten: all of theirs goes at once, and nothing of anybody else's."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from linking import Erased, Erasure, Linked, Relation, Whose
from linking.model import PersonId, Proof
from tests.linking.fakes import ASTRID, BERTIL, NOW, Delegations, Links, World, attempt

LATER = NOW + timedelta(hours=1)


@dataclass
class TwoSessionsEach:
    """Everybody is signed in twice, until it is ended."""

    ended: list[str] = field(default_factory=list)
    is_down: bool = False

    async def end_of_persons(self, persons: Sequence[str], *, at: datetime, reason: str) -> int:
        if self.is_down:
            raise ConnectionError
        self.ended += persons
        return 2 * len(persons)


@dataclass
class Desk:
    """A world in which Astrid is 100423 and helps 100977, and Bertil is 100977."""

    world: World
    sessions: TwoSessionsEach
    astrid: PersonId
    bertil: PersonId

    @property
    def erasure(self) -> Erasure:
        store = self.world.store
        return Erasure(
            persons=store,
            links=Links(store),
            delegations=Delegations(store),
            signed_in=self.sessions,
            journal=store,
            transaction=store.transaction,
        )

    @property
    def link(self) -> str:
        return next(k.id for k in self.world.store.links if k.person == self.astrid)

    @property
    def delegation(self) -> str:
        return self.world.store.delegations[0].id


@pytest.fixture
async def desk() -> Desk:
    """Both have proved their numbers."""
    world = World()
    tries = (
        attempt("100423", "4711023"),
        attempt("100977", "4711999", whose=Whose.HELPING),
        attempt("100977", "4711999", identity=BERTIL),
    )
    persons = []
    for each in tries:
        outcome = await world.linking.verify(each)
        assert isinstance(outcome, Linked)
        persons.append(outcome.person)
    return Desk(world, TwoSessionsEach(), persons[0], persons[2])


async def test_a_customer_has_its_links_and_its_helpers(desk: Desk) -> None:
    """With relation, proof, time and how the account is shown."""
    holder, helper = await desk.erasure.of_customer("elnat", "100977", now=LATER)
    assert (holder.person, holder.relation) == (desk.bertil, Relation.HOLDER)
    assert (helper.person, helper.relation) == (desk.astrid, Relation.DELEGATE)
    assert {holder.proof, helper.proof} == {Proof.INVOICE}
    assert {holder.since, helper.since} == {NOW}
    assert [each.label for each in helper.identities] == ["a•••@…"]


async def test_another_customer_has_none_of_them(desk: Desk) -> None:
    """Neither an unknown number nor a sister company's."""
    assert await desk.erasure.of_customer("elnat", "100111", now=LATER) == ()
    assert await desk.erasure.of_customer("varme", "100977", now=LATER) == ()


async def test_what_would_end_is_known_before(desk: Desk) -> None:
    """By the id of the link or of the delegation; looking changes nothing."""
    of_link = await desk.erasure.reached(desk.link, now=LATER)
    assert {each.id for each in of_link} == {desk.link, desk.delegation}
    assert await desk.erasure.reached(desk.delegation, now=LATER) == of_link
    assert await desk.erasure.reached("l_unknown", now=LATER) == ()


@pytest.mark.parametrize("by", ["link", "delegation"])
async def test_all_of_the_person_goes(desk: Desk, by: str) -> None:
    """Links, delegations, sessions and identities, whichever connection was named."""
    erased = await desk.erasure.erase(getattr(desk, by), now=LATER, reason="asked")
    assert erased == Erased(links=1, delegations=1, sessions=2, identities=1)
    assert await desk.world.linking.identity(ASTRID) is None
    assert await desk.world.linking.entries_of(desk.astrid, ["elnat"], now=LATER) == ()
    assert desk.sessions.ended == [desk.astrid]


async def test_nothing_of_anybody_else_goes(desk: Desk) -> None:
    """Whoever was helped keeps their own."""
    await desk.erasure.erase(desk.link, now=LATER, reason="asked")
    assert await desk.world.linking.identity(BERTIL) is not None
    assert [link.person for link in desk.world.store.links] == [desk.bertil]


async def test_it_is_written_down_without_who_it_was(desk: Desk) -> None:
    """The trail has the opaque id and the reason."""
    await desk.erasure.erase(desk.link, now=LATER, reason="asked")
    assert desk.world.store.notes[-1] == (
        "person_erased",
        {"person": desk.astrid, "customer": "None", "reason": "asked"},
    )


async def test_it_is_done_once(desk: Desk) -> None:
    """The id leads to nobody afterwards, and nothing is noted again."""
    link = desk.link
    await desk.erasure.erase(link, now=LATER, reason="asked")
    notes = list(desk.world.store.notes)
    assert await desk.erasure.erase(link, now=LATER, reason="asked") is None
    assert desk.world.store.notes == notes


async def test_it_is_done_wholly_or_not_at_all(desk: Desk) -> None:
    """When the sessions cannot be ended, the links are still there."""
    desk.sessions.is_down = True
    with pytest.raises(ConnectionError):
        await desk.erasure.erase(desk.link, now=LATER, reason="asked")
    assert len(await desk.erasure.reached(desk.link, now=LATER)) == 2
    assert await desk.world.linking.identity(ASTRID) is not None


async def test_the_account_can_be_connected_again(desk: Desk) -> None:
    """As a person who has nothing to do with the one before."""
    await desk.erasure.erase(desk.link, now=LATER, reason="asked")
    outcome = await desk.world.linking.verify(attempt("100423", "4711023", now=LATER))
    assert isinstance(outcome, Linked)
    assert outcome.person != desk.astrid
