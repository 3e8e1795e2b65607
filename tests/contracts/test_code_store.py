"""The contract of `linking.codes.ports.CodeStore`."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from broker.storage import Retention, Storage
from broker.storage.errors import StatementRefused
from linking.codes.ports import HeldCode, Waiting, Wish
from linking.codes.sending import Medium
from tests.contracts.samples import DAY, MINUTE, NOW, issued_code, wish


async def in_row(storage: Storage, **asked: Any) -> list[str]:
    """The ids of the wishes that wait, as they stand."""
    waiting = await storage.codes.wishes(**({"now": NOW, "limit": 10} | asked))
    return [each.id for each in waiting.wishes]


async def test_a_wish_waits_until_it_is_settled(storage: Storage) -> None:
    """With its number, by one winner."""
    await storage.codes.wish(wish(), customer_tag=b"tag", asker_tag=b"a")
    assert await storage.codes.wishes(now=NOW, limit=10) == Waiting((wish(),))
    settled = await asyncio.gather(*(storage.codes.settle("w1") for _ in range(5)))
    assert sorted(settled) == [False] * 4 + [True]
    assert await storage.codes.wishes(now=NOW, limit=10) == Waiting()


async def test_one_wish_of_a_customer_and_medium(storage: Storage) -> None:
    """However often somebody asks, one row; a letter is another wish."""
    for number in range(3):
        await storage.codes.wish(wish(f"w{number}"), customer_tag=b"tag", asker_tag=b"a")
    await storage.codes.wish(
        wish("letter", medium=Medium.LETTER), customer_tag=b"tag", asker_tag=b"a"
    )
    assert sorted(await in_row(storage)) == ["letter", "w0"]
    assert len(await in_row(storage, limit=1)) == 1


async def put(storage: Storage, each: Wish, asker: bytes, tag: bytes = b"") -> None:
    """A wish of this asker, about a customer of its own."""
    await storage.codes.wish(each, customer_tag=tag or each.id.encode(), asker_tag=asker)


async def test_everybodys_first_wish_comes_before_anybodys_second(storage: Storage) -> None:
    """Within that, the oldest first; each company has a row of its own."""
    for number in range(3):
        await put(storage, replace(wish(f"many{number}"), at=NOW), b"many")
    sister = replace(wish("sister"), company="varme", at=NOW + MINUTE)
    await put(storage, sister, b"many")
    await put(storage, replace(wish("late"), at=NOW + 2 * MINUTE), b"one")
    in_turn = ["many0", "sister", "late", "many1", "many2"]
    assert await in_row(storage, now=NOW + 3 * MINUTE) == in_turn


async def test_a_wish_for_somebody_who_is_wished_for_moves_up(storage: Storage) -> None:
    """Whoever stood first in a stranger's long row waits no longer than their own row is."""
    for number in range(3):
        await put(storage, wish(f"many{number}"), b"many")
    await put(storage, replace(wish("mine"), at=NOW + MINUTE), b"me", tag=b"many2")
    assert await in_row(storage) == ["many0", "many2", "many1"]


async def test_a_company_is_passed_over(storage: Storage) -> None:
    """However many of its wishes stand first."""
    for number in range(3):
        await put(storage, wish(f"w{number}"), b"%d" % number)
    await put(storage, replace(wish("other"), company="varme", at=NOW + MINUTE), b"me")
    assert await in_row(storage, limit=1, passing_over=["elnat"]) == ["other"]


async def test_what_is_put_off_waits_and_goes_further_back(storage: Storage) -> None:
    """Behind who has come meanwhile."""
    await put(storage, wish("stuck"), b"me")
    await storage.codes.put_off(["stuck"], until=NOW + MINUTE)
    await put(storage, replace(wish("late"), at=NOW + MINUTE), b"you")
    assert await in_row(storage) == ["late"]
    assert await in_row(storage, now=NOW + MINUTE) == ["late", "stuck"]


