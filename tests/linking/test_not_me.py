"""A new connection is told of, and can be said no to: what that ends, burns and leaves."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from linking import IdentityKey, Linked, NoMatch, Whose
from linking.model import Contact
from linking.newcomers.not_me import TOKEN_LIFE, Asking, NeverMade, Said, TooLate
from linking.newcomers.telling import Told, contacts_to_tell
from tests.linking.fakes import ACTIVE, BERTIL, NOW, World, attempt

DAY = timedelta(days=1)
LATER = NOW + DAY
OTHER: Any = "something stronger"
"""A proof that is no invoice."""


async def linked(world: World, **more: object) -> Linked:
    """The outcome of a try with Astrid's pair."""
    return await linked_with(world, "4711023", **more)


async def linked_with(world: World, invoice: str, **more: object) -> Linked:
    """The outcome of a try with another invoice of hers."""
    outcome = await world.linking.verify(attempt("100423", invoice, **more))  # type: ignore[arg-type]
    assert isinstance(outcome, Linked)
    return outcome


def token_of(world: World) -> str:
    """What stands in the latest message."""
    return world.store.told[-1][3]["not_me"]


async def test_whoever_gets_linked_the_contact_is_told() -> None:
    """With a way to say no to just that link, and nothing of what was typed."""
    world = World()
    await linked(world)
    [link] = world.store.links
    [(kind, customer, contact, facts)] = world.store.told
    assert (kind, customer) == ("linked_by_invoice", link.customer)
    assert contact.email == "astrid@example.se"
    assert facts == {
        "link": link.id,
        "connected": NOW.isoformat(),
        "provider": "google",
        "not_me": token_of(world),
    }


async def test_whoever_proves_it_again_is_not_told_of_again() -> None:
    """Nothing is new."""
    world = World()
    await linked(world)
    await linked(world)
    assert len(world.store.told) == 1


OLD = Contact(email="before@example.se")
TODAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("contact", "told"),
    [
        (Contact(email="now@example.se", changed_on=TODAY, previous=OLD), ["now", "before"]),
        (
            Contact(email="now@example.se", changed_on=TODAY - 29 * DAY, previous=OLD),
            ["now", "before"],
        ),
        (replace(OLD, email="Before@example.se", changed_on=TODAY, previous=OLD), ["Before"]),
        (Contact(email="now@example.se", changed_on=TODAY - 30 * DAY, previous=OLD), ["now"]),
        (Contact(email="now@example.se", changed_on=TODAY, previous=None), ["now"]),
        (Contact(email="now@example.se", changed_on=None, previous=OLD), ["now"]),
        (Contact(changed_on=TODAY, previous=OLD), ["before"]),
        (Contact(email="now@example.se", changed_on=TODAY, previous=Contact()), ["now"]),
        (Contact(name="only a name"), []),
        (None, []),
    ],
)
def test_a_contact_that_is_new_is_not_told_alone(contact: Contact | None, told: list[str]) -> None:
    """For thirty days after a change the one before is told too, even where nothing replaced it."""
    found = contacts_to_tell(contact, now=NOW)
    assert [each.contact.email.partition("@")[0] for each in found] == told


@pytest.mark.parametrize(
    ("changed_on", "may_say_no"),
    [
        (None, [True]),
        (TODAY, [False, True]),
        (TODAY - 13 * DAY, [False, True]),
        (TODAY - 14 * DAY, [True, True]),
        (TODAY - 30 * DAY, [True]),
    ],
)
def test_a_contact_that_is_new_cannot_say_no(
    changed_on: date | None, may_say_no: list[bool]
) -> None:
    """Whoever has just turned it could keep the customer out: no code goes there either."""
    contact = Contact(email="now@example.se", changed_on=changed_on, previous=OLD)
    assert [each.may_say_no for each in contacts_to_tell(contact, now=NOW)] == may_say_no


def test_a_contact_that_is_back_is_told_once_and_can_say_no() -> None:
    """It is not new: it is the one from before the changes."""
    back = replace(OLD, changed_on=TODAY, previous=OLD)
    assert list(contacts_to_tell(back, now=NOW)) == [Told(back, may_say_no=True)]


async def test_only_the_contact_before_gets_the_token() -> None:
    """The new one reads the same, with the telephone alone."""
    world = World()
    world.register.contacts["elnat", "100423"] = Contact(
        email="now@example.se", changed_on=TODAY, previous=OLD
    )
    await linked(world)
    has_token = {contact.email: "not_me" in facts for _, _, contact, facts in world.store.told}
    assert has_token == {"now@example.se": False, "before@example.se": True}


