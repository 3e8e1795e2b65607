"""What a true pair changes: person, link or delegation, journal and notice, all or nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from linking import Linked, NoMatch, RegisterUnavailable, Relation, Wait, Whose
from linking.model import Contact, CustomerStatus, Proof
from linking.ports import Reservation, Tags
from linking.scopes import VIEW
from tests.linking.fakes import ACTIVE, ASTRID, BERTIL, NOW, Store, World, attempt, tag
from tests.linking.tries_in_memory import TriesInMemory

HELPING = Whose.HELPING


async def linked(world: World, *args: str, **more: object) -> Linked:
    """The outcome of a try that must succeed."""
    outcome = await world.linking.verify(attempt(*args, **more))  # type: ignore[arg-type]
    assert isinstance(outcome, Linked)
    return outcome


async def test_nobody_is_known_before() -> None:
    """An identity that has proved nothing is not stored."""
    world = World()
    await world.linking.verify(attempt("100423", "4711024"))
    assert await world.linking.identity(ASTRID) is None


async def test_a_true_pair_makes_a_person_with_a_link() -> None:
    """Which says how it was proved, when, and with which identity."""
    world = World()
    outcome = await linked(world, "100423", "4711023")
    (link,) = world.store.links
    assert outcome == Linked(link.person, (link.customer,), Relation.HOLDER)
    assert (link.customer.company, link.customer.number) == ("elnat", "100423")
    assert (link.proof, link.proved_with, link.linked_at) == (Proof.INVOICE, ASTRID, NOW)
    identity = await world.linking.identity(ASTRID)
    assert identity is not None
    assert (identity.person, identity.label) == (link.person, "a•••@…")


async def test_the_next_time_the_entry_is_there() -> None:
    """No numbers are asked for again."""
    world = World()
    person = (await linked(world, "100423", "4711023")).person
    (entry,) = await world.linking.entries_of(person, ["elnat"], now=NOW)
    assert (entry.customer.number, entry.relation) == ("100423", Relation.HOLDER)


async def test_a_register_is_told_whose_turn_it_is_and_not_who_that_is() -> None:
    """Every question of a try bears the same hash, another identity's another one."""
    world = World()
    await linked(world, "100423", "4711023", whose=HELPING)
    [mine] = set(world.register.askers)
    world.register.askers.clear()
    await world.linking.verify(attempt("100423", "4711023", identity=BERTIL))
    [theirs] = set(world.register.askers)
    assert mine != theirs
    assert mine == tag(f"asker {ASTRID.issuer} {ASTRID.subject}")
    assert "astrid" not in repr(mine)


async def test_entries_are_those_of_the_companies_asked_for() -> None:
    """A sister company's portal hears nothing of this one's customers."""
    world = World()
    person = (await linked(world, "100423", "4711023")).person
    assert await world.linking.entries_of(person, ["varme"], now=NOW) == ()
    assert await world.linking.entries_of(person, ["unknown"], now=NOW) == ()


async def test_a_company_that_is_configured_no_more_has_no_entries() -> None:
    """Its links stay, and nobody fails for them."""
    world = World()
    person = (await linked(world, "100423", "4711023")).person
    del world.companies["elnat"]
    assert await world.linking.entries_of(person, ["elnat"], now=NOW) == ()


async def test_proving_it_again_changes_nothing() -> None:
    """One person, one customer, one link, noted once."""
    world = World()
    assert await linked(world, "100423", "4711023") == await linked(world, "100423", "4711023")
    assert len(world.store.links) == 1
    assert [kind for kind, _ in world.store.notes] == ["identity_admitted", "link_created"]


async def test_a_true_pair_links_whoever_is_linked_already() -> None:
    """Whoever came first holds nothing against the next."""
    world = World()
    first = await linked(world, "100423", "4711023")
    second = await linked(world, "100423", "4711023", identity=BERTIL)
    assert first.person != second.person
    assert first.customers == second.customers
    assert len(world.store.links) == 2


async def test_a_second_customer_joins_the_same_person() -> None:
    """Both are theirs from then on."""
    world = World()
    person = (await linked(world, "100423", "4711023")).person
    assert (await linked(world, "100977", "4711999")).person == person
    found = await world.linking.entries_of(person, ["elnat"], now=NOW)
    assert [entry.customer.number for entry in found] == ["100423", "100977"]


