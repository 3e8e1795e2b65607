"""I go from my portal to the login, to my provider and back: three sites, all on https.

What only shows between real sites is told here: which cookies a browser carries along, which forms
a policy lets out, and what a hidden frame is told.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Error, Page

from tests.chromium import chromium
from tests.house import CHALLENGE
from tests.keyboard import Keyboard
from tests.plain_portal import ASKED, LAX, PlainPortal
from tests.site_walk import (
    CUSTOMER,
    INVOICE,
    Window,
    choose,
    enter,
    is_page,
    make_known,
    press,
    prove,
    sign_in,
    window,
)
from tests.sites import (
    APP_REDIRECT,
    BROKER,
    EXAMPLE_PORTAL,
    IMPOSTOR,
    PORTAL,
    UPSTREAMS,
    Sites,
)

pytestmark = pytest.mark.browser

APP_REQUEST = {
    "client_id": "app",
    "redirect_uri": APP_REDIRECT,
    "response_type": "code",
    "scope": "openid",
    "state": "the-apps-state",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
FLOW, SESSION, LAST_USED = "__Host-farstu-flow0", "__Host-farstu-session", "__Host-farstu-last"
NARROW = 320


@pytest.fixture(scope="module")
def browser(sites: Sites) -> Iterator[Browser]:
    """Chromium, which knows where the sites are; Karin has been here before."""
    with chromium(*sites.chromium_arguments) as started:
        make_known(started)
        yield started


@pytest.fixture
def me(browser: Browser) -> Iterator[Window]:
    """My window; the browser had nothing to complain of when it is closed."""
    with window(browser) as opened:
        yield opened
        assert opened.complaints == []


@pytest.fixture
def page(me: Window) -> Page:
    """What is in front of me."""
    return me.page


def is_welcome(page: Page) -> bool:
    """Whether the portal has let me in, with tokens of its own."""
    page.get_by_role("heading", name="Välkommen").wait_for()
    return page.url.startswith(f"{PORTAL}/callback")


def test_a_name_without_its_certificate_is_nobody(browser: Browser) -> None:
    """The browser of these stories verifies: a site of another CA is not shown."""
    with window(browser) as opened, pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
        opened.page.goto(IMPOSTOR)


def test_once_here_the_browser_stays_on_https(browser: Browser) -> None:
    """Strict-Transport-Security: a link of the old kind leads to us all the same."""
    with window(browser) as opened:
        with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):  # nothing stands on port 80
            opened.page.goto(BROKER.replace("https", "http"))
        tab = opened.context.new_page()
        tab.goto(BROKER)
        tab.goto(BROKER.replace("https", "http"))
        assert is_page(tab, "/")


def test_first_the_numbers_then_one_click(me: Window, page: Page, sites: Sites) -> None:
    """Each return from another site finds the cookies of the login that left."""
    enter(page)
    choose(page, "nils")
    prove(page)
    assert is_welcome(page)
    back = sites.broker.last("/callback/google")
    assert (back.site, back.cookies) == ("cross-site", {FLOW})
    assert sites.portal.told[-1].fields.keys() == {"code", "state", "iss"}
    assert sites.portal.told[-1].fields["iss"] == BROKER

    me.context.clear_cookies()
    enter(page)
    choose(page, "nils")
    assert is_welcome(page)


def test_a_session_is_carried_from_portal_to_portal(page: Page, sites: Sites) -> None:
    """Signed in at one, the other's redirect brings the session along: nothing is asked."""
    sign_in(page)
    page.goto(f"{EXAMPLE_PORTAL}/elnat/claims")
    page.wait_for_url(f"{EXAMPLE_PORTAL}/elnat/claims")
    assert BROKER in page.inner_text("#id-token")
    assert SESSION in sites.broker.last("/flow").cookies


def test_every_cookie_is_bound_to_its_host(me: Window, page: Page) -> None:
    """The browser took the `__Host-` prefix, which it does for Secure, Path=/ and no Domain."""
    enter(page)
    seen = dict(me.cookies(BROKER))
    page.get_by_text("Egen enhet?").click()
    page.get_by_label("Kom ihåg mitt val").check()
    choose(page, "karin")
    assert is_welcome(page)
    left = me.cookies(BROKER)
    assert (seen.keys(), left.keys()) == ({FLOW}, {SESSION, LAST_USED})
    for name, cookie in (seen | left).items():
        kind = (cookie["secure"], cookie["httpOnly"], cookie["sameSite"], cookie["path"])
        assert kind == (True, True, "Lax", "/"), name
        assert cookie["domain"] == "login.provberga-energi.example", name
    assert seen[FLOW]["expires"] == left[SESSION]["expires"] == -1


def test_an_answer_is_posted_across_sites_by_itself(page: Page, sites: Sites) -> None:
    """`form_post`: our one script runs under its hash, and the portal gets the answer."""
    enter(page, "response_mode=form_post")
    choose(page, "karin")
    assert is_welcome(page)
    assert_posted(sites.portal)


def test_an_answer_is_posted_by_a_button_without_scripts(browser: Browser, sites: Sites) -> None:
    """The same with scripts switched off: one press more."""
    with window(browser, scripts=False) as opened:
        enter(opened.page, "response_mode=form_post")
        choose(opened.page, "karin")
        press(opened.page, "Fortsätt")
        assert is_welcome(opened.page)
        assert opened.complaints == []
    assert_posted(sites.portal)


