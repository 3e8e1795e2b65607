"""A code that was sent to the customer: what it proves, to whom, and how often."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from linking import (
    Field,
    Hint,
    IdentityKey,
    Linked,
    Mistake,
    Mistyped,
    NoMatch,
    Outcome,
    RegisterUnavailable,
    Relation,
    TypedCode,
    Wait,
    Whose,
)
from linking.codes.ports import HeldCode
from linking.codes.sending import Medium
from linking.company import NOBODYS
from linking.ladder import Ladder, Way
from linking.model import Contact, CustomerKind, CustomerStatus, Proof
from linking.scopes import ACTIONS, VIEW
from tests.linking.fakes import ACTIVE, ASTRID, BERTIL, ELNAT, NOW, World, attempt

WRONG = "0000-0000-0000"
HOUR = timedelta(hours=1)
BY_ALL_WAYS = replace(ELNAT, ladder=Ladder(ways=frozenset(Way)))


async def sent(
    world: World,
    number: str = "100423",
    at: datetime = NOW,
    medium: Medium = Medium.MESSAGE,
) -> str:
    """The code that the customer was sent."""
    await world.codes.ask(["elnat"], number, medium, now=at)
    await world.codes.send_wished(at)
    return world.store.told[-1][3]["code"]


async def enter(
    world: World,
    code: str,
    number: str = "100423",
    *,
    identity: IdentityKey = ASTRID,
    whose: Whose = Whose.MINE,
    at: datetime = NOW,
) -> Outcome:
    """Type a code."""
    tried = attempt("", "", identity=identity, whose=whose, now=at)
    return await world.linking.verify(replace(tried, typed=TypedCode(number, code)))


async def test_a_code_links_without_an_invoice() -> None:
    """With everything, at once: it was sent to the customer."""
    world = World()
    outcome = await enter(world, await sent(world))
    assert isinstance(outcome, Linked)
    (entry,) = await world.linking.entries_of(outcome.person, ["elnat"], now=NOW)
    assert (entry.relation, entry.proof, entry.actions) == (Relation.HOLDER, Proof.CODE, ACTIONS)


async def test_no_number_that_somebody_typed_is_asked_about_as_our_own_work() -> None:
    """Neither where a code is typed nor where one is sent: a copy must not answer for it."""
    world = World()
    code = await sent(world)
    await enter(world, code)
    await enter(world, WRONG, "999999", identity=BERTIL)
    assert world.register.askers
    assert b"" not in world.register.askers


@pytest.mark.parametrize("typed", ["{}", " {} ", "{}".lower()])
async def test_however_it_is_typed(typed: str) -> None:
    """Groups, spaces and small letters do not matter."""
    world = World()
    code = typed.format(await sent(world)).lower().replace("-", " ")
    assert isinstance(await enter(world, code, "Kundnr 100 423"), Linked)


async def test_an_organisation_comes_in_as_its_representative() -> None:
    """By default only like this: its invoices pass through many hands."""
    world = World()
    world.register.on_file["elnat", "100423"] = replace(ACTIVE, kind=CustomerKind.ORGANISATION)
    outcome = await enter(world, await sent(world))
    assert isinstance(outcome, Linked)
    assert outcome.relation is Relation.REPRESENTATIVE


async def test_who_helps_gets_to_look() -> None:
    """A code proves the customer's consent, not who they are."""
    world = World()
    outcome = await enter(world, await sent(world), whose=Whose.HELPING)
    assert isinstance(outcome, Linked)
    (entry,) = await world.linking.entries_of(outcome.person, ["elnat"], now=NOW)
    assert (entry.relation, entry.actions) == (Relation.DELEGATE, VIEW)


async def test_a_code_is_for_one_success() -> None:
    """Whoever comes second gets the same no as for a wrong one."""
    world = World()
    code = await sent(world)
    assert isinstance(await enter(world, code), Linked)
    assert await enter(world, code, identity=BERTIL) == NoMatch(())


