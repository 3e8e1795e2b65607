"""Codes that are asked for and sent: one and the same, to the contact on file, not too often."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from linking.codes.asking import AGAIN_AFTER, BATCH, DOWN, Settled
from linking.codes.sending import Medium, Withheld
from linking.company import NOBODYS
from linking.errors import RegisterUnavailable
from linking.ladder import Ladder, Way
from linking.model import Contact, IdentityKey, Standing
from tests.linking.fakes import ACTIVE, ASTRID, ELNAT, NOW, Register, World

HOUR = timedelta(hours=1)
BY_ALL_WAYS = replace(ELNAT, ladder=Ladder(ways=frozenset(Way)))


class DownFor(Register):
    """A register that does not answer about a company, or a number; which companies were asked."""

    def __init__(self, what: str, register: Register, asked: list[str]) -> None:
        super().__init__(register.on_file, contacts=register.contacts)
        self.what, self.asked = what, asked

    async def standing(
        self, company: str, customer_number: str, *, asker: bytes = b""
    ) -> Standing | None:
        self.asked.append(company)
        if self.what in (company, customer_number):
            raise RegisterUnavailable
        return await super().standing(company, customer_number, asker=asker)


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


async def test_a_number_that_does_not_fit_is_wished_for_as_nobodys() -> None:
    """The register is asked for nothing that it could not have, and nobody's contact gets none."""
    world = World()
    world.add("elnat", NOBODYS, "4711000", email="nobody@example.se")
    assert await ask(world, "9" * 30) == []
    assert set(world.register.numbers) == {NOBODYS}


async def test_nobody_waits_for_a_sisters_register() -> None:
    """More wishes than a page holds stand first; that register is asked a few times in a turn."""
    world = World()
    for n in range(BATCH + 20):
        await world.codes.ask(["varme"], str(900_000 + n), Medium.MESSAGE, now=NOW)
    await ask(world, at=NOW + HOUR, send=False)
    asked: list[str] = []
    codes = replace(world.codes, register=DownFor("varme", world.register, asked))
    assert await codes.send_wished(NOW + HOUR) == (Settled(Medium.MESSAGE),)
    assert sorted(asked) == ["elnat"] + ["varme"] * DOWN
    assert len(world.code_store.wished) == BATCH + 20


async def test_one_number_that_cannot_be_asked_about_stops_nobody() -> None:
    """Whoever can be asked about is, in the same turn; it is tried again later."""
    world = World()
    await ask(world, "900000", send=False)
    await world.codes.ask(["elnat"], "100423", Medium.MESSAGE, now=NOW + HOUR, asker=ASTRID)
    codes = replace(world.codes, register=DownFor("900000", world.register, []))
    assert await codes.send_wished(NOW + HOUR) == (Settled(Medium.MESSAGE),)
    assert await codes.send_wished(NOW + HOUR) == ()
    settled = await world.codes.send_wished(NOW + HOUR + AGAIN_AFTER)
    assert settled == (Settled(Medium.MESSAGE, Withheld.NOBODY),)


async def test_wishes_that_do_not_open_stand_before_nobody() -> None:
    """More than a page holds; they are there when their key is."""
    world = World()
    for n in range(BATCH + 20):
        await ask(world, str(900_000 + n), send=False)
    world.code_store.unopened = {each.wish.id for each in world.code_store.wished.values()}
    assert len(await ask(world, at=NOW + HOUR)) == 1
    assert len(world.code_store.wished) == BATCH + 20
    world.code_store.unopened = set()
    assert len(await world.codes.send_wished(NOW + 2 * HOUR)) == BATCH + 20


async def test_a_turn_looks_into_all_that_wait() -> None:
    """Not one page in each."""
    world = World()
    for n in range(2 * BATCH + 1):
        await ask(world, str(900_000 + n), send=False)
    assert len(await world.codes.send_wished(NOW)) == 2 * BATCH + 1


async def test_a_turn_ends_when_it_is_over() -> None:
    """The others wait for the next."""
    world, left = World(), iter([False, False, True])
    for n in range(5):
        await ask(world, str(900_000 + n), send=False)
    assert len(await world.codes.send_wished(NOW, is_over=lambda: next(left))) == 2
    assert len(world.code_store.wished) == 3


async def test_who_asks_much_keeps_nobody_waiting() -> None:
    """A few accounts with ten wishes each: whoever asks once is served with their first ones."""
    world = World()
    for n in range(50):
        many = IdentityKey("https://accounts.google.com", f"many-{n // 10}")
        await world.codes.ask(["elnat"], str(900_000 + n), Medium.MESSAGE, now=NOW, asker=many)
    await world.codes.ask(["elnat"], "100423", Medium.MESSAGE, now=NOW + HOUR, asker=ASTRID)
    looked = iter(range(100))
    await world.codes.send_wished(NOW + HOUR, is_over=lambda: next(looked) == 6)
    assert len(world.store.told) == 1


async def test_a_code_of_who_had_the_number_is_sent_to_nobody_else() -> None:
    """It would open nothing: the customer of now gets one of their own."""
    world = World(companies={"elnat": BY_ALL_WAYS})
    await ask(world, medium=Medium.LETTER)
    day = date(2026, 3, 15)
    world.register.on_file["elnat", "100423"] = replace(ACTIVE, evidence_from=day)
    first, second = await ask(world, medium=Medium.LETTER, at=NOW + timedelta(days=8))
    assert first != second


async def test_a_code_that_was_used_gives_the_days_messages_back() -> None:
    """A stranger's asking does not keep the second of a household out."""
    world = World()
    for _ in range(4):
        codes = await ask(world)
    assert len(codes) == 3
    (held,) = world.code_store.issued
    assert await world.code_store.use(held, at=NOW + HOUR)
    *_, another = await ask(world, at=NOW + 2 * HOUR)
    assert another not in codes


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
