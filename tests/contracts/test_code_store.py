"""The contract of `linking.code_ports.CodeStore`."""

import asyncio
from datetime import timedelta

import pytest

from broker.storage import Retention, Storage
from broker.storage.errors import StatementRefused
from linking.sending import Medium
from tests.contracts.samples import DAY, MINUTE, NOW, issued_code, wish


async def test_a_wish_waits_until_it_is_settled(storage: Storage) -> None:
    """With its number, by one winner."""
    await storage.codes.wish(wish(), customer_tag=b"tag")
    assert list(await storage.codes.wishes(limit=10)) == [wish()]
    settled = await asyncio.gather(*(storage.codes.settle("w1") for _ in range(5)))
    assert sorted(settled) == [False] * 4 + [True]
    assert list(await storage.codes.wishes(limit=10)) == []


async def test_one_wish_of_a_customer_and_medium(storage: Storage) -> None:
    """However often somebody asks, one row; a letter is another wish."""
    for number in range(3):
        await storage.codes.wish(wish(f"w{number}"), customer_tag=b"tag")
    await storage.codes.wish(wish("letter", medium=Medium.LETTER), customer_tag=b"tag")
    assert [each.id for each in await storage.codes.wishes(limit=10)] == ["letter", "w0"]
    assert len(await storage.codes.wishes(limit=1)) == 1


async def test_a_code_is_found_by_its_hash_while_it_holds(storage: Storage) -> None:
    """Any of the hashes will do; to the microsecond."""
    code = issued_code()
    await storage.codes.issue(code)
    hashes = [b"other", code.hashed]
    assert list(await storage.codes.matching(hashes, now=NOW)) == ["k1"]
    assert list(await storage.codes.matching([b"other"], now=NOW)) == []
    just_before = code.expires_at - timedelta(microseconds=1)
    assert list(await storage.codes.matching(hashes, now=just_before)) == ["k1"]
    assert list(await storage.codes.matching(hashes, now=code.expires_at)) == []


async def test_live_ones_come_newest_first_with_the_code(storage: Storage) -> None:
    """Of this customer and medium; those that are over or used are not there."""
    first, second = issued_code("k1"), issued_code("k2", at=NOW + MINUTE)
    others = [
        issued_code("k3", tag=b"other"),
        issued_code("k4", medium=Medium.LETTER),
        issued_code("k5", at=NOW - 2 * DAY),
        issued_code("k6"),
    ]
    for code in (first, second, *others):
        await storage.codes.issue(code)
    await storage.codes.use("k6", at=NOW)
    live = await storage.codes.live(b"tag", Medium.MESSAGE, now=NOW)
    assert list(live) == [second, first]


async def test_one_winner_uses_a_code(storage: Storage) -> None:
    """Of many at once; afterwards it holds for nobody."""
    await storage.codes.issue(issued_code())
    used = await asyncio.gather(*(storage.codes.use("k1", at=NOW) for _ in range(20)))
    assert sorted(used) == [False] * 19 + [True]
    assert list(await storage.codes.matching([issued_code().hashed], now=NOW)) == []


async def test_a_code_that_is_over_is_not_used(storage: Storage) -> None:
    """Nor one that never was."""
    await storage.codes.issue(issued_code())
    assert not await storage.codes.use("k1", at=NOW + DAY)
    assert not await storage.codes.use("unknown", at=NOW)


async def test_sendings_count_within_their_time(storage: Storage) -> None:
    """By customer and medium."""
    for minutes in range(3):
        await storage.codes.sent(b"tag", Medium.MESSAGE, at=NOW + minutes * MINUTE)
    await storage.codes.sent(b"tag", Medium.LETTER, at=NOW)
    await storage.codes.sent(b"other", Medium.MESSAGE, at=NOW)
    assert await storage.codes.times_sent(b"tag", Medium.MESSAGE, since=NOW) == 2
    assert await storage.codes.times_sent(b"tag", Medium.MESSAGE, since=NOW - MINUTE) == 3


async def test_a_failed_transaction_sends_nothing(storage: Storage) -> None:
    """Settled and issued together, or not at all."""
    await storage.codes.wish(wish(), customer_tag=b"tag")
    await storage.codes.issue(issued_code("k0"))
    with pytest.raises(StatementRefused):  # noqa: PT012 - the transaction is what must fail
        async with storage.transaction():
            await storage.codes.settle("w1")
            await storage.codes.issue(issued_code("k1"))
            await storage.codes.issue(issued_code("k0"))
    assert len(await storage.codes.wishes(limit=10)) == 1
    live = await storage.codes.live(b"tag", Medium.MESSAGE, now=NOW)
    assert [code.id for code in live] == ["k0"]


async def test_purge_deletes_what_is_long_over(storage: Storage) -> None:
    """Codes a week after their end, wishes after a day, sendings when they count no more."""
    await storage.codes.issue(issued_code())
    await storage.codes.wish(wish(), customer_tag=b"tag")
    await storage.codes.sent(b"tag", Medium.MESSAGE, at=NOW)
    assert await storage.purge(NOW + 7 * DAY, Retention()) == 0
    assert list(await storage.codes.wishes(limit=10)) == []
    assert await storage.purge(NOW + 8 * DAY, Retention()) == 1
