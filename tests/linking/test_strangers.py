"""Whoever is the customer already is told of newcomers, and may not know who they are."""

from dataclasses import replace
from datetime import timedelta

import pytest

from linking import Heard, IdentityKey, NoMatch
from linking.errors import RegisterUnavailable
from linking.model import Contact, LinkId, PersonId, Proof
from linking.newcomers.not_me import Asking, Said
from tests.linking.fakes import ACTIVE, ASTRID, BERTIL, NOW, World, attempt
from tests.linking.test_not_me import linked, token_of

DAY = timedelta(days=1)
LATER = NOW + DAY


def proved_by_code(world: World, person: PersonId) -> None:
    """This person's link was proved by a code since."""
    world.store.links = [
        replace(link, proof=Proof.CODE) if link.person == person else link
        for link in world.store.links
    ]


async def two(world: World) -> tuple[PersonId, LinkId]:
    """Who was first, and the newcomer's link."""
    first = await linked(world)
    await linked(world, identity=BERTIL)
    [(_, newcomer)] = world.store.newcomers
    return first.person, LinkId(newcomer)


async def test_who_was_there_before_is_still_to_be_told() -> None:
    """Once for each newcomer; the newcomer of nobody."""
    world = World()
    first = await linked(world)
    second = await linked(world, identity=BERTIL)
    [told] = world.store.newcomers
    newcomer = next(link for link in world.store.links if link.person == second.person)
    assert told == (first.person, newcomer.id)


async def test_what_is_told_again_says_so_and_of_whom() -> None:
    """The time is that of the connection, not of the second message; nothing else is the same."""
    world = World()
    first, newcomer = await two(world)
    await world.strangers.unknown(newcomer, to=first, now=LATER)
    *_, (_, _, _, before), (_, _, _, again) = world.store.told
    assert "again" not in before
    assert again["again"] == "yes"
    assert (again["connected"], again["provider"]) == (NOW.isoformat(), "google")
    assert again["not_me"] != before["not_me"]


async def test_whose_identity_was_erased_is_told_of_without_a_provider() -> None:
    """By the time alone, in the message and on its page."""
    world = World()
    first, newcomer = await two(world)
    del world.store.identities[BERTIL]
    await world.strangers.unknown(newcomer, to=first, now=LATER)
    assert "provider" not in world.store.told[-1][-1]
    assert await world.not_me.look(token_of(world), now=LATER) == Asking("elnat", NOW, helps=False)


async def test_another_account_of_the_same_person_is_nobody_new() -> None:
    """Nor is there anything to tell the contact."""
    world = World()
    await linked(world)
    mine = world.store.identities[ASTRID]
    world.store.identities[BERTIL] = replace(mine, key=BERTIL)
    await linked(world, identity=BERTIL)
    assert world.store.newcomers == []
    assert len(world.store.told) == 1


async def test_no_more_are_told_than_a_household_has() -> None:
    """Somebody with one invoice and many accounts does not make everything slow."""
    world = World()
    for number in range(23):
        who = IdentityKey("https://accounts.google.com", f"account {number}")
        await linked(world, identity=who)
    latest = world.store.links[-1].id
    told = [person for person, link in world.store.newcomers if link == latest]
    assert told == [link.person for link in world.store.links[:20]]


async def test_whom_a_code_has_shown_is_told_first() -> None:
    """Twenty accounts with one invoice do not keep the customer from hearing of the next."""
    world = World()
    for number in range(20):
        who = IdentityKey("https://accounts.google.com", f"account {number}")
        await linked(world, identity=who)
    mine = await linked(world, identity=BERTIL)
    proved_by_code(world, mine.person)
    await linked(world)
    latest = world.store.links[-1].id
    told = [person for person, link in world.store.newcomers if link == latest]
    assert told[0] == mine.person
    assert told[1:] == [link.person for link in world.store.links[:19]]