def assert_posted(portal: PlainPortal) -> None:
    """A portal must not need a Lax cookie for this: the browser leaves it at home."""
    told = portal.told[-1]
    assert (told.method, told.site) == ("POST", "cross-site")
    assert told.fields.keys() == {"code", "state", "iss"}
    assert ASKED in told.cookies
    assert LAX not in told.cookies


@pytest.mark.parametrize("asking", ["", "prompt=none", "response_mode=form_post"])
def test_a_portal_may_ask_by_post(page: Page, sites: Sites, asking: str) -> None:
    """The POST comes without my session, yet I am recognised: it is read one redirect later."""
    sign_in(page)
    page.goto(f"{PORTAL}/login-by-post?{asking}")
    press(page, "Vidare")
    assert is_welcome(page)
    asked = sites.broker.last("/authorize", "POST")
    assert (asked.site, asked.cookies) == ("cross-site", set())


def test_a_portal_may_ask_by_post_when_nobody_is_signed_in(page: Page) -> None:
    """The login's own cookie is set by the answer to the POST, and is there on the next page."""
    page.goto(f"{PORTAL}/login-by-post")
    press(page, "Vidare")
    choose(page, "karin")
    assert is_welcome(page)


@pytest.mark.parametrize("provider", ["microsoft", "facebook", "yahoo"])
def test_no_policy_stops_the_way_to_a_provider(page: Page, provider: str) -> None:
    """The form on our page ends at the provider's site: form-action counts the whole chain."""
    enter(page)
    choose(page, provider=provider)
    assert page.url.startswith(f"{UPSTREAMS}/{provider}/")
    page.locator("button[value=asa]").click()
    assert is_page(page, "/flow/new")


def test_no_policy_stops_the_way_back_after_consent(page: Page, sites: Sites) -> None:
    """No leads to the portal with the reason, yes leads there with a code."""
    sign_in(page)
    asking = "client_id=consenting&prompt=consent"
    enter(page, asking)
    page.locator("button[value=no]").click()
    page.get_by_role("heading", name="Inte inloggad").wait_for()
    assert sites.portal.told[-1].fields["error"] == "access_denied"
    enter(page, asking)
    page.locator("button[value=yes]").click()
    assert is_welcome(page)


def test_no_policy_stops_the_way_to_an_app(browser: Browser) -> None:
    """An app's own scheme is let out of the form too: the browser turns to the app's address."""
    with window(browser) as opened:
        opened.page.goto(f"{BROKER}/authorize?{urlencode(APP_REQUEST)}")
        choose(opened.page, "karin")
        assert is_page(opened.page, "/flow/consent")
        with opened.page.expect_request(re.compile(re.escape(f"{APP_REDIRECT}?code="))) as asked:
            press(opened.page, "Ja, fortsätt")
        assert opened.complaints == [f"asked for {asked.value.url}"]


def test_a_hidden_frame_is_told_to_ask_properly(me: Window, page: Page, sites: Sites) -> None:
    """No cookie of ours comes along into a frame of another site: `login_required`, at once."""
    sign_in(page)
    before = me.cookies(BROKER)
    with page.expect_response(re.compile(re.escape(f"{PORTAL}/callback?"))) as answered:
        page.goto(f"{PORTAL}/silent")
    answered.value.finished()
    told, asked = sites.portal.told[-1], sites.broker.last("/authorize")
    assert (asked.site, asked.cookies) == ("cross-site", set())
    assert told.fields.keys() == {"error", "state", "iss"}
    assert told.fields["error"] == "login_required"
    assert me.cookies(BROKER) == before

    enter(page, "prompt=none")
    assert is_welcome(page)


@pytest.mark.parametrize(("by", "name"), [("link", "Logga ut"), ("button", "Vidare")])
def test_i_sign_out_from_the_portal(me: Window, page: Page, by: Any, name: str) -> None:
    """By a link or by a form: I am asked at the broker, and land at the portal again."""
    sign_in(page)
    page.goto(f"{PORTAL}/leave")
    page.get_by_role(by, name=name).click()
    assert is_page(page, "/logout")
    press(page, "Ja, logga ut")
    page.wait_for_url(f"{PORTAL}/bye?state=hej-da")
    assert SESSION not in me.cookies(BROKER)
    enter(page)
    assert is_page(page, "/flow/choose")


def test_the_example_portal_signs_out_too(page: Page) -> None:
    """Its own form ends two redirects away, under its own policy."""
    page.goto(f"{EXAMPLE_PORTAL}/elnat/claims")
    choose(page, "karin")
    press(page, "Logga ut")
    press(page, "Ja, logga ut")
    page.wait_for_url(f"{EXAMPLE_PORTAL}/elnat/signed-out?state=*")


def test_the_keyboard_is_enough(browser: Browser, tmp_path: Path) -> None:
    """From the portal's link to the portal's welcome, without mouse and scripts, narrow."""
    with window(browser, scripts=False, width=NARROW) as opened:
        person = Keyboard(opened.page, tmp_path, NARROW)
        opened.page.goto(f"{PORTAL}/?response_mode=form_post")
        person.press("In")
        person.look("choose")
        person.press("Logga in med Yahoo")
        person.press("Fortsätt som Nils")
        person.choose("Jag loggar in för första gången")
        person.press("Fortsätt")
        person.choose("Mitt eget")
        person.press("Fortsätt")
        person.look("numbers")
        person.fill(customer_number=CUSTOMER, invoice_number=INVOICE)
        person.press("Fortsätt till")
        person.look("sent-on")
        person.press("Fortsätt")
        assert is_welcome(opened.page)
        assert opened.complaints == []
