"""I cannot use a mouse, my screen is narrow, and scripts are switched off.

Chromium walks through a first login by Tab, arrow, space and Enter alone, against a demo that runs
as a process of its own.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from broker.dev.cast import KARIN
from broker.dev.ports import take_free_ports
from tests.chromium import chromium

pytestmark = [pytest.mark.browser, pytest.mark.processes]

ENOUGH_TABS = 40
START_SECONDS = 40
GRID = KARIN[1]
READ_FOCUS = """() => {
  const it = document.activeElement
  const label = it.labels && it.labels.length ? it.labels[0] : it
  return (label.innerText || label.textContent || '').trim().split('\\n')[0]
}"""


@dataclass(frozen=True)
class Words:
    """What to look for on the pages."""

    sign_in: str
    first: str
    mine: str
    go_on: str
    go_on_as: str
    done: str
    skip: str
    other_language: str
    device: str
    stay: str
    remember: str
    wrong: str


SPOKEN = {
    "sv-SE": Words(
        sign_in="Logga in med Google",
        first="Jag loggar in för första gången",
        mine="Mitt eget",
        go_on="Fortsätt",
        go_on_as="Fortsätt som",
        done="Fortsätt till",
        skip="Hoppa till innehållet",
        other_language="English",
        device="Egen enhet? Förbli inloggad",
        stay="Jag vill förbli inloggad på den här enheten",
        remember="Kom ihåg mitt val på den här enheten",
        wrong="Numren stämmer inte ihop",
    ),
    "en-GB": Words(
        sign_in="Sign in with Google",
        first="I am signing in for the first time",
        mine="My own",
        go_on="Continue",
        go_on_as="Continue as",
        done="Continue to",
        skip="Skip to the content",
        other_language="Svenska",
        device="Your own device? Stay signed in",
        stay="I want to stay signed in on this device",
        remember="Remember my choice on this device",
        wrong="The numbers do not belong together",
    ),
}


@dataclass(frozen=True)
class Visitor:
    """Somebody in the emulated cast, their language and the width of their screen."""

    name: str
    language: str
    width: int

    def __str__(self) -> str:
        return f"{self.language} {self.width}"


VISITORS = (
    Visitor("Karin", "sv-SE", 320),
    Visitor("Nils", "sv-SE", 1280),
    Visitor("Eva", "en-GB", 320),
    Visitor("Åsa-Märta", "en-GB", 1280),
)


@dataclass
class Keyboard:
    """A person at the keyboard: what they pass on the way is kept."""

    page: Page
    shots: Path
    width: int
    passed: list[str] = field(default_factory=list)

    def focus(self) -> str:
        """The label or text of what has the focus."""
        return str(self.page.evaluate(READ_FOCUS))

    def tab_to(self, text: str) -> None:
        """Press Tab until something that begins so has the focus."""
        self.passed = []
        for _ in range(ENOUGH_TABS):
            self.page.keyboard.press("Tab")
            self.passed.append(self.focus())
            if self.passed[-1].startswith(text):
                return
        raise AssertionError(f"Tab does not reach {text!r}: {self.passed}")

    def press(self, text: str) -> None:
        """Tab to a button or link, and press it."""
        self.tab_to(text)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def choose(self, text: str) -> None:
        """Tab to a choice, and take it."""
        self.tab_to(text)
        self.page.keyboard.press("Space")

    def look(self, name: str) -> None:
        """Nothing has to be scrolled sideways; a picture is kept for those who want to see."""
        self.page.screenshot(path=self.shots / f"{name}.png", full_page=True)
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.width, name


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The portal's address in a demo of its own."""
    base, listening = take_free_ports()
    for sockets in listening:
        for each in sockets:
            each.close()
    log = tmp_path_factory.mktemp("demo") / "output.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "broker.dev", "--port", str(base)],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_ready(process, f"http://localhost:{base}/readyz", log)
            yield f"http://localhost:{base + 2}"
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        try:
            if httpx2.get(url).is_success:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"the demo did not start: {log.read_text()}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, started once."""
    with chromium() as started:
        yield started


def window(browser: Browser, visitor: Visitor) -> BrowserContext:
    """A window without scripts."""
    viewport: Any = {"width": visitor.width, "height": 640}
    return browser.new_context(
        java_script_enabled=False, locale=visitor.language, viewport=viewport
    )


@pytest.mark.parametrize("visitor", VISITORS, ids=str)
def test_a_first_login_by_keyboard_alone(
    browser: Browser, demo: str, tmp_path: Path, visitor: Visitor
) -> None:
    """From the portal to the portal, a wrong pair on the way, in an order that makes sense."""
    spoken = SPOKEN[visitor.language]
    with closing(window(browser, visitor)) as context:
        page = context.new_page()
        person = Keyboard(page, tmp_path, visitor.width)
        page.goto(f"{demo}/{GRID.company.id}/login")

        person.look("1-choose")
        person.tab_to(spoken.device)
        assert person.passed == [spoken.skip, spoken.other_language, spoken.device]
        page.keyboard.press("Enter")
        start = spoken.sign_in.removesuffix("Google")
        person.tab_to(f"{start}Yahoo")
        assert person.passed[:2] == [spoken.stay, spoken.remember]
        buttons = [text.removeprefix(start) for text in person.passed[2:]]
        assert buttons == ["Microsoft", "Google", "Facebook", "Yahoo"]
        page.reload()
        person.press(spoken.sign_in)
        person.press(f"{spoken.go_on_as} {visitor.name}")

        person.look("2-not-recognised")
        person.choose(spoken.first)
        person.press(spoken.go_on)
        person.look("3-whose")
        person.choose(spoken.mine)
        person.press(spoken.go_on)

        person.look("4-numbers")
        type_numbers(person, GRID.number, "4000000")
        person.look("5-wrong")
        assert spoken.wrong in page.inner_text("[role=alert]")
        expect(page.locator("[role=alert]")).to_be_focused()
        type_numbers(person, GRID.number, str(GRID.latest))
        person.look("6-done")
        person.press(spoken.done)

        assert page.url.startswith(demo)
        person.look("7-portal")


def type_numbers(person: Keyboard, customer: str, invoice: str) -> None:
    """Fill in both fields, and send with Enter as one does."""
    fields = ("customer_number", "invoice_number")
    for name, number in zip(fields, (customer, invoice), strict=True):
        label = person.page.inner_text(f"label[for={name}]")
        person.tab_to(label)
        person.page.keyboard.press("Control+A")
        person.page.keyboard.type(number)
    with person.page.expect_navigation():
        person.page.keyboard.press("Enter")