async def test_the_word_of_whom_an_invoice_showed_ends_nothing() -> None:
    """Not the other's link, not the paper, not the customer's trust: either may be the thief."""
    world = World()
    first, newcomer = await two(world)
    assert await world.strangers.unknown(newcomer, to=first, now=LATER) is Heard.PASSED_ON
    assert len(world.store.links) == 2
    assert (world.store.guarded, world.store.burned, world.store.signed_out) == ({}, set(), [])
    third = IdentityKey("https://accounts.google.com", "third")
    assert await linked(world, identity=third)


async def test_it_has_the_contact_told_again() -> None:
    """Of that link, with a token that works as the first one does, and beside it."""
    world = World()
    first, newcomer = await two(world)
    before = token_of(world)
    await world.strangers.unknown(newcomer, to=first, now=LATER)
    kind, _, contact, facts = world.store.told[-1]
    assert (kind, contact.email) == ("linked_by_invoice", "astrid@example.se")
    assert facts["link"] == newcomer
    assert len(world.store.told) == 3
    for token in (before, facts["not_me"]):
        assert isinstance(await world.not_me.look(token, now=LATER), Asking)
    await world.not_me.say(facts["not_me"], now=LATER)
    assert [link.person for link in world.store.links] == [first]
    other = attempt("100423", "4711023", identity=BERTIL)
    assert await world.linking.verify(other) == NoMatch(hints=())


async def test_the_second_message_is_good_for_its_own_thirty_days() -> None:
    """It may be asked for long after the first."""
    world = World()
    first, newcomer = await two(world)
    await world.strangers.unknown(newcomer, to=first, now=NOW + 29 * DAY)
    assert isinstance(await world.not_me.say(token_of(world), now=NOW + 58 * DAY), Said)


async def test_a_link_is_told_of_again_once() -> None:
    """However many do not know who it is."""
    world = World()
    first = await linked(world)
    second = await linked(world, identity=IdentityKey("https://accounts.google.com", "second"))
    await linked(world, identity=BERTIL)
    newcomer = world.store.links[-1].id
    for person in (first.person, second.person):
        heard = await world.strangers.unknown(newcomer, to=person, now=LATER)
        assert heard is Heard.PASSED_ON
    assert len(world.store.told) == 4
    assert [facts["told"] for kind, facts in world.store.notes if kind == "newcomer_unknown"] == [
        "yes",
        "no",
    ]


async def test_it_counts_among_the_five_of_a_day() -> None:
    """A thief's button sends no more messages than a thief's invoice; mine goes a day later."""
    world = World()
    for number in range(5):
        await linked(world, identity=IdentityKey("https://accounts.google.com", f"{number}"))
    told, newcomer = world.store.newcomers[0]
    heard = await world.strangers.unknown(LinkId(newcomer), to=told, now=NOW)
    assert heard is Heard.PASSED_ON
    assert [at - NOW for at in world.store.told_at] == [*[timedelta(0)] * 5, DAY]


async def test_what_waits_counts_among_the_five_of_its_day() -> None:
    """However many newcomers there are, and however often it is pressed."""
    world = World()
    for number in range(15):
        await linked(world, identity=IdentityKey("https://accounts.google.com", f"{number}"))
    for told, newcomer in list(world.store.newcomers):
        await world.strangers.unknown(LinkId(newcomer), to=told, now=NOW)
    assert [at - NOW for at in world.store.told_at] == [*[timedelta(0)] * 5, *[DAY] * 5]


async def test_where_nobody_can_be_written_to_the_answer_is_the_same() -> None:
    """Whoever asks does not learn whether there is a contact on file."""
    world = World()
    world.register.contacts["elnat", "100423"] = Contact(name="A")
    first, newcomer = await two(world)
    assert await world.strangers.unknown(newcomer, to=first, now=LATER) is Heard.PASSED_ON
    assert world.store.told == []