async def test_where_only_a_new_contact_is_known_nobody_has_a_token() -> None:
    """Nothing stands in the database that could be said no to by one."""
    world = World()
    world.register.contacts["elnat", "100423"] = Contact(email="new@example.se", changed_on=TODAY)
    await linked(world)
    [(_, hashes)] = world.store.objections.values()
    assert hashes == (None,)
    assert len(world.store.told) == 1


async def test_both_contacts_can_say_it_and_it_counts_once() -> None:
    """They hold the same token."""
    world = World()
    world.register.contacts["elnat", "100423"] = Contact(
        email="now@example.se", changed_on=TODAY - 14 * DAY, previous=OLD
    )
    await linked(world)
    assert len({facts["not_me"] for *_, facts in world.store.told}) == 1
    assert len(world.store.told) == 2
    assert await world.not_me.say(token_of(world), now=LATER) == Said("elnat", LATER)
    assert await world.not_me.say(token_of(world), now=LATER + DAY) == Said("elnat", LATER)


async def test_looking_changes_nothing() -> None:
    """Programs open the addresses in messages."""
    world = World()
    await linked(world)
    for _ in range(3):
        looked = await world.not_me.look(token_of(world), now=LATER)
        assert looked == Asking("elnat", NOW, helps=False, provider="google")
    assert len(world.store.links) == 1
    assert world.store.guarded == {}


async def test_saying_it_ends_the_link_and_who_is_signed_in() -> None:
    """And is noted, with ids alone."""
    world = World()
    person = (await linked(world)).person
    [link] = world.store.links
    await world.not_me.say(token_of(world), now=LATER)
    assert world.store.links == []
    assert world.store.signed_out == [person]
    kind, facts = world.store.notes[-1]
    assert kind == "not_me"
    assert facts == {
        "person": "None",
        "customer": link.customer.id,
        "connection": link.id,
        "said": "by_message",
        "ended": "yes",
    }


async def test_saying_it_of_help_ends_the_help() -> None:
    """The page knows that it was somebody who helps."""
    world = World()
    person = (await linked(world, whose=Whose.HELPING)).person
    looked = await world.not_me.look(token_of(world), now=LATER)
    assert looked == Asking("elnat", NOW, helps=True, provider="google")
    await world.not_me.say(token_of(world), now=LATER)
    assert world.store.delegations == []
    assert world.store.signed_out == [person]


async def test_from_then_on_no_invoice_connects_anybody() -> None:
    """Not even another one of theirs: the answer is that of a wrong number."""
    world = World()
    world.register.invoices["elnat", "100423", "4711500"] = date(2026, 2, 20)
    await linked(world)
    await world.not_me.say(token_of(world), now=LATER)
    for invoice in ("4711023", "4711500"):
        outcome = await world.linking.verify(attempt("100423", invoice, identity=BERTIL))
        assert outcome == NoMatch(hints=())


async def test_others_are_not_touched() -> None:
    """Another customer's true pair links, and another link of this customer lives on."""
    world = World()
    first = await linked(world)
    await linked(world, identity=BERTIL)
    await world.not_me.say(token_of(world), now=LATER)
    assert [link.person for link in world.store.links] == [first.person]
    assert isinstance(await world.linking.verify(attempt("100977", "4711999")), Linked)


async def test_resumed_the_burned_paper_stays_burned() -> None:
    """Customer service lifts the guard; who holds that invoice is still nobody."""
    world = World()
    world.register.invoices["elnat", "100423", "4711500"] = date(2026, 2, 20)
    world.register.invoices["elnat", "100423", "6000123"] = date(2026, 2, 1)
    await linked(world)
    await world.not_me.say(token_of(world), now=LATER)
    assert await world.resumption.since("elnat", "100423") == NOW

    assert await world.resumption.resume("elnat", "100423", now=LATER, reason="she called us")

    assert await world.resumption.since("elnat", "100423") is None
    assert world.store.notes[-1][0] == "guard_lifted"
    assert world.store.notes[-1][1]["reason"] == "she called us"
    for burned in ("4711023", "6000123"):
        outcome = await world.linking.verify(attempt("100423", burned))
        assert outcome == NoMatch(hints=()), "the same paper, by its other number"
    assert isinstance(await world.linking.verify(attempt("100423", "4711500")), Linked)


async def test_whom_nobody_guards_cannot_be_resumed() -> None:
    """Nothing is noted either."""
    world = World()
    for number in ("100423", "999999"):
        assert not await world.resumption.resume("elnat", number, now=NOW, reason="a slip")
    assert world.store.notes == []


async def test_a_token_is_good_for_thirty_days() -> None:
    """After that, the telephone."""
    world = World()
    await linked(world)
    token = token_of(world)
    last = NOW + TOKEN_LIFE - timedelta(seconds=1)
    assert isinstance(await world.not_me.look(token, now=last), Asking)
    assert await world.not_me.say(token, now=NOW + TOKEN_LIFE) == TooLate("elnat")
    assert len(world.store.links) == 1


