"""What becomes of messages: they leave, wait, are given up or withheld; none stops another."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from broker.chores.outbox import BATCH, TURN
from broker.notices.envelope import Envelope
from broker.notices.outcomes import Later, Outcome, Refused, Sent
from broker.storage.errors import StorageUnavailable
from broker.telemetry.log import Unexpected
from broker.telemetry.notices import (
    NoticeDelayed,
    NoticeGivenUp,
    NoticeSent,
    NoticeUnreadable,
    NoticeWithheld,
)
from linking.model import Contact, Customer, CustomerId
from tests.broker.chores.posting import CONTACT, CUSTOMER, KIND, LATER, Post, post
from tests.house import TestHouse

PROTECTED = Customer(CustomerId("c_2"), "elnat", "100301")
UNKNOWN = Customer(CustomerId("c_3"), "elnat", "199999")


@pytest.fixture
def office(house: TestHouse) -> Post:
    """A house that sends e-mail and text messages."""
    return post(house)


def always(outcome: Outcome) -> Callable[[Envelope], Outcome]:
    """The same to everybody."""
    return lambda _: outcome


async def test_a_message_leaves_once_and_is_noted(office: Post) -> None:
    """By e-mail, since there is an address; the trail says that the customer was told."""
    message = await office.tell()
    assert await office.turn() == 1
    assert await office.turn() == 0
    [envelope] = office.mail.envelopes
    assert envelope.id == message
    assert envelope.sender.company.id == "elnat"
    assert office.sms.envelopes == []
    assert await office.waiting() == []
    assert office.log.events == [NoticeSent(message, KIND, "smtp")]
    [noted] = await office.noted()
    assert (noted.kind, noted.actor, noted.customer) == ("notice_sent", "outbox", "c_1")
    assert noted.facts == {
        "message": message,
        "about": KIND,
        "company": "elnat",
        "channel": "smtp",
        "delegation": "d_1",
    }


@pytest.mark.parametrize(
    ("contact", "mail", "sms"),
    [
        (Contact(email="astrid@brev.example"), 1, 0),
        (Contact(phone="070-174 06 05"), 0, 1),
        (Contact(email="finns ej", phone="070-174 06 05"), 0, 1),
        (Contact(email="a@b.se\r\nBcc: eve@evil.example", phone="0701740605"), 0, 1),
    ],
)
async def test_the_way_that_reaches(contact: Contact, mail: int, sms: int, office: Post) -> None:
    """E-mail first; a telephone where there is no address that can be one."""
    await office.tell(contact=contact)
    await office.turn()
    assert (len(office.mail.envelopes), len(office.sms.envelopes)) == (mail, sms)
    assert await office.waiting() == []


async def test_a_refused_address_is_left_for_the_telephone_at_once(office: Post) -> None:
    """The address is wrong for ever; the customer is still told."""
    office.mail.answer = always(Refused("smtp_550"))
    message = await office.tell()
    await office.turn()
    assert office.sms.ids == [message]
    assert office.log.events == [NoticeSent(message, KIND, "webhook")]


@pytest.mark.parametrize(
    ("contact", "options", "reason"),
    [
        (Contact(phone="070-174 06 05"), {"sms": False}, "no_channel"),
        (Contact(email="astrid@brev.example"), {"mail": False}, "no_channel"),
        (Contact(email="finns ej", phone="-"), {}, "no_contact"),
        (Contact(email="astrid@brev.example"), {}, "smtp_550"),
        (CONTACT, {"sms": False}, "smtp_550"),
    ],
)
async def test_where_no_way_is_left_it_is_given_up_at_once(
    contact: Contact, options: dict[str, bool], reason: str, house: TestHouse
) -> None:
    """With the reason in log and trail, and the content erased."""
    office = post(house, **options)
    office.mail.answer = always(Refused("smtp_550"))
    message = await office.tell(contact=contact)
    await office.turn()
    assert await office.waiting() == []
    assert office.log.events == [NoticeGivenUp(message, KIND, reason)]
    [noted] = await office.noted()
    assert (noted.kind, noted.facts["reason"]) == ("notice_given_up", reason)


async def test_what_cannot_leave_now_is_tried_again_and_given_up_in_the_end(office: Post) -> None:
    """Ever more seldom, for the days that are configured."""
    office.mail.answer = always(Later("smtp_450"))
    message = await office.tell()
    began = office.house.clock.now
    assert await office.turn() == 1
    assert await office.turn() == 0
    assert office.log.events == [NoticeDelayed(message, KIND, "smtp", "smtp_450", 1, 60)]
    store = office.house.parts.storage.outbox
    while waiting := await store.due(now=LATER(office.house), limit=9):
        assert waiting[0].not_before > office.house.clock.now
        office.house.clock.now = waiting[0].not_before
        assert await office.turn() == 1
    assert timedelta(days=5) <= office.house.clock.now - began <= timedelta(days=5, hours=7)
    assert office.log.events[-1] == NoticeGivenUp(message, KIND, "smtp_450")
    assert 20 < len(office.mail.envelopes) < 40
    assert [each.kind for each in await office.noted()] == ["notice_given_up"]
    assert office.sms.envelopes == []


async def test_after_trouble_it_arrives(office: Post) -> None:
    """With the same id, so that the next program can tell a repetition."""
    office.mail.answer = always(Later("timeout"))
    message = await office.tell()
    await office.turn()
    office.mail.answer = always(Sent())
    office.house.clock.advance(minutes=1)
    await office.turn()
    assert office.mail.ids == [message, message]
    assert await office.waiting() == []


async def test_a_message_from_before_anything_was_delivered_has_its_tries_before_it(
    office: Post,
) -> None:
    """It waited for a month because nobody had configured a way."""
    office.mail.answer = always(Later("smtp_450"))
    await office.tell()
    office.house.clock.advance(days=31)
    await office.turn()
    assert len(await office.waiting()) == 1


async def test_one_message_does_not_stop_the_others(office: Post) -> None:
    """A fault of ours while one is sent: told with its place, and tried again like a failure."""
    poisoned = await office.tell(contact=Contact(email="poison@brev.example"))
    others = [await office.tell() for _ in range(6)]

    def burst(envelope: Envelope) -> Outcome:
        if envelope.id == poisoned:
            raise RuntimeError("poison@brev.example")
        return Sent()

    office.mail.answer = burst
    assert await office.turn() == 7
    assert await office.waiting() == [poisoned]
    assert set(office.mail.ids) == {poisoned, *others}
    [fault] = [each for each in office.log.events if isinstance(each, Unexpected)]
    assert (fault.reference, fault.error) == (poisoned, "RuntimeError")
    assert "poison@" not in str(office.log.events)


async def test_what_does_not_open_is_set_aside_and_told(office: Post) -> None:
    """Once a day, since its key may be put back; the others leave; after a month it is erased."""
    unreadable, other = await office.tell(), await office.tell()
    store = office.house.parts.storage.outbox
    [message] = [
        each
        for each in await store.due(now=office.house.clock.now, limit=9)
        if each.id == unreadable
    ]
    await store.over(unreadable, at=office.house.clock.now)
    await store.put(replace(message, id="n_moved"))
    await office.turn()
    assert office.mail.ids == [other]
    assert NoticeUnreadable("n_moved", KIND) in office.log.events
    office.log.events.clear()
    for _ in range(23):
        office.house.clock.advance(hours=1)
        assert await office.turn() == 0
    for _ in range(40):
        office.house.clock.advance(days=1)
        await office.turn()
    assert await office.waiting() == []
    assert office.log.events[-1] == NoticeGivenUp("n_moved", KIND, "unreadable")
    assert len(office.log.events) == 30


async def test_a_kind_of_a_later_release_waits_for_it(office: Post) -> None:
    """This release has no words for it, and says nothing in their place."""
    message = await office.tell(kind="from_the_future")
    await office.turn()
    assert await office.waiting() == [message]
    assert office.log.events == [NoticeUnreadable(message, "from_the_future")]


async def test_a_customer_who_is_protected_now_is_told_nothing(office: Post) -> None:
    """The address on file may lead whoever looks for them to them: erased, not sent."""
    message = await office.tell(customer=PROTECTED)
    await office.turn()
    assert office.mail.envelopes == office.sms.envelopes == []
    assert await office.waiting() == []
    assert office.log.events == [NoticeWithheld(message, KIND, "protected")]
    [noted] = await office.noted()
    assert (noted.kind, noted.facts["reason"]) == ("notice_withheld", "protected")


async def test_a_customer_who_is_not_in_the_register_is_not_written_to(office: Post) -> None:
    """An export may leave protected customers out; the next one may have them again."""
    message = await office.tell(customer=UNKNOWN)
    await office.turn()
    assert office.mail.envelopes == []
    assert office.log.events == [NoticeDelayed(message, KIND, "", "not_in_register", 1, 60)]


async def test_a_number_that_is_somebody_else_s_by_now_says_nothing_of_her(office: Post) -> None:
    """Renumbered, with the help ended since: whether she is protected cannot be asked any more."""
    message = await office.tell()
    await office.house.parts.storage.numbers.change({CUSTOMER.id: "700245"})
    await office.turn()
    assert office.mail.envelopes == []
    assert office.log.events == [NoticeDelayed(message, KIND, "", "not_in_register", 1, 60)]


async def test_a_register_that_cannot_answer_delays(
    office: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether somebody is protected is asked, never guessed."""
    monkeypatch.setattr(type(office.outbox.delivery.register.peppers), "named", lambda *_: None)
    message = await office.tell()
    await office.turn()
    assert office.mail.envelopes == []
    assert await office.waiting() == [message]


