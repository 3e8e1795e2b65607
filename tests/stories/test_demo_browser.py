"""The demo in a real browser, without JavaScript: what a new user of this project sees first."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from broker.dev.cast import KARIN
from broker.dev.records import invoice_id
from tests.chromium import chromium as launched

AT_GRID = KARIN[1]
PATIENCE = 10_000  # milliseconds

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.fixture(scope="module")
def portal() -> Iterator[str]:
    """The portal's address in a demo of its own, on free ports."""
    command = [sys.executable, "-m", "broker.dev", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as demo:
        lines = iter(demo.stdout or ())
        found = (re.search(r"http://localhost:\d+(?=/elnat)", line) for line in lines)
        try:
            yield next(match[0] for match in found if match)
            demo.terminate()
            assert demo.wait(timeout=15) == 0
        finally:
            demo.kill()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with launched() as browser:
        yield browser


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console said: a policy that blocks something says it there."""
    return []


@pytest.fixture
def page(chromium: Browser, complaints: list[str]) -> Iterator[Page]:
    """A tab of a browser that knows nothing yet."""
    yield from a_tab(chromium, complaints)


def a_tab(chromium: Browser, complaints: list[str]) -> Iterator[Page]:
    """Swedish, a phone's width, no JavaScript."""
    context = chromium.new_context(
        locale="sv-SE", viewport={"width": 320, "height": 640}, java_script_enabled=False
    )
    context.set_default_timeout(PATIENCE)
    tab = context.new_page()
    tab.on("console", lambda message: complaints.append(message.text))
    yield tab
    context.close()


def sign_in(page: Page, provider: str, person: str) -> None:
    """The provider's button, and the person's at the emulated provider."""
    page.locator(f"button[value={provider}]").click()
    page.locator(f"button[value={person}]").click()


def prove(page: Page) -> None:
    """First time, my own number, the two numbers, and on from the page that says it is done."""
    page.get_by_label("Jag loggar in för första gången").check()
    page.get_by_role("button", name="Fortsätt").click()
    page.locator("input[value=mine]").check()
    page.get_by_role("button", name="Fortsätt").click()
    page.locator("#customer_number").fill(AT_GRID.number)
    page.locator("#invoice_number").fill(str(AT_GRID.latest))
    page.get_by_role("button", name="Fortsätt").click()
    page.get_by_role("button", name="Fortsätt till Mina sidor elnät").click()


@pytest.mark.parametrize("provider", ["microsoft", "google", "facebook", "yahoo"])
def test_first_the_numbers_then_one_click(
    portal: str, chromium: Browser, page: Page, complaints: list[str], provider: str
) -> None:
    """From a letter's link to the invoice, and the next time with nothing but the account."""
    letter = f"{portal}/elnat/invoices/{invoice_id(AT_GRID, AT_GRID.latest)}"
    page.goto(letter)
    sign_in(page, provider, "karin")
    prove(page)
    expect(page).to_have_url(letter)
    expect(page.get_by_text(str(AT_GRID.latest), exact=True)).to_be_visible()

    for again in a_tab(chromium, complaints):
        again.goto(f"{portal}/elnat")
        again.get_by_role("link", name="Logga in").click()
        sign_in(again, provider, "karin")
        expect(again).to_have_url(f"{portal}/elnat")
        expect(again.get_by_text(AT_GRID.number, exact=True)).to_be_visible()
    assert complaints == []


def test_signing_out_leads_back_to_the_portal(
    portal: str, page: Page, complaints: list[str]
) -> None:
    """The portal's form ends two redirects away: no policy may stop it on the way."""
    page.goto(f"{portal}/elnat/login")
    sign_in(page, "google", "asa")
    prove(page)
    page.get_by_role("button", name="Logga ut").click()
    page.get_by_role("button", name="Ja, logga ut").click()
    expect(page.get_by_role("heading", name="Du är utloggad")).to_be_visible()
    page.goto(f"{portal}/elnat/invoices")
    expect(page.locator("button[value=google]")).to_be_visible()
    assert complaints == []


def test_pages_fit_a_narrow_screen(portal: str, page: Page) -> None:
    """Nothing of the portal has to be scrolled sideways at 320 pixels (WCAG 2.2, 1.4.10)."""
    page.goto(f"{portal}/elnat/login")
    sign_in(page, "microsoft", "eva")
    prove(page)
    for path in ("", "/invoices", "/consumption", "/claims", "/nowhere"):
        page.goto(f"{portal}/elnat{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