@pytest.mark.parametrize("token", ["", "token-999", "å", "x" * 5000])
async def test_what_nobody_made_says_nothing(token: str) -> None:
    """Whatever stands in the address."""
    world = World()
    await linked(world)
    assert await world.not_me.say(token, now=LATER) == NeverMade()
    assert len(world.store.links) == 1


async def test_a_link_that_has_ended_by_itself_still_burns_its_paper() -> None:
    """Whoever held it may come again with another account."""
    world = World()
    await linked(world)
    world.store.links.clear()
    assert await world.not_me.say(token_of(world), now=LATER) == Said("elnat", LATER)
    assert world.store.notes[-1][1]["ended"] == "no"
    outcome = await world.linking.verify(attempt("100423", "4711023"))
    assert outcome == NoMatch(hints=())


async def test_what_was_proved_otherwise_since_is_not_ended() -> None:
    """The contact on file has shown since that it is them."""
    world = World()
    await linked(world)
    world.store.links = [replace(link, proof=OTHER) for link in world.store.links]
    assert await world.not_me.say(token_of(world), now=LATER) == TooLate("elnat")
    assert len(world.store.links) == 1
    assert world.store.guarded == {}


def passed_on(world: World, day: date) -> None:
    """The number has somebody else from this day on, with an invoice of that day.

    Their contact was written down three weeks before it.
    """
    contact = Contact(name="N", email="new@example.se", changed_on=day - 20 * DAY)
    world.register.contacts["elnat", "100423"] = contact
    world.register.on_file["elnat", "100423"] = replace(ACTIVE, evidence_from=day)
    world.register.invoices["elnat", "100423", "4711700"] = day


async def test_a_guard_is_not_handed_over_with_the_number() -> None:
    """Whoever has it now said nothing. Not while the day is still to come."""
    world = World()
    await linked(world)
    await world.not_me.say(token_of(world), now=NOW)
    passed_on(world, TODAY + 2 * DAY)
    early = attempt("100423", "4711700", identity=BERTIL, now=NOW + DAY)
    assert await world.linking.verify(early) == NoMatch(hints=())
    there = attempt("100423", "4711700", identity=BERTIL, now=NOW + 2 * DAY)
    assert isinstance(await world.linking.verify(there), Linked)


async def test_a_guard_of_the_new_holder_holds() -> None:
    """What was said since the number passed to them."""
    world = World()
    passed_on(world, TODAY)
    await linked_with(world, "4711700")
    await world.not_me.say(token_of(world), now=NOW)
    world.register.invoices["elnat", "100423", "4711701"] = TODAY
    assert await world.linking.verify(attempt("100423", "4711701")) == NoMatch(hints=())


async def test_who_was_the_customer_before_it_passed_on_can_be_it_again() -> None:
    """With an invoice from since; the old link is over, and the contact is told as always."""
    world = World()
    await linked(world)
    [old] = world.store.links
    passed_on(world, TODAY + DAY)
    later = NOW + DAY
    await linked_with(world, "4711700", now=later)
    [new] = world.store.links
    assert (new.person, new.linked_at) == (old.person, later)
    assert len(world.store.told) == 2
    assert await world.linking.entries_of(new.person, ["elnat"], now=later)


async def test_who_helped_before_it_passed_on_can_help_again() -> None:
    """Help to the one before is not help to whoever has the number now."""
    world = World()
    person = (await linked(world, whose=Whose.HELPING)).person
    passed_on(world, TODAY + DAY)
    await linked_with(world, "4711700", now=NOW + DAY, whose=Whose.HELPING)
    assert await world.linking.entries_of(person, ["elnat"], now=NOW + DAY)


async def test_who_had_the_number_before_is_not_told_of_whoever_has_it_now() -> None:
    """It is no news of theirs."""
    world = World()
    await linked(world)
    passed_on(world, TODAY + DAY)
    await linked_with(world, "4711700", now=NOW + DAY, identity=BERTIL)
    assert world.store.newcomers == []


async def test_a_thief_who_waits_for_the_reminders_goes_with_a_no() -> None:
    """What is told of others, on the next day too, hides nobody from what is said then."""
    world = World()
    await many(world, 6)
    first = world.store.links[0].person
    for link in world.store.links[1:]:
        await world.strangers.unknown(link.id, to=first, now=NOW + timedelta(hours=1))
    day_after = NOW + timedelta(hours=25, minutes=2)
    await linked(world, identity=BERTIL, now=day_after)
    told = {facts["link"] for *_, facts in world.store.told}
    assert world.store.links[-1].id not in told
    await world.not_me.say(world.store.told[0][3]["not_me"], now=day_after + timedelta(hours=1))
    left = [link.proved_with for link in world.store.links]
    assert BERTIL not in left


