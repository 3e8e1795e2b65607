from urllib.parse import urlencode

import pytest

from broker.oauth.errors import (
    InvalidRequest,
    InvalidScope,
    OAuthError,
    RegistrationNotSupported,
    RequestNotSupported,
    RequestUriNotSupported,
    UnsupportedResponseType,
)
from broker.oauth.parameters import read_parameters
from broker.oauth.requests import LONGEST_AGE, AuthorizeParams, read_request
from tests.broker.samples import a_client

GOOD = {
    "response_type": "code",
    "scope": "openid invoices:read",
    "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    "code_challenge_method": "S256",
}


def _read(**changes: str) -> AuthorizeParams:
    return read_request(read_parameters(urlencode(GOOD | changes).encode()), a_client())


def test_a_plain_request() -> None:
    """What was not sent is empty."""
    asked = _read()
    assert asked.scopes == ("openid", "invoices:read")
    assert asked.prompts == frozenset()
    assert asked.max_age is None


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": ""}, InvalidRequest),
        ({"response_type": "token"}, UnsupportedResponseType),
        ({"response_type": "code id_token"}, UnsupportedResponseType),
        ({"response_type": "code "}, UnsupportedResponseType),
        ({"scope": ""}, InvalidScope),
        ({"scope": "unheard"}, InvalidScope),
        ({"scope": "OPENID"}, InvalidScope),
        ({"scope": "consumption:read"}, InvalidScope),
        ({"display": "x"}, InvalidRequest),
        ({"prompt": "x"}, InvalidRequest),
        ({"prompt": "none login"}, InvalidRequest),
        ({"nonce": "n" * 513}, InvalidRequest),
        ({"login_hint": "n" * 255}, InvalidRequest),
        ({"max_age": "-0"}, InvalidRequest),
        ({"max_age": "+1"}, InvalidRequest),
        ({"max_age": " 1"}, InvalidRequest),
        ({"max_age": "²"}, InvalidRequest),
        ({"request": "x"}, RequestNotSupported),
        ({"request_uri": "x"}, RequestUriNotSupported),
        ({"registration": "{}"}, RegistrationNotSupported),
    ],
    ids=str,
)
def test_what_is_refused(changes: dict[str, str], error: type[OAuthError]) -> None:
    """Each with its registered code."""
    with pytest.raises(error):
        _read(**changes)


def test_scopes_are_what_is_known_and_allowed() -> None:
    """Words that we do not know, or that the client may not have, are left out (Core 3.1.2.1)."""
    asked = _read(scope="profile unheard consumption:read openid openid")
    assert asked.scopes == ("profile", "openid")


@pytest.mark.parametrize(
    ("sent", "read"), [("0", 0), ("007", 7), ("1", 1), ("9999999999", LONGEST_AGE)]
)
def test_max_age(sent: str, read: int) -> None:
    """Seconds; an absurd one is cut to ten years."""
    assert _read(max_age=sent).max_age == read


def test_unknown_parameters_are_ignored() -> None:
    """Core section 3.1.2.1."""
    assert _read(unheard="x", claims="not json", acr_values="a b") == _read()


@pytest.mark.parametrize("twice", ["nonce", "scope", "unheard"])
def test_repeated_ones_are_not(twice: str) -> None:
    """RFC 6749 section 3.1."""
    raw = urlencode(GOOD).encode() + f"&{twice}=a&{twice}=b".encode()
    with pytest.raises(InvalidRequest):
        read_request(read_parameters(raw), a_client())
