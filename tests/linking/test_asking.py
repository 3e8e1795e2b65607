"""Codes that are asked for and sent: one and the same, to the contact on file, not too often."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from linking.asking import Settled
from linking.ladder import Ladder, Way
from linking.model import Contact
from linking.sending import Medium, Withheld
from tests.linking.fakes import ACTIVE, ELNAT, NOW, World

HOUR = timedelta(hours=1)
BY_ALL_WAYS = replace(ELNAT, ladder=Ladder(ways=frozenset(Way)))


async def ask(
    world: World,
    number: str = "100423",
    *,
    medium: Medium = Medium.MESSAGE,
    at: datetime = NOW,
    send: bool = True,
) -> list[str]:
    """Ask and let the chore run; the codes of all messages so far."""
    await world.codes.ask(["elnat"], number, medium, now=at)
    if send:
        await world.codes.send_wished(at)
    return [facts["code"] for kind, _, _, facts in world.store.told if kind == "code"]


async def test_a_code_goes_to_the_contact_on_file() -> None:
    """With its groups, until when, and by what; never to whoever asked."""
    world = World()
    (code,) = await ask(world)
    kind, customer, contact, facts = world.store.told[0]
    assert (kind, customer.number, contact.email) == ("code", "100423", "astrid@example.se")
    assert facts == {"code": code, "medium": "message", "until": "2026-03-11T09:00:00+00:00"}


async def test_asking_is_the_same_for_every_number() -> None:
    """One wish and no question of the register, for numbers that do not exist too."""
    for number in ("100423", "999999", "1" * 200):
        world = World()
        await ask(world, number, send=False)
        assert (len(world.code_store.wished), world.register.questions) == (1, [])
        assert world.store.told == []


async def test_nobody_learns_that_there_is_no_such_customer() -> None:
    """The wish is gone, and nothing was sent."""
    world = World()
    assert await ask(world, "999999") == []
    assert world.code_store.wished == {}


async def test_the_same_code_is_sent_again() -> None:
    """However often, and by whomever, it is asked for."""
    world = World()
    await ask(world)
    first, second = await ask(world, at=NOW + HOUR)
    assert first == second


async def test_three_messages_a_day() -> None:
    """Nobody is flooded by somebody else's asking; the next day it goes on."""
    world = World()
    for hours in range(6):
        told = await ask(world, at=NOW + hours * HOUR)
    assert len(told) == 3
    assert len(await ask(world, at=NOW + 25 * HOUR)) == 4


async def test_a_new_code_when_the_old_one_is_nearly_over() -> None:
    """Both hold until each one's end."""
    world = World()
    await ask(world)
    first, second = await ask(world, at=NOW + 13 * HOUR)
    assert first != second
    assert len(world.code_store.issued) == 2


async def test_one_letter_a_week_with_a_code_of_its_own() -> None:
    """Valid for thirty days, since the post takes some."""
    world = World(companies={"elnat": BY_ALL_WAYS})
    await ask(world)
    for day in range(3):
        codes = await ask(world, medium=Medium.LETTER, at=NOW + timedelta(days=day))
    assert len(codes) == 2
    (letter,) = [facts for *_, facts in world.store.told if facts["medium"] == "letter"]
    assert letter["until"] == "2026-04-09"


async def test_a_changed_contact_gets_none_for_two_weeks() -> None:
    """It may have been changed for the code."""
    world = World()
    contact = Contact(email="new@example.se", changed_on=date(2026, 3, 1))
    world.register.contacts["elnat", "100423"] = contact
    assert await ask(world) == []
    assert len(await ask(world, at=NOW + timedelta(days=6))) == 1


async def test_a_protected_customer_gets_none() -> None:
    """No message ever leaves for them."""
    world = World()
    world.register.on_file["elnat", "100423"] = replace(ACTIVE, protected=True)
    assert await ask(world) == []


async def test_while_the_register_is_down_the_wish_waits() -> None:
    """And is granted when it is up again."""
    world = World()
    world.register.down = frozenset({"standing"})
    assert await ask(world) == []
    world.register.down = frozenset()
    await world.codes.send_wished(NOW + HOUR)
    assert len(world.store.told) == 1


async def test_what_is_written_down_holds_no_number_and_no_code() -> None:
    """The audit trail says that one was sent, by what and at which company."""
    world = World()
    (code,) = await ask(world)
    ((kind, facts),) = world.store.notes
    assert kind == "code_sent"
    assert {"100423", code, code.replace("-", "")}.isdisjoint(facts.values())


async def test_operators_see_what_came_of_each_wish() -> None:
    """Sent or why not; nothing of a wish that waits for the register."""
    world = World()
    await ask(world, send=False)
    await ask(world, "999999", send=False)
    assert await world.codes.send_wished(NOW) == (
        Settled(Medium.MESSAGE),
        Settled(Medium.MESSAGE, Withheld.NOBODY),
    )
    await ask(world)
    await ask(world)
    await ask(world, send=False)
    assert await world.codes.send_wished(NOW) == (Settled(Medium.MESSAGE, Withheld.OFTEN),)
    world.register.down = frozenset({"standing"})
    await ask(world, send=False)
    assert await world.codes.send_wished(NOW) == ()
