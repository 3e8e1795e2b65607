"""A walk through the running demo, as a person without JavaScript would take it.

Each provider twice (first the numbers, then one click), a sister company with consent, somebody who
helps, somebody who is not a customer, numbers that may not enter, and signing out. What the portal
was told is printed.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from rich.console import Console

from broker.dev.browser import Browser, LostWay, Page
from broker.dev.cast import GERDA, KARIN, REFUSED, DemoCustomer
from broker.dev.companies import GRID, HEATING
from broker.dev.records import invoice_id
from broker.dev.settings import Addresses

PROVIDERS = ("microsoft", "google", "facebook", "yahoo")
_AT_GRID, _AT_HEATING = KARIN[1], KARIN[2]


class Wrong(Exception):
    """Something was reached, but it is not as it should be."""


async def check(at: Addresses, console: Console) -> bool:
    """Take every walk; say of each how it went, and return whether all went well."""
    walk = Walk(at, console)
    walks: dict[str, Callable[[], Awaitable[None]]] = {
        f"{provider.capitalize()}: {what}": _bound(way, provider)
        for provider in PROVIDERS
        for what, way in (
            ("first time, with the two numbers", walk.first_time),
            ("again, with one click", walk.again),
        )
    }
    walks |= {
        "Another company, single sign-on and consent": walk.sister_company,
        "Somebody helps an old mother": walk.helping,
        "Somebody is not a customer": walk.not_customer,
        "An organisation's numbers get the neutral answer": walk.neutral_answer,
        "Signing out, here and at the broker": walk.signing_out,
    }
    results = [await _try(name, way, console) for name, way in walks.items()]
    failed = results.count(False)
    console.print(f"{failed} of {len(results)} failed." if failed else "All is well.", style="bold")
    return not failed


@dataclass(frozen=True, slots=True)
class Walk:
    """The walks; what the first ones leave behind (a link per provider) the later ones use."""

    at: Addresses
    console: Console

    async def first_time(self, provider: str) -> None:
        """From a link in a letter, over provider and numbers, to the invoice; then the tokens."""
        letter = f"{self.at.portal}/elnat/invoices/{invoice_id(_AT_GRID, _AT_GRID.latest)}"
        async with self._browser() as browser:
            await self._sign_in(browser, letter, provider, "karin")
            await self._prove(browser, _AT_GRID, "mine")
            _arrived(browser.page, letter)
            await self._tell(browser, provider, "holder", _AT_GRID)

    async def again(self, provider: str) -> None:
        """With another browser: the provider's button, and one is in."""
        home = f"{self.at.portal}/{GRID.id}"
        async with self._browser() as browser:
            await self._sign_in(browser, f"{home}/login", provider, "karin")
            _arrived(browser.page, home)

    async def sister_company(self) -> None:
        """Already signed in: no provider is asked, but this company's numbers and a consent are."""
        home = f"{self.at.portal}/{HEATING.id}"
        async with self._browser() as browser:
            await self._sign_in(browser, f"{self.at.portal}/elnat/login", "google", "karin")
            await browser.open(f"{home}/login")
            await self._prove(browser, _AT_HEATING, "mine")
            await browser.press("yes")
            _arrived(browser.page, home)

    async def helping(self) -> None:
        """A daughter with her mother's invoice may look, as somebody who helps."""
        home = f"{self.at.portal}/{GRID.id}"
        async with self._browser() as browser:
            await self._sign_in(browser, f"{home}/login", "facebook", "eva")
            await self._prove(browser, GERDA[1], "helping")
            _arrived(browser.page, home)
            await self._tell(browser, "facebook", "delegate", GERDA[1])

    async def not_customer(self) -> None:
        """Says so, and is sent back to the portal with a kind word."""
        home = f"{self.at.portal}/{GRID.id}"
        async with self._browser() as browser:
            await self._sign_in(browser, f"{home}/login", "yahoo", "nils")
            await browser.fill(answer="not_customer")
            await browser.fill()
            _arrived(browser.page, f"{home}/callback")

    async def neutral_answer(self) -> None:
        """A true pair of an organisation reads like a wrong one."""
        association = REFUSED[0]
        async with self._browser() as browser:
            await self._sign_in(browser, f"{self.at.portal}/elnat/login", "microsoft", "nils")
            await browser.fill(answer="first")
            await browser.fill(whose="mine")
            await browser.fill(**_numbers(association))
            _expect(
                browser.page, httpx2.codes.UNPROCESSABLE_CONTENT, f"{self.at.broker}/flow/verify"
            )

    async def signing_out(self) -> None:
        """Out of the portal and the broker: coming back, one has to choose an account again."""
        home = f"{self.at.portal}/{GRID.id}"
        async with self._browser() as browser:
            await self._sign_in(browser, f"{home}/login", "google", "karin")
            await browser.fill()  # the only form there
            await browser.press("yes")
            _arrived(browser.page, f"{home}/signed-out")
            await browser.open(f"{home}/login")
            _expect(browser.page, httpx2.codes.OK, f"{self.at.broker}/flow/choose")

    @asynccontextmanager
    async def _browser(self) -> AsyncIterator[Browser]:
        async with httpx2.AsyncClient(trust_env=False, timeout=30) as http:
            yield Browser(http)

    async def _sign_in(self, browser: Browser, start: str, provider: str, person: str) -> None:
        await browser.open(start)
        await browser.press(provider)
        await browser.press(person)
        if browser.page.address.startswith(f"{self.at.broker}/flow/done"):
            await browser.press("seen")  # the other three accounts were connected since

    async def _prove(self, browser: Browser, customer: DemoCustomer, whose: str) -> None:
        await browser.fill(answer="first")
        await browser.fill(whose=whose)
        await browser.fill(**_numbers(customer))
        await browser.fill()

    async def _tell(
        self, browser: Browser, provider: str, relation: str, customer: DemoCustomer
    ) -> None:
        """Print the claims, and see that they say what they should."""
        await browser.open(f"{self.at.portal}/{customer.company.id}/claims")
        told = {name: json.loads(text) for name, text in browser.page.texts.items()}
        for name, claims in told.items():
            self.console.print(f"  {name}", style="cyan")
            self.console.print_json(data=claims, indent=2)
        _check_claims(told, provider, relation, customer)


