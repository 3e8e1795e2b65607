"""People who sign in without pause, notice what goes wrong, and remember what was promised."""

import asyncio
import itertools
import random
import time
from collections import Counter
from dataclasses import dataclass, field

import httpx2

from tests.browsing import Browser
from tests.faults.balancer import Balancer
from tests.house import PORTAL, REDIRECT, SECRET, VERIFIER, authorize_url
from tests.walking import CHOOSE, RECOGNISE, VERIFY, WHOSE, cookies_of, give_cookies, page_number

PATIENCE = 45.0
STEPS = 25
SPARED = ("microsoft", "yahoo")
DONE = 6


@dataclass
class Seen:
    """What a scenario's people have seen."""

    completed: int = 0
    retried: int = 0
    dead_ends: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)
    redeemed_twice: int = 0
    seconds: dict[str, list[float]] = field(default_factory=dict)
    finished_at: list[float] = field(default_factory=list)
    linked: list[tuple[str, str]] = field(default_factory=list)
    ended: list[dict[str, str]] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)


class Stuck(Exception):
    """There was no way on."""


@dataclass
class Town:
    """Where people sign in: the balancer, our issuer, the providers' address."""

    balancer: Balancer
    issuer: str
    upstreams: str
    numbers: itertools.count = field(default_factory=lambda: itertools.count(1))  # type: ignore[type-arg]

    def browser(self) -> Browser:
        """A new browser."""
        served = {httpx2.URL(each).netloc.decode() for each in (self.issuer, self.upstreams)}
        browser = Browser(_Open(self.balancer), served)
        browser.client.timeout = httpx2.Timeout(40)
        return browser

    def authorize(self, **changes: str) -> str:
        """An authorization request to this issuer."""
        return authorize_url(**changes).replace("http://localhost:8000", self.issuer)