async def test_whoever_had_the_number_before_ends_nothing() -> None:
    """A code showed them to be somebody who is not the customer any more."""
    world = World()
    first, newcomer = await two(world)
    proved_by_code(world, first)
    world.register.on_file["elnat", "100423"] = replace(ACTIVE, evidence_from=(NOW + DAY).date())
    heard = await world.strangers.unknown(newcomer, to=first, now=NOW + 2 * DAY)
    assert heard is Heard.PASSED_ON
    assert len(world.store.links) == 2


async def test_whom_a_code_has_shown_ends_the_others_link_and_nothing_else() -> None:
    """Signed out, and noted as theirs; invoices connect as before, this one too."""
    world = World()
    first, newcomer = await two(world)
    proved_by_code(world, first)
    stranger = world.store.links[-1].person
    assert await world.strangers.unknown(newcomer, to=first, now=LATER) is Heard.ENDED
    assert [link.person for link in world.store.links] == [first]
    assert world.store.signed_out == [stranger]
    kind, facts = world.store.notes[-1]
    assert (kind, facts["person"], facts["reason"]) == ("link_ended", first, "stranger")
    assert (world.store.guarded, world.store.burned) == ({}, set())
    assert await linked(world, identity=BERTIL)


async def test_after_that_the_message_still_guards() -> None:
    """The contact has the last word about the paper."""
    world = World()
    first, newcomer = await two(world)
    proved_by_code(world, first)
    await world.strangers.unknown(newcomer, to=first, now=LATER)
    await world.not_me.say(token_of(world), now=LATER)
    assert len(world.store.guarded) == 1


async def test_a_code_for_another_customer_shows_nothing_here() -> None:
    """What counts is how this customer was proved."""
    world = World()
    first, newcomer = await two(world)
    await world.linking.verify(attempt("100977", "4711999"))
    world.store.links = [
        replace(link, proof=Proof.CODE) if link.customer.number == "100977" else link
        for link in world.store.links
    ]
    assert await world.strangers.unknown(newcomer, to=first, now=LATER) is Heard.PASSED_ON


async def test_whom_a_code_has_shown_is_ended_by_nobody() -> None:
    """Not by another code either: by telephone."""
    world = World()
    first, newcomer = await two(world)
    for link in world.store.links:
        proved_by_code(world, link.person)
    assert await world.strangers.unknown(newcomer, to=first, now=LATER) is Heard.NOTHING
    assert len(world.store.links) == 2


@pytest.mark.parametrize("by_code", [True, False])
async def test_it_is_said_once(by_code: bool) -> None:
    """After that the page is not news any more."""
    world = World()
    first, newcomer = await two(world)
    if by_code:
        proved_by_code(world, first)
    await world.strangers.unknown(newcomer, to=first, now=LATER)
    assert await world.strangers.unknown(newcomer, to=first, now=LATER) is Heard.NOTHING


async def test_while_the_register_is_down_nothing_is_used_up() -> None:
    """It can be said again when it answers."""
    world = World()
    first, newcomer = await two(world)
    world.register.down = frozenset({"contact"})
    with pytest.raises(RegisterUnavailable):
        await world.strangers.unknown(newcomer, to=first, now=LATER)
    world.register.down = frozenset()
    assert await world.strangers.unknown(newcomer, to=first, now=LATER) is Heard.PASSED_ON


async def test_nobody_else_can_say_it_of_a_newcomer() -> None:
    """Not the newcomer of themself, not of who was there before, not a stranger."""
    world = World()
    first = await linked(world)
    second = await linked(world, identity=BERTIL)
    [(_, newcomer)] = world.store.newcomers
    before = next(link.id for link in world.store.links if link.person == first.person)
    for link, by in [
        (newcomer, second.person),
        (before, second.person),
        (before, first.person),
        (newcomer, PersonId("p_stranger")),
    ]:
        heard = await world.strangers.unknown(LinkId(link), to=by, now=LATER)
        assert heard is Heard.NOTHING
    assert len(world.store.links) == 2
    assert ASTRID in world.store.identities