@pytest.mark.parametrize("days", [1, 9, 29])
async def test_who_had_the_number_before_cannot_bar_who_has_it_now(days: int) -> None:
    """Their message is good for thirty days; the number has passed on before they press."""
    world = World()
    await linked(world)
    token = token_of(world)
    passed_on(world, TODAY + DAY)
    later = NOW + days * DAY
    assert isinstance(await world.not_me.say(token, now=later), Said)
    new = attempt("100423", "4711700", identity=BERTIL, now=later)
    assert isinstance(await world.linking.verify(new), Linked)


async def test_the_new_holder_can_say_no_whatever_was_said_before_them() -> None:
    """A guard that has ended with the move begins anew with theirs."""
    world = World()
    await linked(world)
    await world.not_me.say(token_of(world), now=NOW)
    passed_on(world, TODAY + DAY)
    later = NOW + 2 * DAY
    await linked_with(world, "4711700", identity=BERTIL, now=later)
    await world.not_me.say(token_of(world), now=later)
    world.register.invoices["elnat", "100423", "4711701"] = TODAY + DAY
    thief = attempt("100423", "4711701", now=later)
    assert await world.linking.verify(thief) == NoMatch(hints=())


@pytest.mark.parametrize(
    ("changed", "moved", "told"),
    [
        (0, 0, ["now"]),  # with the move
        (-20, 0, ["now"]),  # ahead of it
        (0, -1, ["now", "before"]),  # since the move: the one before is theirs too
        (0, 1, ["now", "before"]),  # the move is still to come
        (-31, 0, []),  # from before it: of whoever had the number
        (-60, -29, []),
        (-60, -30, ["now"]),  # theirs by now, if nobody has said otherwise
    ],
)
def test_at_a_move_the_contact_before_is_somebody_elses(
    changed: int, moved: int, told: list[str]
) -> None:
    """They are not told of whoever has the number now, and cannot say no to them.

    The days of both are counted from today.
    """
    contact = Contact(email="now@example.se", changed_on=TODAY + changed * DAY, previous=OLD)
    found = contacts_to_tell(contact, TODAY + moved * DAY, now=NOW)
    assert [each.contact.email.partition("@")[0] for each in found] == told


async def many(world: World, count: int) -> None:
    """So many accounts, all with the same invoice, a minute apart."""
    for number in range(count):
        who = IdentityKey("https://accounts.google.com", f"account {number}")
        await linked(world, identity=who, now=NOW + number * timedelta(minutes=1))


async def test_a_contact_is_told_five_times_a_day() -> None:
    """The first five; the day after, again."""
    world = World()
    await many(world, 8)
    assert [facts["link"] for *_, facts in world.store.told] == [
        link.id for link in world.store.links[:5]
    ]
    assert len([note for note in world.store.notes if note[0] == "link_created"]) == 8
    await linked(world, identity=BERTIL, now=NOW + DAY)
    assert len(world.store.told) == 6


async def test_whoever_was_not_told_of_goes_with_one_of_whom_was_told() -> None:
    """The same paper made them all, and the contact could say no to them in no other way."""
    world = World()
    await many(world, 8)
    await world.not_me.say(world.store.told[1][3]["not_me"], now=LATER)
    left = [link.person for link in world.store.links]
    assert len(left) == 4
    assert len(world.store.signed_out) == 4


async def test_what_another_paper_made_untold_goes_with_it() -> None:
    """Who has one stolen paper may have two, and use the first to drown what is told of the other.

    Who was told of stays: to that the contact can say no.
    """
    world = World()
    world.register.invoices["elnat", "100423", "4711500"] = date(2026, 2, 20)
    told = await linked_with(world, "4711500", identity=BERTIL)
    await many(world, 4)
    other = IdentityKey("https://accounts.google.com", "other")
    await linked_with(world, "4711500", identity=other, now=NOW + timedelta(hours=1))
    await world.not_me.say(token_of(world), now=LATER)
    left = [link for link in world.store.links if link.proved_with == other]
    assert left == []
    assert told.person in [link.person for link in world.store.links]


async def test_said_twice_at_a_time_it_is_done_once() -> None:
    """Whoever comes second reads when it was said, and nothing is done again."""
    world = World()
    await linked(world)
    [objection] = [each for each, _ in world.store.objections.values()]
    await world.not_me.objections.say(objection.connection, at=LATER)
    assert not await world.not_me._act(objection, now=LATER)
    assert world.store.guarded == {}
    assert await world.not_me.say(token_of(world), now=LATER + DAY) == Said("elnat", LATER)
