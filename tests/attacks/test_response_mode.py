"""Requirement 77: how an answer travels is one of two ways, and its page cannot be written into."""

from html.parser import HTMLParser

import pytest

from tests.house import ISSUER, REDIRECT, TestHouse, authorize_url
from tests.walking import FORM_POST, is_at_portal, page_number, somebody_new

pytestmark = pytest.mark.asyncio(loop_scope="session")


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def _tags(html: str) -> list[tuple[str, dict[str, str | None]]]:
    reader = _Tags()
    reader.feed(html)
    return reader.tags


@pytest.mark.parametrize(
    "mode", ["fragment", "web_message", "query.jwt", "form_post.jwt", "jwt", "Query", "x y", "form"]
)
async def test_an_unknown_mode_is_an_error_in_the_query(shared_house: TestHouse, mode: str) -> None:
    """`invalid_request`, in the way that codes travel by default."""
    browser = await shared_house.browser().go(authorize_url(response_mode=mode))
    assert is_at_portal(browser)
    assert browser.query["error"] == "invalid_request"


INJECTIONS = [
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "</form><form action=https://evil.example>",
    '" autofocus onfocus="alert(1)',
    "{{ 7*7 }}{% for x in y %}",
    "line\r\nbreak\ttab",
    "&lt;&#x27;&amp;",
    "\u2028\u2029å😀",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("state", INJECTIONS, ids=ascii)
async def test_state_cannot_break_out_of_the_form(shared_house: TestHouse, state: str) -> None:
    """One form, to the registered address, with the value exactly as it was sent."""
    browser = await shared_house.browser().go(
        authorize_url(response_mode="form_post", prompt="none", state=state)
    )
    assert page_number(browser) == FORM_POST
    tags = _tags(browser.text)
    assert [a["action"] for t, a in tags if t == "form"] == [REDIRECT]
    assert sum(tag == "script" for tag, _ in tags) == 1
    assert not any(name.startswith("on") for _, attributes in tags for name in attributes)
    fields = {str(a["name"]): a.get("value") for t, a in tags if t == "input"}
    assert fields["state"] == state
    assert fields["error"] == "login_required"
    assert fields["iss"] == ISSUER


async def test_the_forms_policy_lets_one_script_and_one_target_through(
    shared_house: TestHouse,
) -> None:
    """The script by its hash; no inline script, no frame, no caching (74, 75)."""
    browser = await shared_house.browser().go(authorize_url("open", response_mode="form_post"))
    await browser.submit("google")
    await browser.submit(person=somebody_new())
    assert page_number(browser) == FORM_POST
    policy = browser.page.headers["content-security-policy"]
    assert "script-src 'sha256-" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert browser.page.headers["cache-control"] == "no-store"
    fields = browser.forms[0].fields
    assert fields.keys() == {"code", "state", "iss"}


@pytest.mark.parametrize("state", INJECTIONS, ids=ascii)
async def test_state_cannot_split_the_redirect(shared_house: TestHouse, state: str) -> None:
    """In the query it comes back as it was sent, as one parameter."""
    browser = await shared_house.browser().go(authorize_url(prompt="none", state=state))
    assert is_at_portal(browser)
    assert browser.query.keys() == {"error", "state", "iss"}
    assert browser.query["state"] == state