async def test_customers_are_forgotten(storage: Storage) -> None:
    """Their codes, wishes and sendings; nobody else's."""
    for tag in (b"tag", b"other"):
        name = tag.decode()
        await put(storage, wish(name), b"me", tag)
        await storage.codes.issue(issued_code(name, tag=tag))
        await storage.codes.sent(tag, Medium.MESSAGE, at=NOW)
    await storage.codes.void([b"tag", b"nobody"])
    assert await in_row(storage) == ["other"]
    hashes = [issued_code(name).hashed for name in ("tag", "other")]
    assert [each.id for each in await storage.codes.matching(hashes, now=NOW)] == ["other"]
    since = NOW - MINUTE
    sent = [
        await storage.codes.times_sent(tag, Medium.MESSAGE, since=since)
        for tag in (b"tag", b"other")
    ]
    assert sent == [0, 1]


async def test_sendings_count_anew_after_a_code_was_used(storage: Storage) -> None:
    """One of the same customer and medium."""
    codes, since = storage.codes, NOW - DAY
    for name, tag, medium in (
        ("k1", b"tag", Medium.MESSAGE),
        ("k2", b"other", Medium.MESSAGE),
        ("k3", b"tag", Medium.LETTER),
    ):
        await codes.issue(issued_code(name, tag=tag, medium=medium))
    await codes.sent(b"tag", Medium.MESSAGE, at=NOW)
    for other in ("k2", "k3"):
        await codes.use(other, at=NOW + MINUTE)
    assert await codes.times_sent(b"tag", Medium.MESSAGE, since=since) == 1
    await codes.use("k1", at=NOW + MINUTE)
    assert await codes.times_sent(b"tag", Medium.MESSAGE, since=since) == 0
    await codes.sent(b"tag", Medium.MESSAGE, at=NOW + 2 * MINUTE)
    assert await codes.times_sent(b"tag", Medium.MESSAGE, since=since) == 1


async def test_a_code_is_found_by_its_hash_while_it_holds(storage: Storage) -> None:
    """Any of the hashes will do; to the microsecond."""
    code = issued_code()
    await storage.codes.issue(code)
    hashes = [b"other", code.hashed]
    held = HeldCode("k1", NOW, Medium.MESSAGE)
    assert list(await storage.codes.matching(hashes, now=NOW)) == [held]
    assert list(await storage.codes.matching([b"other"], now=NOW)) == []
    just_before = code.expires_at - timedelta(microseconds=1)
    assert list(await storage.codes.matching(hashes, now=just_before)) == [held]
    assert list(await storage.codes.matching(hashes, now=code.expires_at)) == []


async def test_a_code_that_was_used_is_known_for_a_while(storage: Storage) -> None:
    """By any of the hashes, if it was used after the moment asked about."""
    code = issued_code()
    await storage.codes.issue(code)
    hashes = [b"other", code.hashed]
    assert not await storage.codes.spent(hashes, since=NOW - DAY)
    assert await storage.codes.use("k1", at=NOW)
    assert await storage.codes.spent(hashes, since=NOW - timedelta(microseconds=1))
    assert not await storage.codes.spent(hashes, since=NOW)
    assert not await storage.codes.spent([b"other"], since=NOW - DAY)


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
    await storage.codes.wish(wish(), customer_tag=b"tag", asker_tag=b"a")
    await storage.codes.issue(issued_code("k0"))
    with pytest.raises(StatementRefused):  # noqa: PT012 - the transaction is what must fail
        async with storage.transaction():
            await storage.codes.settle("w1")
            await storage.codes.issue(issued_code("k1"))
            await storage.codes.issue(issued_code("k0"))
    assert await in_row(storage) == ["w1"]
    live = await storage.codes.live(b"tag", Medium.MESSAGE, now=NOW)
    assert [code.id for code in live] == ["k0"]


async def test_purge_deletes_what_is_long_over(storage: Storage) -> None:
    """Codes a week after their end, wishes after a day, sendings when they count no more."""
    await storage.codes.issue(issued_code())
    await storage.codes.wish(wish(), customer_tag=b"tag", asker_tag=b"a")
    await storage.codes.sent(b"tag", Medium.MESSAGE, at=NOW)
    assert await storage.purge(NOW + 7 * DAY, Retention()) == 0
    assert await storage.codes.wishes(now=NOW, limit=10) == Waiting()
    assert await storage.purge(NOW + 8 * DAY, Retention()) == 1
