"""The Content-Security-Policy of the pages."""

import base64
import hashlib

import pytest

from broker.pages.policy import (
    FORM_POST_SCRIPT,
    FORM_POST_SCRIPT_HASH,
    content_security_policy,
)


def directives(policy: str) -> dict[str, list[str]]:
    """The header's value as a table."""
    return {name: sources for name, *sources in (part.split() for part in policy.split(";"))}


def test_lets_nothing_through_by_default() -> None:
    """No script at all, no framing, only our own styles and images."""
    policy = directives(content_security_policy())
    assert policy["default-src"] == ["'none'"]
    assert policy["style-src"] == policy["img-src"] == ["'self'"]
    assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
    assert "script-src" not in policy


def test_forms_may_go_to_us_and_to_any_https_address() -> None:
    """The whole redirect chain after a form is checked by browsers, so https is open."""
    assert directives(content_security_policy())["form-action"] == ["'self'", "https:"]


def test_a_clients_own_scheme_is_added_once() -> None:
    """Redirect addresses on http or an app's scheme get a source each, https ones none."""
    targets = [
        "https://minasidor.example.se/cb",
        "http://localhost:8002/cb",
        "http://localhost:8002/other",
        "se.example.app:/cb",
    ]
    sources = directives(content_security_policy(form_targets=targets))["form-action"]
    assert sources == ["'self'", "https:", "http://localhost:8002", "se.example.app:"]


@pytest.mark.parametrize(
    "target", ["http://a;script-src *", "http://a b/", "", "//a", "http://a,b", "'unsafe':x"]
)
def test_an_address_cannot_widen_the_policy(target: str) -> None:
    """What is not a plain scheme or origin adds nothing."""
    assert content_security_policy(form_targets=[target]) == content_security_policy()


def test_the_one_script_is_let_through_by_its_hash() -> None:
    """The hash is that of the script's very text (CSP Level 3, source expressions)."""
    digest = base64.b64encode(hashlib.sha256(FORM_POST_SCRIPT.encode()).digest()).decode()
    policy = directives(content_security_policy(script_hash=FORM_POST_SCRIPT_HASH))
    assert policy["script-src"] == [f"'sha256-{digest}'"]
