import ast
import re
from pathlib import Path

import pytest

from broker.oauth import errors
from broker.oauth.errors import OAuthError

CLASSES = [
    each
    for each in vars(errors).values()
    if isinstance(each, type) and issubclass(each, OAuthError) and each is not OAuthError
]
REGISTERED = {
    "access_denied", "consent_required", "insufficient_scope", "interaction_required",
    "invalid_client", "invalid_grant", "invalid_request", "invalid_scope", "invalid_token",
    "login_required", "registration_not_supported", "request_not_supported",
    "request_uri_not_supported", "server_error", "temporarily_unavailable",
    "unauthorized_client", "unmet_authentication_requirements", "unsupported_grant_type",
    "unsupported_response_type",
}  # fmt: skip
PRINTABLE = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]*")


def test_every_class_has_a_registered_code_of_its_own() -> None:
    """The codes of the IANA registry of OAuth extension errors, each once.

    A class that differs by its status alone has its parent's.
    """
    codes = [each.code for each in CLASSES if "code" in vars(each)]
    assert sorted(codes) == sorted(REGISTERED)


def test_the_detail_is_in_no_public_text() -> None:
    """`str()` of an error is its code."""
    error = errors.InvalidGrant("public", detail="private")
    assert str(error) == "invalid_grant"
    assert "private" not in repr(error)


@pytest.mark.parametrize("path", sorted(Path("broker").rglob("*.py")), ids=str)
def test_descriptions_are_printable_ascii(path: Path) -> None:
    """RFC 6749 section 5.2 and RFC 6750 section 3: no quote, backslash or other character."""
    names = {each.__name__ for each in CLASSES}
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            first = node.args[0]
            if node.func.id in names and isinstance(first, ast.Constant):
                assert PRINTABLE.fullmatch(str(first.value)), first.value