@dataclass
class Person:
    """Signs in again and again as somebody new."""

    town: Town
    seen: Seen
    provider: str

    async def live(self, until: asyncio.Event) -> None:
        """One login after another."""
        while not until.is_set():
            await self.sign_in()

    async def sign_in(self) -> None:
        """One login to its end, however often it must begin again."""
        key, browser = f"load-{next(self.town.numbers)}", self.town.browser()
        began, tries = time.monotonic(), 0
        while True:
            try:
                tries += 1
                await self._try(browser, key)
                break
            except (httpx2.HTTPError, LookupError, Stuck) as trouble:
                where = f"{browser.page.status_code} {browser.title or browser.path}"
                self.seen.troubles[f"{type(trouble).__name__} {trouble} at {where}"] += 1
                # Portals and providers have pages of their own, which are not ours to judge.
                is_ours = browser.url.startswith(self.town.issuer)
                if isinstance(trouble, LookupError | Stuck) and is_ours and not browser.links:
                    self.seen.dead_ends[f"no way on: {browser.title or browser.path}"] += 1
                    return
                if time.monotonic() - began > PATIENCE:
                    self.seen.dead_ends[f"never: {browser.title or type(trouble).__name__}"] += 1
                    return
                await asyncio.sleep(0.3)
        self.seen.completed += 1
        self.seen.retried += tries > 1
        self.seen.finished_at.append(time.monotonic())
        self.seen.seconds.setdefault(self.provider, []).append(time.monotonic() - began)
        await browser.client.aclose()

    async def _try(self, browser: Browser, key: str) -> None:
        await browser.go(self.town.authorize())
        for _ in range(STEPS):
            if browser.url.startswith(PORTAL):
                break
            await self._step(browser, key)
        else:
            raise Stuck("too many steps")
        if "code" not in browser.query:
            raise Stuck(browser.query.get("error", "no code"))
        token = await self._redeem(browser.query["code"])
        self.seen.linked.append((self.provider, key))
        await self._afterwards(browser, token)

    async def _step(self, browser: Browser, key: str) -> None:
        if browser.url.startswith(self.town.upstreams):
            await browser.submit(person=key)
            return
        if browser.page.status_code >= 500:
            raise Stuck
        match page_number(browser):
            case n if n == CHOOSE:
                await browser.submit(self.provider)
            case n if n == RECOGNISE:
                await browser.submit(action="/flow/new", answer="first")
            case n if n == WHOSE:
                await browser.submit(action="/flow/whose", whose="mine")
            case n if n == VERIFY:
                await browser.submit(
                    action="/flow/verify", customer_number="100245", invoice_number="1007001"
                )
            case n if n == DONE:
                await browser.submit(action="/flow/done")
            case other:
                raise Stuck(f"page {other}")

    async def _redeem(self, code: str) -> str:
        """As a portal does: once more after a 503. A lost code means a new login."""
        for _ in range(20):
            answer = await self.post_token(code)
            if answer.status_code == 200:
                token: str = answer.json()["access_token"]
                if random.random() < 0.3:  # noqa: S311
                    await self._replay(code, token)
                return token
            if answer.status_code != 503:
                raise Stuck(f"token {answer.status_code}")
            await asyncio.sleep(0.2)
        raise Stuck("token 503")

    async def _replay(self, code: str, token: str) -> None:
        answer = await self.post_token(code)
        if answer.status_code == 200:
            self.seen.redeemed_twice += 1
        elif answer.status_code == 400:
            self.seen.revoked.append(token)

    async def post_token(self, code: str) -> httpx2.Response:
        """Redeem a code, as the portal."""
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT,
            "code_verifier": VERIFIER,
        }  # fmt: skip
        async with httpx2.AsyncClient(transport=_Open(self.town.balancer), timeout=40) as client:
            return await client.post(
                f"{self.town.issuer}/token", data=form, auth=("portal", SECRET)
            )

    async def _afterwards(self, browser: Browser, _token: str) -> None:
        """Some sign out again; what was acknowledged is remembered."""
        if random.random() > 0.3:  # noqa: S311
            return
        cookies = cookies_of(browser)
        try:
            await browser.go(f"{self.town.issuer}/logout")
            await browser.submit(action="/logout")
        except (httpx2.HTTPError, LookupError):
            return
        if browser.page.status_code == 200:
            self.seen.ended.append(cookies)


class _Open(httpx2.AsyncBaseTransport):
    """A balancer that a client may not close."""

    def __init__(self, inner: Balancer) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return await self._inner.handle_async_request(request)


async def lost_links(town: Town, seen: Seen, at_most: int = 60) -> int:
    """How many who were connected are not known any more."""
    sample = random.sample(seen.linked, min(at_most, len(seen.linked)))
    return sum([await _is_unknown(town, provider, key) for provider, key in sample])


async def _is_unknown(town: Town, provider: str, key: str) -> bool:
    """Asked again while the provider has not recovered: that says nothing about the link."""
    for _ in range(60):
        browser = town.browser()
        await browser.go(town.authorize())
        await browser.submit(provider)
        if browser.url.startswith(town.upstreams):
            await browser.submit(person=key)
        if browser.url.startswith(PORTAL):
            return False
        if page_number(browser) == RECOGNISE:
            return True
        await asyncio.sleep(1)
    return True


async def alive_again(town: Town, seen: Seen, at_most: int = 60) -> int:
    """How many ended sessions sign in, and how many tokens of revoked grants are taken."""
    alive = 0
    for cookies in random.sample(seen.ended, min(at_most, len(seen.ended))):
        browser = town.browser()
        give_cookies(browser, cookies)
        await browser.go(town.authorize(prompt="none"))
        alive += "code" in browser.query
    async with httpx2.AsyncClient(transport=_Open(town.balancer), timeout=40) as client:
        for token in random.sample(seen.revoked, min(at_most, len(seen.revoked))):
            headers = {"authorization": f"Bearer {token}"}
            answer = await client.get(f"{town.issuer}/userinfo", headers=headers)
            alive += answer.status_code != 401
    return alive
