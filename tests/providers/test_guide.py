"""The guides hold what must be pasted, and the facts that people stumble over."""

from typing import Any, get_args

import pytest

from providers import Registration, guide
from providers.registration import Kind

ADDRESSES = {
    "redirect_uri": "https://login.example.se/callback/p",
    "site_url": "https://login.example.se/",
    "privacy_url": "https://login.example.se/help/privacy",
    "deletion_url": "https://login.example.se/help/privacy#radering",
}


def written(kind: Any, **settings: Any) -> str:
    """The guide of a registration."""
    registration = Registration(name="p", kind=kind, client_id="c", **settings)
    return guide(registration, **ADDRESSES)


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_address_is_in_every_guide(kind: str) -> None:
    """They are what the operator came for; nothing is left in braces."""
    text = written(kind, issuer="https://id.example.org")
    assert all(address in text for address in ADDRESSES.values())
    assert "{" not in text
    assert "farstu providers check p" in text


@pytest.mark.parametrize("kind", get_args(Kind))
def test_lines_fit_a_terminal(kind: str) -> None:
    """Wrapped at 88, numbered from one."""
    lines = written(kind, issuer="https://id.example.org").splitlines()
    assert max(len(line) for line in lines) <= 88
    assert any(line.startswith("1. ") for line in lines)


@pytest.mark.parametrize(
    ("tenant", "words"),
    [
        ("", "Personal Microsoft accounts only"),
        ("consumers", "Personal Microsoft accounts only"),
        ("common", "any organizational directory and personal"),
        ("organizations", "any organizational directory"),
        ("11111111-2222-4333-8444-555555555555", "this organizational directory only"),
    ],
)
def test_microsofts_account_types_follow_the_tenant(tenant: str, words: str) -> None:
    """They must agree, or nobody can sign in."""
    assert words in " ".join(written("microsoft", tenant=tenant).split())


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("microsoft", "Value at once"),
        ("google", "Brand verification"),
        ("google", "disallowed_useragent"),
        ("facebook", "Get advanced access"),
        ("facebook", "Data Use Checkup"),
        ("facebook", "deletion"),
        ("yahoo", "Confidential client"),
        ("oidc", "to the letter"),
    ],
)
def test_reviews_and_pitfalls_are_named(kind: str, words: str) -> None:
    """What costs weeks, or an outage, when it is not known beforehand."""
    assert words in " ".join(written(kind).split())
