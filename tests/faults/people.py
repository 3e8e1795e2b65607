"""People who sign in, notice what goes wrong, and remember what was promised."""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field

import httpx2

from tests.browsing import Browser
from tests.faults.balancer import Balancer
from tests.house import PORTAL, REDIRECT, SECRET, VERIFIER, authorize_url
from tests.walking import CHOOSE, RECOGNISE, VERIFY, WHOSE, cookies_of, page_number, somebody_new

PATIENCE = 45.0
PAUSE = 0.5
STEPS = 25
DONE = 6
NEWCOMER = 17


@dataclass(frozen=True)
class Login:
    """One that came to its end, however often it was begun; times are monotonic."""

    provider: str
    began: float
    ended: float
    was_retried: bool

    @property
    def seconds(self) -> float:
        """All of it, from the portal to the portal's tokens."""
        return self.ended - self.began


@dataclass
class Seen:
    """What a scenario's people have seen."""

    logins: list[Login] = field(default_factory=list)
    dead_ends: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)
    redeemed_twice: int = 0
    codes: list[str] = field(default_factory=list)
    linked: list[tuple[str, str]] = field(default_factory=list)
    ended: list[dict[str, str]] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)


class Stuck(Exception):
    """There was no way on."""


@dataclass
class Town:
    """Where people sign in: the balancer, our issuer, the providers' address.

    Whoever knows the provider `troubled` alone is patient from `over_at`, when that one's fault is
    over.
    """

    balancer: Balancer
    issuer: str
    upstreams: str
    troubled: str = ""
    over_at: float = float("inf")

    def browser(self) -> Browser:
        """A new browser."""
        served = {httpx2.URL(each).netloc.decode() for each in (self.issuer, self.upstreams)}
        browser = Browser(Open(self.balancer), served)
        browser.client.timeout = httpx2.Timeout(40)
        return browser

    def authorize(self, **changes: str) -> str:
        """An authorization request to this issuer."""
        return authorize_url(**changes).replace("http://localhost:8000", self.issuer)

    def waits_since(self, provider: str, began: float) -> float:
        """From when on somebody's patience counts."""
        return max(began, self.over_at) if provider == self.troubled else began

    async def post_token(self, code: str) -> httpx2.Response:
        """Redeem a code, as the portal."""
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT,
            "code_verifier": VERIFIER,
        }  # fmt: skip
        async with httpx2.AsyncClient(transport=Open(self.balancer), timeout=40) as client:
            return await client.post(f"{self.issuer}/token", data=form, auth=("portal", SECRET))


@dataclass
class Person:
    """Signs in as somebody new."""

    town: Town
    seen: Seen
    provider: str
    _chosen: int = 0
    _was_sent_back: bool = False

    async def live(self, until: asyncio.Event) -> None:
        """One login after another, each as somebody else."""
        while not until.is_set():
            await self.sign_in()

    async def sign_in(self) -> None:
        """One login to its end, however often it must begin again."""
        key, browser = somebody_new(), self.town.browser()
        began, tries, self._was_sent_back = time.monotonic(), 0, False
        async with browser.client:
            while True:
                try:
                    tries += 1
                    await self._try(browser, key)
                    break
                except (httpx2.HTTPError, LookupError, Stuck) as trouble:
                    if self._is_dead_end(browser, trouble, began):
                        return
                    await asyncio.sleep(PAUSE)
        was_retried = tries > 1 or self._was_sent_back
        self.seen.logins.append(Login(self.provider, began, time.monotonic(), was_retried))

    def _is_dead_end(self, browser: Browser, trouble: Exception, began: float) -> bool:
        where = f"{browser.page.status_code} {browser.title or browser.path}"
        self.seen.troubles[f"{type(trouble).__name__} {_short(trouble)} at {where}"] += 1
        # Portals and providers have pages of their own, which are not ours to judge.
        is_ours = browser.url.startswith(self.town.issuer)
        if isinstance(trouble, LookupError | Stuck) and is_ours and not browser.links:
            self.seen.dead_ends[f"no way on: {where}"] += 1
            return True
        if time.monotonic() - self.town.waits_since(self.provider, began) > PATIENCE:
            self.seen.dead_ends[f"never: {type(trouble).__name__} at {where}"] += 1
            return True
        return False

    async def _try(self, browser: Browser, key: str) -> None:
        self._chosen = 0
        await browser.go(self.town.authorize())
        for _ in range(STEPS):
            if browser.url.startswith(PORTAL):
                break
            await self._step(browser, key)
        else:
            raise Stuck("too many steps")
        if "code" not in browser.query:
            raise Stuck(browser.query.get("error", "no code"))
        await self._redeem(browser.query["code"])
        self.seen.linked.append((self.provider, key))
        await self._afterwards(browser)

    async def _step(self, browser: Browser, key: str) -> None:
        if browser.url.startswith(self.town.upstreams):
            await browser.submit(person=key)
            return
        if browser.page.status_code >= 500:
            raise Stuck
        match page_number(browser):
            case n if n == CHOOSE:
                await self._choose(browser)
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
            case n if n == NEWCOMER:
                await browser.submit("seen")
            case other:
                raise Stuck(f"page {other}")

    async def _choose(self, browser: Browser) -> None:
        """Who comes back from the provider to the choice has to try again, too."""
        self._chosen += 1
        if self._chosen > 1:
            self._was_sent_back = True
            self.seen.troubles[f"at the choice once more ({self.provider})"] += 1
            await asyncio.sleep(2 * PAUSE)
        await browser.submit(self.provider)

    async def _redeem(self, code: str) -> None:
        """As a portal does: once more after a 503. A lost code means a new login."""
        for _ in range(20):
            answer = await self.town.post_token(code)
            if answer.status_code == 200:
                self.seen.codes.append(code)
                if random.random() < 0.3:  # noqa: S311
                    await self._replay(code, answer.json()["access_token"])
                return
            if answer.status_code != 503:
                raise Stuck(f"token {answer.status_code}")
            await asyncio.sleep(0.2)
        raise Stuck("token 503")

    async def _replay(self, code: str, token: str) -> None:
        answer = await self.town.post_token(code)
        if answer.status_code == 200:
            self.seen.redeemed_twice += 1
        elif answer.status_code == 400:
            self.seen.revoked.append(token)

    async def _afterwards(self, browser: Browser) -> None:
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


class Open(httpx2.AsyncBaseTransport):
    """A balancer that a client may not close."""

    def __init__(self, inner: Balancer) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return await self._inner.handle_async_request(request)


def _short(trouble: Exception) -> str:
    """Without the address, which is another one for each person."""
    return str(trouble).partition(" on http")[0]