async def test_a_company_that_left_the_configuration_writes_nothing(office: Post) -> None:
    """Its messages wait for it."""
    delivery = replace(office.outbox.delivery, senders={})
    office.outbox = replace(office.outbox, delivery=delivery)
    message = await office.tell()
    await office.turn()
    assert office.log.events == [NoticeDelayed(message, KIND, "", "unknown_company", 1, 60)]


async def test_a_mail_server_that_is_down_is_not_asked_for_each(house: TestHouse) -> None:
    """The rest of the turn knows; text messages go on."""
    office = post(house, parallel=1)
    office.mail.answer = always(Later("unreachable", unreachable=True))
    letters = [await office.tell() for _ in range(5)]
    text = await office.tell(contact=Contact(phone="070-174 06 05"))
    assert await office.turn() == 6
    assert len(office.mail.envelopes) == 1
    assert office.sms.ids == [text]
    assert sorted(await office.waiting()) == sorted(letters)
    house.clock.advance(minutes=1)
    office.mail.answer = always(Sent())
    await office.turn()
    assert await office.waiting() == []


async def test_a_message_that_alone_times_out_stops_nobody(house: TestHouse) -> None:
    """Once a server has greeted us, what it does to one message says nothing of the next."""
    office = post(house, parallel=1)
    slow = await office.tell(contact=Contact(email="slow@brev.example"))
    other = await office.tell()

    def answer(envelope: Envelope) -> Outcome:
        return Later("timeout") if envelope.id == slow else Sent()

    office.mail.answer = answer
    await office.turn()
    assert set(office.mail.ids) == {slow, other}
    assert await office.waiting() == [slow]


