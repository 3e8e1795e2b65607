"""I cannot use a mouse, my screen is narrow, and scripts are switched off.

Chromium walks through a first login by Tab, arrow, space and Enter alone, against a demo that runs
as a process of its own.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from broker.dev.cast import KARIN
from broker.dev.ports import take_free_ports
from tests.chromium import chromium
from tests.keyboard import Keyboard

pytestmark = [pytest.mark.browser, pytest.mark.processes]

START_SECONDS = 40
GRID = KARIN[1]


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

    @property
    def wrong_number(self) -> str:
        """Nobody's, and one of their own: many mistakes on one number ask for more."""
        return f"99{self.width:04}" if self.language == "sv-SE" else f"98{self.width:04}"


VISITORS = (
    Visitor("Karin", "sv-SE", 320),
    Visitor("Nils", "sv-SE", 1280),
    Visitor("Eva", "en-GB", 320),
    Visitor("Åsa-Märta", "en-GB", 1280),
)


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
        person.fill(customer_number=visitor.wrong_number, invoice_number=visitor.wrong_number)
        person.look("5-wrong")
        assert spoken.wrong in page.inner_text("[role=alert]")
        expect(page.locator("[role=alert]")).to_be_focused()
        person.fill(customer_number=GRID.number, invoice_number=str(GRID.latest))
        person.look("6-done")
        person.press(spoken.done)

        assert page.url.startswith(demo)
        person.look("7-portal")
