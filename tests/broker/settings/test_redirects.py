"""Which addresses a client may register for answers (requirement 42, RFC 9700 section 2.1)."""

from collections.abc import Callable
from typing import Any

import pytest

from broker.settings.addresses import is_ip_literal
from broker.settings.problem import Problem

Judge = Callable[[dict[str, Any]], list[Problem]]
PORTAL = "clients/mina-sidor"

REFUSED = [
    "",
    "/callback",
    "minasidor.example.se/callback",
    "//minasidor.example.se/callback",
    "http://minasidor.example.se/callback",
    "ftp://minasidor.example.se/callback",
    "https:///callback",
    "https:minasidor.example.se",
    "https://",
    "https://minasidor.example.se/callback#",
    "https://minasidor.example.se/callback#top",
    "https://user@minasidor.example.se/callback",
    "https://user:word@minasidor.example.se/callback",
    "https://@minasidor.example.se/callback",
    "https://192.0.2.7/callback",
    "https://[2001:db8::7]/callback",
    "https://3221225991/callback",
    "https://0xc0.0x2.7/callback",
    "https://192.0.2.7./callback",
    "https://*.example.se/callback",
    "https://minasidor.example.se/*",
    "https://minasidor..example.se/callback",
    "https://-minasidor.example.se/callback",
    "https://mina_sidor.example.se/callback",
    "https://minasidor.example.se:port/callback",
    "https://minasidor.example.se:70000/callback",
    "https://minasidor.example.se/a/../callback",
    "https://minasidor.example.se/a/%2e%2E/callback",
    "https://minasidor.example.se/./callback",
    "https://minasidor.example.se\\@attack.example/callback",
    "https://minasidor.example.se/call back",
    " https://minasidor.example.se/callback",
    "https://minasidor.example.se/callback\n",
    "https://minasidor.example.se/callback\x00",
    "https://minåsidor.example.se/callback",
    "https://minasidor.example.se/callback?code=x",
    "https://minasidor.example.se/callback?a=1&state=",
    "https://minasidor.example.se/callback?iss=x",
    "https://login.example.se/callback",
    "https://LOGIN.example.se/callback",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://minasidor.example.se/1",
    "about:blank",
    "minasidor:/callback",
    "http://localhost.example.se/callback",
    "http://0.0.0.0/callback",
]


@pytest.mark.parametrize("key", ["redirect_uris", "post_logout_redirect_uris"])
@pytest.mark.parametrize("address", REFUSED)
def test_address_that_could_lose_an_answer_is_refused(
    address: str, key: str, problems_with: Judge
) -> None:
    """No answer goes where others can read it, or to what two readers take differently."""
    problems = problems_with({f"{PORTAL}/{key}": [address]})
    assert [problem.path for problem in problems] == [f"clients.mina-sidor.{key}[0]"]


@pytest.mark.parametrize(
    "address",
    [
        "https://minasidor.example.se/callback",
        "https://minasidor.example.se",
        "https://minasidor.example.se:8443/callback?tenant=elnat",
        "https://xn--minsidor-d0a.example.se/callback",
        "http://localhost:3000/callback",
        "http://127.0.0.1/callback",
        "http://[::1]:3000/callback",
        "se.example.minasidor:/callback",
        "se.example.minasidor://callback",
    ],
)
def test_portal_and_app_addresses_are_let_through(address: str, problems_with: Judge) -> None:
    """Portals, developers on their own machine, and native apps have usable addresses."""
    assert problems_with({f"{PORTAL}/redirect_uris": [address]}) == []


def test_address_twice_is_named(problems_with: Judge) -> None:
    """The same address twice is a slip of the pen, and said."""
    address = "https://minasidor.example.se/callback"
    problems = problems_with({f"{PORTAL}/redirect_uris": [address, address]})
    assert [problem.path for problem in problems] == ["clients.mina-sidor.redirect_uris[1]"]


def test_apps_own_scheme_needs_pkce(problems_with: Judge) -> None:
    """Another app may claim the scheme, so even a client with a secret needs PKCE for it."""
    problems = problems_with(
        {
            f"{PORTAL}/redirect_uris": ["se.example.minasidor:/callback"],
            f"{PORTAL}/require_pkce": False,
        }
    )
    assert [problem.path for problem in problems] == ["clients.mina-sidor.require_pkce"]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("0x7f.1", True),
        ("2130706433", True),
        ("example.se", False),
        ("1.example.se", False),
        ("0x7f.se", False),
    ],
)
def test_ip_literals_in_any_spelling(host: str, *, expected: bool) -> None:
    """A browser reads `0x7f.1` as an address, and so do we."""
    assert is_ip_literal(host) is expected