@pytest.mark.parametrize("whose", [Whose.MINE, Whose.HELPING])
async def test_who_has_just_used_it_is_led_on(whose: Whose) -> None:
    """A form that was sent twice is one success: the second says the same, and counts nothing."""
    world = World()
    code = await sent(world)
    first = await enter(world, code, whose=whose)
    assert isinstance(first, Linked)
    assert await enter(world, code, whose=whose, at=NOW + timedelta(seconds=5)) == first
    assert world.store.tries.counted() == []
    assert len(world.store.links) + len(world.store.delegations) == 1


async def test_two_at_the_same_moment_are_led_on_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Found true before the other form had used the code; somebody else's is a no, as ever."""
    world = World()
    code = await sent(world)
    (issued,) = world.code_store.issued.values()
    first = await enter(world, code)

    async def still_holding(*_: object, **__: object) -> list[HeldCode]:
        return [HeldCode(issued.id, issued.issued_at, issued.medium)]

    monkeypatch.setattr(world.code_store, "matching", still_holding)
    assert await enter(world, code) == first
    assert world.store.tries.counted() == []
    assert await enter(world, code, identity=BERTIL) == NoMatch(())
    assert len(world.store.tries.counted()) == 1


async def test_a_used_code_shows_nothing_of_whom_an_invoice_connected() -> None:
    """However lately: they would be told that a code was taken that was not theirs."""
    world = World()
    code = await sent(world)
    await enter(world, code)
    by_invoice = attempt("100423", "4711023", identity=BERTIL)
    assert isinstance(await world.linking.verify(by_invoice), Linked)
    assert await enter(world, code, identity=BERTIL) == NoMatch(())


async def test_a_code_that_was_used_long_ago_leads_nobody_on() -> None:
    """Nor does one whose connection has ended, or a wrong one: each is a failure."""
    world = World()
    code = await sent(world)
    await enter(world, code)
    assert await enter(world, code, at=NOW + timedelta(minutes=10)) == NoMatch(())
    assert await enter(world, WRONG) == NoMatch(())
    world.store.links.clear()
    assert await enter(world, code) == NoMatch(())
    assert len(world.store.tries.counted()) == 3


async def test_a_register_is_not_asked_for_a_number_that_does_not_fit() -> None:
    """By the same questions, of nobody."""
    world = World()
    assert await enter(world, WRONG, "9" * 30) == NoMatch(())
    assert world.register.questions == ["standing", "contact"]
    assert set(world.register.numbers) == {NOBODYS}


async def test_it_ends() -> None:
    """After a day."""
    world = World()
    code = await sent(world)
    assert await enter(world, code, at=NOW + 24 * HOUR) == NoMatch(())


async def test_a_code_is_for_one_customer() -> None:
    """Somebody else's number with it is nobody's."""
    world = World()
    assert await enter(world, await sent(world), "100977") == NoMatch(())


@pytest.mark.parametrize(
    "standing",
    [replace(ACTIVE, protected=True), replace(ACTIVE, status=CustomerStatus.DECEASED)],
)
async def test_who_cannot_be_linked_now_gets_the_same_no(standing: object) -> None:
    """Whatever was sent before."""
    world = World()
    code = await sent(world)
    world.register.on_file["elnat", "100423"] = standing  # type: ignore[assignment]
    assert await enter(world, code) == NoMatch(())


async def test_every_answer_costs_the_same_questions() -> None:
    """True, false, unknown: the register is asked the same."""
    asked = []
    for number, wrong in (("100423", False), ("100423", True), ("999999", True)):
        world = World()
        code = await sent(world)
        world.register.questions.clear()
        await enter(world, WRONG if wrong else code, number)
        asked.append(world.register.questions)
    every = ["standing", "contact"]
    assert (asked[0][:2], asked[1:]) == (every, [every, every])


