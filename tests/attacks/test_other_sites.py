"""Requirements 75-77 in a real browser: a stranger's page, and a sibling host that is broken into.

A stranger's forms come without our cookies (SameSite). A sibling under the same registrable name
gets them carried along: there only the browser's word about where a form comes from is left.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page

from tests.chromium import chromium
from tests.house import read_claims
from tests.site_walk import (
    CUSTOMER,
    INVOICE,
    Window,
    be,
    choose,
    enter,
    frame_from,
    is_page,
    make_known,
    post_from,
    press,
    sign_in,
    window,
)
from tests.sites import BROKER, PORTAL, SIBLING, STRANGER, UPSTREAMS, Sites

pytestmark = pytest.mark.browser

BAD_REQUEST, METHOD_NOT_ALLOWED = 400, 405
FLOW, SESSION = "__Host-farstu-flow0", "__Host-farstu-session"
BLOCKED = "chrome-error://chromewebdata/"
FETCH = "(url) => fetch(url, {mode: 'no-cors', credentials: 'include'})"
ATTACKERS = pytest.mark.parametrize(
    ("attacker", "site"), [(STRANGER, "cross-site"), (SIBLING, "same-site")]
)


@pytest.fixture(scope="module")
def browser(sites: Sites) -> Iterator[Browser]:
    """Chromium, which knows where the sites are; Karin has been here before."""
    with chromium(*sites.chromium_arguments) as started:
        make_known(started)
        yield started


@pytest.fixture
def victim(browser: Browser) -> Iterator[Window]:
    """Somebody's window."""
    with window(browser) as opened:
        yield opened


@dataclass(frozen=True, slots=True)
class Forger:
    """The attacker's page in another tab of the victim's browser; it has somehow got the ticket."""

    victim: Window
    origin: str
    sites: Sites

    def forge(self, path: str, **typed: str) -> None:
        """Post what the victim's page would; it is refused, and the victim's page stays."""
        page = self.victim.page
        ticket = page.locator("input[name=ticket]").first.get_attribute("value") or ""
        tab = self.victim.context.new_page()
        tab.goto(self.origin)
        assert post_from(tab, path, {"ticket": ticket, **typed}) == BAD_REQUEST
        tab.close()
        page.reload()
        assert is_page(page, path)

    @property
    def carried(self) -> frozenset[str]:
        """The cookies that came along with the last forged form."""
        return next(
            each.cookies
            for each in reversed(self.sites.broker.arrivals)
            if each.method == "POST" and each.site in {"cross-site", "same-site"}
        )


@ATTACKERS
def test_no_form_of_a_login_can_be_forged(
    victim: Window, sites: Sites, attacker: str, site: str
) -> None:
    """At every page of the way the attacker answers first; the login ends as the victim says."""
    page, forger = victim.page, Forger(victim, attacker, sites)
    enter(page, "client_id=consenting")
    forger.forge("/flow/choose", provider="facebook")
    choose(page, "tyra" if site == "cross-site" else "maria")
    forger.forge("/flow/new", answer="not_customer")
    page.get_by_label("Jag loggar in för första gången").check()
    press(page, "Fortsätt")
    forger.forge("/flow/whose", whose="helping")
    page.locator("input[value=mine]").check()
    press(page, "Fortsätt")
    forger.forge("/flow/verify", customer_number="100246", invoice_number="1007002")
    page.locator("#customer_number").fill(CUSTOMER)
    page.locator("#invoice_number").fill(INVOICE)
    press(page, "Fortsätt")
    forger.forge("/flow/done")
    page.get_by_role("button", name="Fortsätt till").click()
    forger.forge("/flow/consent", answer="no")
    assert sites.broker.last("/flow/consent", "POST").site == site
    assert (FLOW in forger.carried) == (site == "same-site")
    press(page, "Ja, fortsätt")
    page.wait_for_url(f"{PORTAL}/callback?*")
    [entry] = read_claims(sites.portal.told[-1].tokens["access_token"])["authorization_details"]
    assert entry["customer_number"] == CUSTOMER


@ATTACKERS
def test_nobody_else_leaves_for_me(victim: Window, sites: Sites, attacker: str, site: str) -> None:
    """Neither back to the portal as no customer, nor out of the session."""
    page, forger = victim.page, Forger(victim, attacker, sites)
    enter(page)
    choose(page, "eva")
    page.get_by_label("Jag är inte kund").check()
    press(page, "Fortsätt")
    forger.forge("/flow/leave")

    victim.context.clear_cookies()
    sign_in(page)
    page.goto(f"{BROKER}/logout")
    forger.forge("/logout", answer="yes")
    assert (SESSION in forger.carried) == (site == "same-site")
    enter(page)
    page.wait_for_url(f"{PORTAL}/callback?*")


@ATTACKERS
def test_nothing_on_a_page_signs_me_out(
    victim: Window, sites: Sites, attacker: str, site: str
) -> None:
    """Fetched as an image is, a sign-out takes nothing from the browser (81)."""
    page = victim.page
    sign_in(page)
    before = victim.cookies(BROKER)
    page.goto(attacker)
    page.evaluate(FETCH, f"{BROKER}/logout?client_id=portal")
    asked = sites.broker.last("/logout")
    assert (asked.site, SESSION in asked.cookies) == (site, site == "same-site")
    assert victim.cookies(BROKER) == before
    enter(page)
    page.wait_for_url(f"{PORTAL}/callback?*")


@ATTACKERS
def test_no_page_stands_in_another_sites_frame(
    victim: Window, sites: Sites, attacker: str, site: str
) -> None:
    """Clickjacking: neither an open page, nor one of a login, nor the sign-out."""
    page = victim.page
    enter(page)
    choosing = page.url
    choose(page, "karin")
    page.goto(attacker)
    for url in (f"{BROKER}/", f"{BROKER}/help", choosing, f"{BROKER}/logout", f"{BROKER}/nowhere"):
        assert frame_from(page, url) == BLOCKED, url
    assert frame_from(page, f"{STRANGER}/") == f"{STRANGER}/"


def test_a_providers_answer_is_not_taken_by_post(victim: Window) -> None:
    """Not even from the provider's own site; the login waits, and its real return is taken."""
    page = victim.page
    enter(page)
    choose(page)
    assert page.url.startswith(UPSTREAMS)
    tab = victim.context.new_page()
    tab.goto(page.url)
    answer = {"code": "a-code-of-the-attackers", "state": "a-state"}
    assert post_from(tab, "/callback/google", answer) == METHOD_NOT_ALLOWED
    be(page, "karin")
    page.wait_for_url(f"{PORTAL}/callback?*")


def test_a_sibling_cannot_plant_a_cookie(victim: Window, sites: Sites) -> None:
    """`__Host-` names are the host's alone: the browser drops them when a domain is given."""
    page = victim.page
    page.goto(SIBLING)
    for name in ("__Host-farstu-session", "__Host-farstu-flow0", "planted"):
        plant(page, f"{name}=x; Domain=provberga-energi.example; Path=/; Secure")
    page.goto(f"{BROKER}/")
    assert sites.broker.last("/").cookies == {"planted"}


def plant(page: Page, cookie: str) -> None:
    """Set a cookie by script."""
    page.evaluate("(cookie) => { document.cookie = cookie }", cookie)
