"""Walking through the four sites of `tests.sites` in Chromium, with an ear on its console."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page

from tests.sites import BROKER, PORTAL

PATIENCE = 30_000  # milliseconds: the machine may have more to do
CUSTOMER, INVOICE = "100245", "1007001"
_TELL_OF_POLICY = """
document.addEventListener('securitypolicyviolation', (event) =>
  console.error(`${event.violatedDirective} stopped ${event.blockedURI} on ${location}`))
"""
_POST = """([action, fields]) => {
  const form = document.createElement('form')
  form.method = 'post'
  form.action = action
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement('input')
    input.name = name
    input.value = value
    form.append(input)
  }
  document.body.append(form)
  form.submit()
}"""
_FRAME = """(url) => {
  const frame = document.createElement('iframe')
  frame.src = url
  document.body.append(frame)
}"""


@dataclass(frozen=True, slots=True)
class Window:
    """A browser window that knows nothing yet; `complaints` is what the browser disliked."""

    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    def cookies(self, origin: str) -> dict[str, Any]:
        """The cookies that this site has set, by name."""
        return {each["name"]: each for each in self.context.cookies(origin)}  # type: ignore[typeddict-item]


@contextmanager
def window(browser: Browser, *, scripts: bool = True, width: int = 1280) -> Iterator[Window]:
    """Open one in Swedish, and close it."""
    viewport: Any = {"width": width, "height": 800}
    context = browser.new_context(locale="sv-SE", viewport=viewport, java_script_enabled=scripts)
    context.set_default_timeout(PATIENCE)
    context.add_init_script(_TELL_OF_POLICY)
    opened = Window(context, context.new_page())
    complain = opened.complaints.append
    context.on("console", lambda said: complain(f"{said.type}: {said.text}"))
    context.on("weberror", lambda error: complain(str(error.error)))
    context.on("request", lambda asked: _secure(asked.url, complain))
    yield opened
    context.close()


def _secure(url: str, complain: Any) -> None:
    if urlsplit(url).scheme not in {"https", "data"}:
        complain(f"asked for {url}")


def enter(page: Page, asking: str = "") -> None:
    """Follow the portal's own link, so that the portal is who sends the browser."""
    page.goto(f"{PORTAL}/?{asking}")
    page.get_by_role("link", name="In").click()


def sign_in(page: Page) -> None:
    """As Karin, who is known: one click here, one at Google."""
    enter(page)
    choose(page, "karin")
    page.wait_for_url(f"{PORTAL}/callback?*")


def make_known(browser: Browser) -> None:
    """Let Karin prove her customer number, unless she has."""
    with window(browser) as opened:
        enter(opened.page)
        choose(opened.page, "karin")
        if is_page(opened.page, "/flow/new"):
            prove(opened.page)


def choose(page: Page, person: str = "", provider: str = "google") -> None:
    """The provider's button here, and the person's there."""
    page.locator(f"button[value={provider}]").click()
    if person:
        be(page, person)


def be(page: Page, person: str) -> None:
    """The person's button at the provider, and past the page that tells of newcomers."""
    page.locator(f"button[value={person}]").click()
    if is_page(page, "/flow/done") and (seen := page.locator("button[name=seen]")).count():
        seen.click()  # others were connected to the same customer since


def prove(page: Page) -> None:
    """For the first time, my own, the two numbers, and on to where I came from."""
    to_numbers(page)
    page.locator("#customer_number").fill(CUSTOMER)
    page.locator("#invoice_number").fill(INVOICE)
    press(page, "Fortsätt")
    page.get_by_role("button", name="Fortsätt till").click()


def to_numbers(page: Page) -> None:
    """The two questions before the numbers."""
    page.get_by_label("Jag loggar in för första gången").check()
    press(page, "Fortsätt")
    page.locator("input[value=mine]").check()
    press(page, "Fortsätt")


def press(page: Page, name: str) -> None:
    """The button that is called exactly this."""
    page.get_by_role("button", name=name, exact=True).click()


def frame_from(page: Page, url: str) -> str:
    """Have the page that is open show this address in a frame; where the frame came to stand."""
    with page.expect_event("framenavigated", lambda frame: urlsplit(frame.url).netloc) as came:
        page.evaluate(_FRAME, url)
    return str(came.value.url)


def post_from(page: Page, path: str, fields: dict[str, str]) -> int:
    """Have the page that is open, whosever it is, post a form to the broker; the status."""
    with page.expect_navigation() as navigation:
        page.evaluate(_POST, [f"{BROKER}{path}", fields])
    answer = navigation.value
    assert answer is not None
    return answer.status


def is_page(page: Page, path: str) -> bool:
    """Whether the broker shows this page."""
    return page.url.startswith(f"{BROKER}{path}?") or page.url == f"{BROKER}{path}"