async def test_helping_makes_a_delegation_to_look_for_twelve_months() -> None:
    """Not a link: a row that ends by itself and gives the view preset only."""
    world = World()
    outcome = await linked(world, "100423", "4711023", whose=HELPING)
    (delegation,) = world.store.delegations
    assert (outcome.relation, world.store.links) == (Relation.DELEGATE, [])
    assert (delegation.basis, delegation.actions) == (Proof.INVOICE, VIEW)
    assert delegation.expires_at == datetime(2027, 3, 10, 9, 0, tzinfo=UTC)
    (entry,) = await world.linking.entries_of(outcome.person, ["elnat"], now=NOW)
    assert (entry.relation, entry.delegation) == (Relation.DELEGATE, delegation.id)


async def test_the_customer_is_told_of_a_helper() -> None:
    """At the contact on file, with what and until when."""
    world = World()
    await linked(world, "100423", "4711023", whose=HELPING)
    (delegation,) = world.store.delegations
    contact = Contact(name="A", email="astrid@example.se")
    [(kind, customer, told, facts)] = world.store.told
    assert (kind, customer, told) == ("delegation_by_invoice", delegation.customer, contact)
    assert facts.pop("not_me").startswith("token-")
    assert facts == {
        "delegation": delegation.id,
        "until": "2027-03-10",
        "connected": NOW.isoformat(),
        "provider": "google",
    }


@pytest.mark.parametrize("contact", [None, Contact(name="B")])
async def test_without_a_contact_nobody_is_told(contact: Contact | None) -> None:
    """The help itself does not depend on it."""
    world = World()
    if contact is None:
        del world.register.contacts["elnat", "100977"]
    await linked(world, "100977", "4711999", whose=HELPING)
    assert (len(world.store.delegations), world.store.told) == (1, [])


async def test_helping_again_prolongs_nothing() -> None:
    """While help is alive it stays as it is, and the customer is not told twice."""
    world = World()
    await linked(world, "100423", "4711023", whose=HELPING)
    later = NOW + timedelta(days=30)
    await linked(world, "100423", "4711023", whose=HELPING, now=later)
    assert (len(world.store.delegations), len(world.store.told)) == (1, 1)


async def test_somebody_can_help_two_customers() -> None:
    """Each help is a row of its own."""
    world = World()
    await linked(world, "100423", "4711023", whose=HELPING)
    await linked(world, "100977", "4711999", whose=HELPING)
    assert [d.customer.number for d in world.store.delegations] == ["100423", "100977"]


async def test_after_it_ended_it_can_be_proved_anew() -> None:
    """With an invoice that is recent then."""
    world = World()
    await linked(world, "100423", "4711023", whose=HELPING)
    later = NOW + timedelta(days=366)
    world.add("elnat", "100423", "4711444", issued_on=later.date())
    await linked(world, "100423", "4711444", whose=HELPING, now=later)
    assert len(world.store.delegations) == 2


async def test_a_customer_can_also_help() -> None:
    """Their own customer first, then the one whom they help."""
    world = World()
    await linked(world, "100977", "4711999", whose=HELPING)
    person = (await linked(world, "100423", "4711023")).person
    found = await world.linking.entries_of(person, ["elnat"], now=NOW)
    assert [(e.customer.number, e.relation) for e in found] == [
        ("100423", Relation.HOLDER),
        ("100977", Relation.DELEGATE),
    ]


class Broken(TriesInMemory):
    """Goes down when a try is given back."""

    async def give_back(self, reservation: Reservation, *, explained: bool) -> None:
        raise ConnectionError


async def test_a_success_gives_back_the_failures_on_that_number() -> None:
    """And only those: proving one's own customer resets no guessing at others."""
    world = World()
    for customer in ("100423", "100423", "999999"):
        await world.linking.verify(attempt(customer, "4711024"))
    await linked(world, "100423", "4711023")
    assert len(world.store.tries.counted()) == 1


async def test_proving_a_customer_that_one_has_gives_back_nothing_else() -> None:
    """Sister companies may number alike: one's own pair must not pay for guesses at the other's."""
    world = World()
    await linked(world, "100423", "4711023")
    both = ("elnat", "varme")
    for _ in range(2):
        await world.linking.verify(attempt("100423", "4711024", companies=both))
    await linked(world, "100423", "4711023", companies=both)
    assert len(world.store.tries.counted()) == 2


async def test_proving_a_customer_that_one_had_gives_back_nothing_else() -> None:
    """Whoever ends their own link and makes it again must not pay for guesses with that."""
    world = World()
    person = (await linked(world, "100423", "4711023")).person
    [link] = world.store.links
    await world.linking.links.end(link.id, at=NOW, reason="stranger")
    both = ("elnat", "varme")
    for _ in range(2):
        await world.linking.verify(attempt("100423", "4711024", companies=both))
    again = await linked(world, "100423", "4711023", companies=both)
    assert again.person == person
    assert len(world.store.tries.counted()) == 2