@pytest.mark.parametrize(
    ("medium", "evidence_from", "counts"),
    [
        (Medium.MESSAGE, date(2026, 3, 10), False),  # it went to a contact from before
        (Medium.LETTER, date(2026, 3, 10), True),
        *((each, date(2026, 3, 11), False) for each in Medium),
        *((each, date(2020, 1, 1), True) for each in Medium),
    ],
)
async def test_a_number_that_changed_hands_takes_its_codes_along(
    medium: Medium, evidence_from: date, *, counts: bool
) -> None:
    """Whoever had it may have one still, by letter for thirty days; the answer is the same no."""
    world = World(companies={"elnat": BY_ALL_WAYS})
    code = await sent(world, medium=medium)
    now = replace(ACTIVE, evidence_from=evidence_from)
    world.register.on_file["elnat", "100423"] = now
    outcome = await enter(world, code, at=NOW + 20 * HOUR)
    assert outcome == NoMatch(()) or counts
    assert isinstance(outcome, Linked) is counts


@pytest.mark.parametrize(("medium", "counts"), [(Medium.MESSAGE, False), (Medium.LETTER, True)])
@pytest.mark.parametrize("day", [date(2026, 3, 10), date(2026, 3, 11)])
async def test_a_message_counts_while_its_contact_is_on_file(
    medium: Medium, day: date, *, counts: bool
) -> None:
    """Changed on the same day too: when the code left, the contact was two weeks old."""
    world = World(companies={"elnat": BY_ALL_WAYS})
    code = await sent(world, medium=medium)
    contact = Contact(email="new@example.se", changed_on=day)
    world.register.contacts["elnat", "100423"] = contact
    outcome = await enter(world, code, at=NOW + 20 * HOUR)
    assert isinstance(outcome, Linked) is counts
    assert counts or outcome == NoMatch(())


async def test_a_slip_is_told_and_costs_nothing() -> None:
    """The last character checks the others."""
    world = World()
    code = await sent(world)
    slip = ("1" if code[0] != "1" else "2") + code[1:]
    assert await enter(world, slip) == Mistyped((Hint(Field.CODE, Mistake.NOT_A_CODE),))
    assert await enter(world, "", "") == Mistyped(
        (Hint(Field.CUSTOMER_NUMBER, Mistake.EMPTY), Hint(Field.CODE, Mistake.EMPTY))
    )
    assert world.store.tries.counted() == []


async def test_wrong_codes_make_only_oneself_wait() -> None:
    """And burn nobody's: the customer types theirs, whatever others tried."""
    world = World()
    code = await sent(world)
    for n in range(100):
        stranger = IdentityKey("https://accounts.google.com", f"stranger-{n}")
        for _ in range(6):
            assert await enter(world, WRONG, identity=stranger) == NoMatch(())
        assert isinstance(await enter(world, WRONG, identity=stranger), Wait)
    assert isinstance(await enter(world, code), Linked)


async def test_an_invoice_link_is_strengthened() -> None:
    """The same link gives everything from now on; it is written down."""
    world = World()
    first = await world.linking.verify(attempt("100423", "4711023"))
    assert isinstance(first, Linked)
    (entry,) = await world.linking.entries_of(first.person, ["elnat"], now=NOW)
    assert entry.actions == VIEW
    await enter(world, await sent(world))
    (entry,) = await world.linking.entries_of(first.person, ["elnat"], now=NOW)
    assert (entry.proof, entry.actions) == (Proof.CODE, ACTIONS)
    assert [kind for kind, _ in world.store.notes].count("link_strengthened") == 1


async def test_nothing_makes_a_link_weaker() -> None:
    """An invoice, shown after a code, changes nothing."""
    world = World()
    await enter(world, await sent(world))
    await world.linking.verify(attempt("100423", "4711023"))
    assert [link.proof for link in world.store.links] == [Proof.CODE]


async def test_a_register_that_is_down_costs_nothing() -> None:
    """Neither a try nor the code."""
    world = World()
    code = await sent(world)
    world.register.down = frozenset({"standing"})
    with pytest.raises(RegisterUnavailable):
        await enter(world, code)
    world.register.down = frozenset()
    assert world.store.tries.counted() == []
    assert isinstance(await enter(world, code), Linked)
