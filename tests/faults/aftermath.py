"""After a fault: what became of what was promised. A sample of each kind is asked for."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TypeVar

import httpx2

from tests.faults.people import Open, Seen, Town
from tests.house import PORTAL
from tests.walking import NEWCOMER, RECOGNISE, give_cookies, page_number

SAMPLE = 60
AT_ONCE = 4
TRIES = 60

T = TypeVar("T")


async def lost_links(town: Town, seen: Seen) -> int:
    """How many who were connected are not known any more."""

    async def is_unknown(link: tuple[str, str]) -> bool:
        return await _is_unknown(town, *link)

    return await _count(is_unknown, seen.linked)


async def alive_again(town: Town, seen: Seen) -> int:
    """How many ended sessions sign in, and how many tokens of revoked grants are taken."""

    async def signs_in(cookies: dict[str, str]) -> bool:
        browser = town.browser()
        async with browser.client:
            give_cookies(browser, cookies)
            await browser.go(town.authorize(prompt="none"))
            return "code" in browser.query

    async def is_taken(token: str) -> bool:
        headers = {"authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(transport=Open(town.balancer), timeout=40) as client:
            answer = await client.get(f"{town.issuer}/userinfo", headers=headers)
        return answer.status_code != httpx2.codes.UNAUTHORIZED

    return await _count(signs_in, seen.ended) + await _count(is_taken, seen.revoked)


async def redeemed_again(town: Town, seen: Seen) -> int:
    """How many codes, the last ones foremost, are worth something after all that happened."""

    async def is_worth_something(code: str) -> bool:
        return (await town.post_token(code)).status_code == 200

    return await _count(is_worth_something, seen.codes[-SAMPLE:])


async def _is_unknown(town: Town, provider: str, key: str) -> bool:
    """Asked again while the provider has not recovered: that says nothing about the link."""
    for _ in range(TRIES):
        browser = town.browser()
        async with browser.client:
            with suppress(httpx2.HTTPError, LookupError):
                await browser.go(town.authorize())
                await browser.submit(provider)
                if browser.url.startswith(town.upstreams):
                    await browser.submit(person=key)
                # Others were connected since: who is told of that is known, too.
                if browser.url.startswith(PORTAL) or page_number(browser) == NEWCOMER:
                    return False
                if page_number(browser) == RECOGNISE:
                    return True
        await asyncio.sleep(1)
    return True


async def _count(holds: Callable[[T], Awaitable[bool]], many: Sequence[T]) -> int:
    """Of how many of a sample it holds, asked a few at a time."""
    places = asyncio.Semaphore(AT_ONCE)

    async def ask(one: T) -> bool:
        async with places:
            for _ in range(TRIES):
                with suppress(httpx2.HTTPError):
                    return await holds(one)
                await asyncio.sleep(1)
        return True  # nobody can say

    sample = random.sample(many, min(SAMPLE, len(many)))
    return sum(await asyncio.gather(*(ask(one) for one in sample)))
