"""Every page in Chromium: axe, narrow screens, keyboard, the policy in force.

Requests are answered from memory; nothing leaves the machine.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import axe_core_python
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Route, expect, sync_playwright
from playwright.sync_api import Page as Tab

from broker.pages.assets import StaticFiles
from broker.pages.brands import Brand
from broker.pages.faces import LANGUAGES, Language
from broker.pages.policy import FORM_POST_SCRIPT_HASH, content_security_policy
from broker.pages.render import Pages
from tests.pages import samples

pytestmark = pytest.mark.browser

ORIGIN = "https://login.example.se"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FOCUSABLE = (
    "[...document.querySelectorAll('a[href], button:not([disabled]), summary, "
    "input:not([type=hidden])')].filter(e => e.checkVisibility())"
)
EACH = [
    pytest.param(name, language, id=f"{name}-{language}")
    for name in samples.pages()
    if name != "form-post"
    for language in LANGUAGES
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, started once."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=ARGUMENTS, timeout=60_000
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def tab(chromium: Browser, pages: Pages, static: StaticFiles) -> Iterator[Tab]:
    """A tab where `/{page}.{brand}.{language}` is that page, under its policy."""
    brands = {brand.id: brand for brand in samples.BRANDS}

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).partition("?")[0]
        served = path.removeprefix("/static/")
        if served in static.files:
            file = static.files[served]
            route.fulfill(body=file.content, content_type=file.content_type)
        elif route.request.url.startswith(ORIGIN) and path.count(".") == 2:
            name, brand, language = path.strip("/").split(".")
            body = _render(pages, name, brands[brand], "sv" if language == "sv" else "en")
            script = FORM_POST_SCRIPT_HASH if name == "form-post" else None
            policy = content_security_policy(script_hash=script)
            headers = {"Content-Security-Policy": policy}
            route.fulfill(body=body, content_type="text/html; charset=utf-8", headers=headers)
        else:
            route.fulfill(status=200, body="elsewhere", content_type="text/plain")

    context = chromium.new_context()
    context.route("**/*", answer)
    yield context.new_page()
    context.close()


def _render(pages: Pages, name: str, brand: Brand, language: Language) -> str:
    return pages.render(samples.pages()[name], samples.frame_of(name, brand, language))


def _open(tab: Tab, name: str, language: str, *, brand: str = "default", width: int) -> None:
    tab.set_viewport_size({"width": width, "height": 800})
    tab.goto(f"{ORIGIN}/{name}.{brand}.{language}")


def _violations(tab: Tab) -> list[Any]:
    tab.evaluate(AXE)
    report = tab.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
    )
    return [(v["id"], [n["html"] for n in v["nodes"]]) for v in report["violations"]]


@pytest.mark.parametrize(("name", "language"), EACH)
def test_axe_finds_nothing(tab: Tab, name: str, language: str) -> None:
    """WCAG 2.2 AA and the best practices, with everything unfolded; a brand per language."""
    brand = "default" if language == "sv" else "warm"
    _open(tab, name, language, brand=brand, width=1280)
    tab.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert _violations(tab) == []


@pytest.mark.parametrize(("name", "language"), EACH)
def test_fits_a_narrow_screen(tab: Tab, name: str, language: str) -> None:
    """At 320 px nothing has to be scrolled sideways (WCAG 1.4.10), and targets are large."""
    _open(tab, name, language, brand="warm", width=320)
    tab.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert tab.evaluate("document.documentElement.scrollWidth") == 320
    small = tab.evaluate(
        "[...document.querySelectorAll('button, .button, .provider, summary, input[type=text]')]"
        ".filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"
    )
    assert small == []


@pytest.mark.parametrize("name", ["choose", "verify-mismatch", "consent", "doors"])
def test_the_keyboard_reaches_everything_and_shows_where_it_is(tab: Tab, name: str) -> None:
    """Tab goes through every link, button and field, each with a visible outline (WCAG 2.4.7)."""
    _open(tab, name, "sv", width=1280)
    reachable = tab.evaluate(f"{FOCUSABLE}.length")
    outlines = {}
    for _ in range(reachable + 2):
        tab.keyboard.press("Tab")
        tag, html, style, width = tab.evaluate(
            "(e => [e.tagName, e.outerHTML, getComputedStyle(e).outlineStyle,"
            " parseFloat(getComputedStyle(e).outlineWidth)])(document.activeElement)"
        )
        if tag != "BODY":
            outlines[html] = (style, width >= 2)
    unique = tab.evaluate(f"new Set({FOCUSABLE}.map(e => e.outerHTML)).size")
    assert len(outlines) == unique
    assert set(outlines.values()) == {("solid", True)}


def test_the_summary_of_errors_has_the_focus(tab: Tab) -> None:
    """Without any script, so that a screen reader begins there."""
    _open(tab, "verify-mistakes", "sv", width=1280)
    expect(tab.locator("[role=alert]")).to_be_focused()


def test_works_under_its_policy_without_a_complaint(tab: Tab) -> None:
    """The style sheet is applied and the browser refuses nothing."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        complaints.append(message.text)

    tab.on("console", note)
    for name in ("choose", "verify-mismatch", "done"):
        _open(tab, name, "sv", brand="warm", width=1280)
    colour = tab.evaluate("getComputedStyle(document.querySelector('.button')).backgroundColor")
    tab.remove_listener("console", note)
    assert colour == "rgb(122, 46, 14)"
    assert complaints == []


def test_the_answer_sends_itself(tab: Tab) -> None:
    """The hashed script is let through by the policy and posts the form to the client."""
    with tab.expect_request("https://minasidor.example.se/cb") as sent:
        _open(tab, "form-post", "sv", width=1280)
    assert sent.value.method == "POST"
    assert sent.value.post_data == "code=c&state=%22%3E%3Cb%3E"


def test_long_names_do_not_break_the_layout(tab: Tab, pages: Pages) -> None:
    """A company, portal and account with long names still fit 320 px."""
    frame = samples.frame()
    long = "Norra Björkviksbygdens Energidistributionsförening"
    company = replace(samples.ELNAT, name=long, legal_name=long + " ekonomisk förening")
    client = replace(samples.CLIENT, name="Distributionsföreningens kundsidor")
    page = replace(samples.pages()["done"], label="m•••@distributionsforeningen.example.se")
    html = pages.render(page, replace(frame, company=company, client=client))
    tab.set_viewport_size({"width": 320, "height": 800})
    tab.goto(f"{ORIGIN}/done.default.sv")
    tab.set_content(html)
    tab.wait_for_load_state("networkidle")
    assert tab.evaluate("document.documentElement.scrollWidth") == 320