@pytest.mark.parametrize("parallel", [1, 3])
async def test_no_more_at_once_than_allowed(parallel: int, house: TestHouse) -> None:
    """The mail server is not flooded."""
    office = post(house, parallel=parallel)
    inside = most = 0

    async def send(envelope: Envelope) -> Outcome:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0.01)
        inside -= 1
        return Sent()

    office.mail.send = send  # type: ignore[method-assign]
    for _ in range(9):
        await office.tell()
    await office.turn()
    assert most == parallel
    assert await office.waiting() == []


async def test_a_large_backlog_leaves_in_batches(office: Post) -> None:
    """All of it, in one turn, while the turn lasts."""
    for _ in range(BATCH + 3):
        await office.tell()
    assert await office.turn() == BATCH + 3
    assert await office.waiting() == []


async def test_a_turn_ends_so_that_other_work_is_done(office: Post) -> None:
    """What is slow goes on with the next turn."""
    for _ in range(BATCH + 3):
        await office.tell()

    def slowly(_: Envelope) -> Outcome:
        office.house.clock.advance(seconds=TURN.total_seconds() / BATCH)
        return Sent()

    office.mail.answer = slowly
    assert await office.turn() == BATCH
    assert len(await office.waiting()) == 3


async def test_of_two_workers_one_notes_it(house: TestHouse) -> None:
    """A worker that was suspended wakes up with a message that has left: sent twice, noted once."""
    one, other = post(house), post(house)
    message = await one.tell()

    async def late(envelope: Envelope) -> Outcome:
        await other.turn()
        return Sent()

    one.mail.send = late  # type: ignore[method-assign]
    await one.turn()
    assert other.mail.ids == [message]
    assert len(await one.noted()) == 1
    assert len(one.log.events) + len(other.log.events) == 1


async def test_what_cannot_be_noted_is_not_over(
    office: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database fails after the mail server has taken it: sent again, never lost."""
    message = await office.tell()

    async def fail(*_: Any) -> None:
        raise StorageUnavailable

    with monkeypatch.context() as patched:
        patched.setattr(type(office.house.parts.storage.audit), "append", fail)
        with pytest.raises(StorageUnavailable):
            await office.turn()
    assert await office.waiting() == [message]
    assert office.log.events == []
    await office.turn()
    assert office.mail.ids == [message, message]


async def test_what_is_left_of_a_message_that_is_over_is_nothing_private(office: Post) -> None:
    """Neither in the log nor in the trail."""
    office.mail.answer = always(Refused("smtp_550"))
    office.sms.answer = always(Refused("webhook_422"))
    await office.tell()
    office.mail.answer = always(Later("smtp_450"))
    await office.tell()
    await office.turn()
    told = f"{office.log.events} {await office.noted()}"
    for private in (CONTACT.name, CONTACT.email, "070", "+46", CUSTOMER.number):
        assert private not in told
