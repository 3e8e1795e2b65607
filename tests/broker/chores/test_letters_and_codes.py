"""Codes on their way: to whom, by which medium, and when it is too late."""

import io
from datetime import timedelta
from typing import Any

import pytest

from broker.chores.delivery import Delivery
from broker.notices.recipients import EmailAddress, Letter, PhoneNumber
from broker.registers.lines import Source
from broker.registers.renumbering_outcomes import Renumbered
from broker.wiring.register import renumbering
from broker.wiring.verification import code_keys
from linking.codes.ports import IssuedCode
from linking.codes.sending import Medium
from linking.model import Contact, Customer, CustomerId
from tests.broker.chores.posting import CUSTOMER, Post, SpokenFor, post
from tests.house import TestHouse

NOBODYS = Customer(CustomerId(""), "elnat", "100246")
"""A customer whom nobody was ever connected to."""


def with_letters(house: TestHouse) -> tuple[Post, SpokenFor]:
    """An outbox that has all three ways."""
    letters, office = SpokenFor("print_file"), post(house)
    delivery = office.outbox.delivery
    parts = {name: getattr(delivery, name) for name in Delivery.__slots__}
    parts["channels"] = {**delivery.channels, Letter: letters}
    return post(house, delivery=Delivery(**parts)), letters


CODE = "7K2QXM4ZTP"


async def issue(house: TestHouse, number: str) -> None:
    """Let the code in these messages be one of this customer's."""
    codes, keys, now = house.parts.storage.codes, code_keys(house.settings), house.clock.now
    tag = keys.of_customer("elnat", number)
    hashed = keys.of_code("elnat", number, CODE)[0]
    if not await codes.matching([hashed], now=now):
        until = now + timedelta(days=30)
        code = IssuedCode(
            "k_1", "elnat", tag, hashed, CODE, Medium.LETTER, issued_at=now, expires_at=until
        )
        await codes.issue(code)


async def tell(house: TestHouse, **changes: Any) -> None:
    """Put a code into the outbox, as one that holds."""
    await issue(house, changes.get("customer", NOBODYS).number)
    facts: dict[str, Any] = {
        "customer": NOBODYS,
        "contact": Contact("Berta"),
        "at": house.clock.now,
        "code": "7K2QX-M4ZTP",
        "until": (house.clock.now + timedelta(days=30)).date().isoformat(),
        "medium": "letter",
    }
    await house.parts.storage.notices.tell("code", **(facts | changes))


async def test_a_letter_goes_to_the_number_as_it_stands(house: TestHouse) -> None:
    """Nobody was ever connected: there is no id to ask for another number."""
    office, letters = with_letters(house)
    await tell(house)
    assert await office.turn() == 1
    [envelope] = letters.envelopes
    assert envelope.to == Letter("100246", "Berta")
    assert envelope.facts["code"] == "7K2QX-M4ZTP"
    assert await office.waiting() == []


async def test_a_letter_goes_by_no_other_way(house: TestHouse) -> None:
    """Also where there is an address; without the way it is given up."""
    office, letters = with_letters(house)
    await tell(house, contact=Contact("Berta", "berta@brev.example", "0701740605"))
    await office.turn()
    assert len(letters.envelopes) == 1
    without = post(house)
    await tell(house)
    await without.turn()
    assert without.mail.envelopes == without.sms.envelopes == []
    assert (await without.noted())[-1].facts["reason"] == "no_channel"


@pytest.mark.parametrize("medium", ["email", "sms", ""])
async def test_any_other_code_goes_where_notices_go(house: TestHouse, medium: str) -> None:
    """E-mail first."""
    office, letters = with_letters(house)
    await tell(house, medium=medium, contact=Contact("B", "b@brev.example", "0701740605"))
    await office.turn()
    assert letters.envelopes == []
    assert office.outbox.delivery.channels[EmailAddress].name == "smtp"
    assert office.outbox.delivery.channels[PhoneNumber].name == "webhook"
    [event] = await office.noted()
    assert (event.kind, event.facts["channel"]) == ("notice_sent", "smtp")


async def test_a_code_that_is_over_is_not_sent_any_more(house: TestHouse) -> None:
    """The mail server was away for longer than it was good for."""
    office, _ = with_letters(house)
    at = house.clock.now
    await tell(house, until=(at + timedelta(hours=24)).isoformat(), medium="email")
    await tell(house, until=(at + timedelta(days=1)).date().isoformat())
    house.clock.advance(days=2)
    await office.turn()
    assert [each.facts["reason"] for each in await office.noted()] == ["too_late"] * 2


async def test_a_code_that_was_used_is_not_sent_any_more(house: TestHouse) -> None:
    """It opens nothing; whoever reads of it would try in vain."""
    office, letters = with_letters(house)
    await tell(house)
    assert await house.parts.storage.codes.use("k_1", at=house.clock.now)
    await office.turn()
    assert letters.envelopes == []
    [event] = await office.noted()
    assert (event.kind, event.facts["reason"]) == ("notice_withheld", "code_void")


async def test_a_letter_does_not_follow_a_number_to_another_customer(house: TestHouse) -> None:
    """Two customers changed numbers while it waited: it would go to whoever has that one now."""
    office, letters = with_letters(house)
    await tell(house)
    raw = b"company;old_number;new_number\nelnat;100245;100246\nelnat;100246;100245\n"
    outcome = await renumbering(house.settings, house.parts.storage, clock=house.clock).run(
        Source("map.csv", io.BytesIO(raw), len(raw)),
        dry_run=False,
        on_finding=lambda _: None,
        on_progress=lambda *_: None,
    )
    assert isinstance(outcome, Renumbered)
    await office.turn()
    assert letters.envelopes == []
    assert (await office.noted())[-1].facts["reason"] == "code_void"


async def test_protected_since_then_nobody_gets_a_code(house: TestHouse) -> None:
    """100301 is."""
    office, letters = with_letters(house)
    await tell(house, customer=Customer(CustomerId(""), "elnat", "100301"))
    await office.turn()
    assert letters.envelopes == []
    assert (await office.noted())[-1].kind == "notice_withheld"


async def test_a_notice_of_a_link_has_our_address_in_it(house: TestHouse) -> None:
    """Made of the token when it leaves; what the audit trail keeps is the link's id."""
    office = post(house)
    await house.parts.storage.links.customer("elnat", "100245", proposed=CUSTOMER.id)
    await house.parts.storage.notices.tell(
        "linked_by_invoice",
        customer=CUSTOMER,
        contact=Contact("Astrid", "astrid@brev.example"),
        at=house.clock.now,
        link="l_1",
        not_me="the-token",
    )
    await office.turn()
    [envelope] = office.mail.envelopes
    assert "\nhttp://localhost:8000/account/not-me?t=the-token\n" in envelope.wording.text
    [event] = await office.noted()
    assert event.facts["link"] == "l_1"
    assert "the-token" not in str(event)
