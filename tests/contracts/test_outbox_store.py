"""The contract of `OutboxStore` and of linking's `Notices` upon it."""

import io
from dataclasses import replace
from datetime import date

import pytest

from broker.storage import Storage
from broker.storage.archive import Origin, open_backup
from broker.storage.errors import UnreadableRecord
from broker.storage.notices import Notice
from broker.storage.ports import OutboxMessage, Waiting
from linking.model import Contact, Customer, CustomerId
from tests.contracts.samples import MINUTE, NOW

MESSAGE = OutboxMessage("m1", "notice", "elnat", b"sealed", NOW, NOW + MINUTE)
CUSTOMER = Customer(CustomerId("c1"), "elnat", "100423")
CONTACT = Contact("Astrid Exempel", "astrid@example.se", "+46701234567", date(2024, 2, 29))


async def test_a_message_is_due_when_its_time_has_come(storage: Storage) -> None:
    """Not before, and then whole."""
    await storage.outbox.put(MESSAGE)
    assert await storage.outbox.due(now=NOW, limit=10) == []
    assert await storage.outbox.due(now=NOW + MINUTE, limit=10) == [MESSAGE]


async def test_the_longest_due_comes_first(storage: Storage) -> None:
    """And no more than asked for."""
    for minutes, name in enumerate("abc"):
        await storage.outbox.put(replace(MESSAGE, id=name, not_before=NOW - minutes * MINUTE))
    due = await storage.outbox.due(now=NOW, limit=2)
    assert [message.id for message in due] == ["c", "b"]


async def test_a_message_is_put_once(storage: Storage) -> None:
    """A retry of the writer makes no second message, even after delivery."""
    await storage.outbox.put(MESSAGE)
    await storage.outbox.put(replace(MESSAGE, sealed=b"other"))
    assert await storage.outbox.due(now=NOW + MINUTE, limit=10) == [MESSAGE]
    await storage.outbox.over("m1", at=NOW)
    await storage.outbox.put(MESSAGE)
    assert await storage.outbox.due(now=NOW + MINUTE, limit=10) == []


async def test_a_delivered_message_never_comes_back(storage: Storage) -> None:
    """Not even when a slower worker reports a failure."""
    await storage.outbox.put(MESSAGE)
    await storage.outbox.over("m1", at=NOW + MINUTE)
    await storage.outbox.failed("m1", again_at=NOW)
    assert await storage.outbox.due(now=NOW + MINUTE, limit=10) == []


async def test_a_failed_message_comes_again(storage: Storage) -> None:
    """At the time that was said, with the try counted."""
    await storage.outbox.put(MESSAGE)
    await storage.outbox.failed("m1", again_at=NOW + 5 * MINUTE)
    assert await storage.outbox.due(now=NOW + 4 * MINUTE, limit=10) == []
    again = replace(MESSAGE, not_before=NOW + 5 * MINUTE, attempts=1)
    assert await storage.outbox.due(now=NOW + 5 * MINUTE, limit=10) == [again]


async def test_one_of_two_ends_a_message(storage: Storage) -> None:
    """A worker that was suspended finds it over, and notes nothing; unknown ones were never."""
    await storage.outbox.put(MESSAGE)
    assert await storage.outbox.over("m1", at=NOW)
    assert not await storage.outbox.over("m1", at=NOW + MINUTE)
    assert not await storage.outbox.over("m2", at=NOW)


async def test_what_is_over_is_undone_with_its_transaction(storage: Storage) -> None:
    """What could not be noted down has not happened."""
    await storage.outbox.put(MESSAGE)

    async def end_and_fail() -> None:
        async with storage.transaction():
            assert await storage.outbox.over("m1", at=NOW)
            raise LookupError

    with pytest.raises(LookupError):
        await end_and_fail()
    assert await storage.outbox.due(now=NOW + MINUTE, limit=10) == [MESSAGE]


async def test_how_much_waits(storage: Storage) -> None:
    """All that has not left, whether its time has come or not; nothing of what is over."""
    assert await storage.outbox.waiting() == Waiting(0, None)
    for days, name in enumerate("abc"):
        created = NOW - days * MINUTE
        await storage.outbox.put(replace(MESSAGE, id=name, created_at=created))
    assert await storage.outbox.waiting() == Waiting(3, NOW - 2 * MINUTE)
    await storage.outbox.over("c", at=NOW)
    assert await storage.outbox.waiting() == Waiting(2, NOW - MINUTE)
    assert await storage.outbox.waiting(MESSAGE.kind) == Waiting(2, NOW - MINUTE)
    assert await storage.outbox.waiting("another kind") == Waiting(0, None)


async def test_of_an_ended_message_nothing_is_left_to_read(storage: Storage) -> None:
    """The fact stays for a while, without recipient and content."""
    await storage.outbox.put(MESSAGE)
    await storage.outbox.over("m1", at=NOW)
    file = io.BytesIO()
    origin = Origin("1.2.3", "https://login.example", NOW, ())
    await storage.archive.take(file, origin, with_register=False, on_progress=lambda *_: None)
    [chunk] = [
        each for each in open_backup(io.BytesIO(file.getvalue())).chunks() if each.table == "outbox"
    ]
    row = dict(zip(chunk.columns, chunk.rows[0], strict=True))
    assert (row["id"], row["sealed"]) == ("m1", b"")


async def test_a_notice_reaches_the_outbox_sealed(storage: Storage) -> None:
    """Nothing of recipient or content is stored in clear; opened, it is all there."""
    await storage.notices.tell(
        "delegation_by_invoice", customer=CUSTOMER, contact=CONTACT, at=NOW, relation="delegate"
    )
    (message,) = await storage.outbox.due(now=NOW, limit=10)
    assert (message.kind, message.company) == ("delegation_by_invoice", "elnat")
    for secret in (b"100423", b"Astrid", b"astrid@example.se", b"+4670"):
        assert secret not in message.sealed
    opened = storage.notices.read(message)
    assert opened == Notice(CUSTOMER, CONTACT, {"relation": "delegate"})


async def test_a_sealed_text_belongs_to_its_message(storage: Storage) -> None:
    """Moved to another message it does not open."""
    for _ in range(2):
        await storage.notices.tell("kind", customer=CUSTOMER, contact=CONTACT, at=NOW)
    first, second = await storage.outbox.due(now=NOW, limit=10)
    with pytest.raises(ValueError, match="another name"):
        storage.notices.read(replace(first, sealed=second.sealed))


@pytest.mark.parametrize(
    ("plain", "readable"),
    [
        (b'{"v":1,"customer":"c1","company":"elnat","number":"100423"}', True),
        (b'{"v":1,"customer":"c1","company":"elnat","number":"100423","added":[1]}', True),
        (b'{"v":2,"customer":"c1","company":"elnat","number":"100423"}', False),
        (b'{"customer":"c1"}', False),
        (b"", False),
    ],
)
async def test_versions_of_a_notice(storage: Storage, plain: bytes, readable: bool) -> None:
    """A field that a newer release added is passed over; an unknown version is refused."""
    message = replace(MESSAGE, sealed=b"m1|" + plain[::-1])
    if readable:
        assert storage.notices.read(message).customer == CUSTOMER
    else:
        with pytest.raises(UnreadableRecord) as refusal:
            storage.notices.read(message)
        assert "100423" not in str(refusal.value) + refusal.value.detail