async def test_pressure_is_taken_off_a_customer_once() -> None:
    """By the first who ever proves it: an own customer must not pay for guesses again and again."""
    world = World()
    pressed = [
        (ASTRID, 0),  # the first: everything is given back
        (BERTIL, 2),  # the second: these stay until their week is over
    ]
    for identity, left in pressed:
        for _ in range(2):
            await world.linking.verify(attempt("100423", "4711024", identity=identity))
        await linked(world, "100423", "4711023", identity=identity)
        assert world.store.tries.counted() == []
        tags = Tags(customer=tag("100423"))
        assert world.store.tries.pressure(tags, now=NOW).on_customer == left


@pytest.mark.parametrize("whose", [Whose.MINE, HELPING])
async def test_proving_it_anew_is_no_try_either(whose: Whose) -> None:
    """A success is never counted, even one that changes nothing."""
    world = World()
    for _ in range(2):
        await linked(world, "100423", "4711023", whose=whose)
    assert world.store.tries.counted() == []


async def test_a_wait_and_a_mismatch_are_handed_on() -> None:
    """They change nothing."""
    world = World()
    outcomes = [await world.linking.verify(attempt(f"99999{n}", f"88000{n:02}")) for n in range(7)]
    assert [type(outcome) for outcome in outcomes] == [*[NoMatch] * 6, Wait]
    assert (world.store.identities, world.store.notes) == ({}, [])


async def test_what_fails_half_way_leaves_nothing() -> None:
    """Person, link, journal: all in one transaction; the try stays counted."""
    world = World(store=Store(tries=Broken()))
    with pytest.raises(ConnectionError):
        await world.linking.verify(attempt("100423", "4711023"))
    assert (world.store.identities, world.store.links, world.store.notes) == ({}, [], [])
    assert len(world.store.tries.counted()) == 1


async def test_without_the_contact_nothing_is_delegated() -> None:
    """A register that goes down between the questions: nothing happened, nothing counted."""
    world = World()
    world.register.down = frozenset({"contact"})
    with pytest.raises(RegisterUnavailable):
        await world.linking.verify(attempt("100423", "4711023", whose=HELPING))
    assert (world.store.tries.counted(), world.store.delegations) == ([], [])


async def test_a_death_suspends_and_its_correction_restores() -> None:
    """Derived at read: nothing was written, so nothing has to be repaired."""
    world = World()
    person = (await linked(world, "100423", "4711023")).person
    dead = replace(ACTIVE, status=CustomerStatus.DECEASED)
    world.register.on_file["elnat", "100423"] = dead
    assert await world.linking.entries_of(person, ["elnat"], now=NOW) == ()
    world.register.on_file["elnat", "100423"] = ACTIVE
    assert len(await world.linking.entries_of(person, ["elnat"], now=NOW)) == 1


async def test_the_journal_holds_words_and_ids_only() -> None:
    """No customer number, invoice number, name or contact."""
    world = World()
    await linked(world, "100423", "4711023")
    await linked(world, "100977", "4711999", whose=HELPING)
    text = str(world.store.notes)
    assert [kind for kind, _ in world.store.notes] == [
        "identity_admitted",
        "link_created",
        "delegation_created",
    ]
    for secret in ("100423", "100977", "4711023", "4711999", "astrid", "•••"):
        assert secret not in text


async def test_a_client_that_needs_no_customer_still_knows_the_person() -> None:
    """Admitted once; later sign-ins are remembered."""
    world = World()
    first = await world.linking.admit(ASTRID, provider="google", label="a", now=NOW)
    again = await world.linking.admit(ASTRID, provider="google", label="a", now=NOW)
    assert first.person == again.person
    later = NOW + timedelta(days=1)
    await world.linking.admit(ASTRID, provider="google", label="b", now=later)
    identity = await world.linking.identity(ASTRID)
    assert identity is not None
    assert (identity.label, identity.last_used_at) == ("b", later)
    assert len(world.store.notes) == 1


async def test_an_outcome_does_not_show_numbers_or_contacts() -> None:
    """Whatever text is made of these values, for a log or a traceback."""
    world = World()
    outcome = await linked(world, "100423", "4711023", whose=HELPING)
    text = f"{outcome!r} {world.store.told!r} {attempt('100423', '4711023')!r}"
    for secret in ("100423", "4711023", "astrid@example.se"):
        assert secret not in text