def _check_claims(
    told: dict[str, Any], provider: str, relation: str, customer: DemoCustomer
) -> None:
    access = told["access-token"]
    [entry] = access["authorization_details"]
    found = (access["idp"], entry["relation"], entry["customer_number"], entry["company"])
    if found != (provider, relation, customer.number, customer.company.id):
        raise Wrong("the access token is about somebody else")
    if told["userinfo"]["authorization_details"] != [entry]:
        raise Wrong("/userinfo tells of other customers than the access token")
    if not told["id-token"]["sub"] == told["userinfo"]["sub"] == access["sub"]:
        raise Wrong("the three do not name the same person")


def _numbers(customer: DemoCustomer) -> dict[str, str]:
    return {"customer_number": customer.number, "invoice_number": str(customer.latest)}


def _arrived(page: Page, address: str) -> None:
    _expect(page, httpx2.codes.OK, address)


def _expect(page: Page, status: int, address: str) -> None:
    if page.status != status or page.address.partition("?")[0] != address:
        raise Wrong(f"expected {address} with {int(status)}, came to {page}")


def _bound(way: Callable[[str], Awaitable[None]], provider: str) -> Callable[[], Awaitable[None]]:
    return lambda: way(provider)


async def _try(name: str, way: Callable[[], Awaitable[None]], console: Console) -> bool:
    try:
        await way()
    except (LostWay, Wrong, KeyError, ValueError, httpx2.HTTPError) as error:
        console.print(f"✗ {name}: {error}", style="red", highlight=False)
        return False
    console.print(f"✓ {name}", style="green", highlight=False)
    return True
