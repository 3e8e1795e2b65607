"""Each named check of an ID token has a token in which exactly that check fails."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws

from providers.failed_check import CheckFailed
from providers.id_token import STANDARD_CHECKS, Expectation, Presented, judge
from providers.jwks import UpstreamKey
from tests.providers.upstream import ATTEMPT, CLIENT_ID, START, Keys, Login, public, standard_claims

NOW = int(START.timestamp())
ACCESS_TOKEN_HASH = base64.urlsafe_b64encode(
    hashlib.sha256(b"opaque-access-token").digest()[:16]
).decode()


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"iss": "https://id.example.org/"}, "issuer"),
        ({"iss": "https://ID.example.org"}, "issuer"),
        ({"iss": None}, "issuer"),
        ({"iss": ["https://id.example.org"]}, "issuer"),
        ({"aud": "somebody-else"}, "audience"),
        ({"aud": ["somebody-else"]}, "audience"),
        ({"aud": f"not-{CLIENT_ID}"}, "audience"),
        ({"aud": [[CLIENT_ID]]}, "audience"),
        ({"aud": None}, "audience"),
        ({"aud": [CLIENT_ID, "another"]}, "authorized_party"),
        ({"azp": "another"}, "authorized_party"),
        ({"azp": [CLIENT_ID]}, "authorized_party"),
        ({"exp": NOW - 120}, "expired"),
        ({"exp": str(NOW + 3600)}, "expired"),
        ({"exp": True}, "expired"),
        ({"exp": 1e300}, "expired"),
        ({"exp": None}, "expired"),
        ({"iat": NOW + 121}, "issued_at"),
        ({"iat": NOW - 721}, "issued_at"),
        ({"iat": None}, "issued_at"),
        ({"nbf": NOW + 121}, "not_before"),
        ({"nbf": "soon"}, "not_before"),
        ({"nonce": "another"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"nonce": None, "nonce_supported": False}, "nonce"),
        ({"nonce": "n\u00f6nce"}, "nonce"),
        ({"sub": 1234567890123456789}, "subject"),
        ({"sub": ""}, "subject"),
        ({"sub": None}, "subject"),
        ({"sub": "x" * 256}, "subject"),
        ({"sub": "two words"}, "subject"),
        ({"sub": "nul\u0000"}, "subject"),
        ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "access_token_hash"),
        ({"at_hash": 7}, "access_token_hash"),
        ({"auth_time": NOW + 121}, "auth_time"),
        ({"auth_time": "yesterday"}, "auth_time"),
    ],
)
async def test_each_check_refuses_by_its_name(
    login: Login, changes: dict[str, Any], check: str
) -> None:
    """One claim is wrong, and the check that is for it says so."""
    login.upstream.claims |= changes
    assert await login.failed_check() == check


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": [CLIENT_ID]},
        {"aud": [CLIENT_ID, "another"], "azp": CLIENT_ID},
        {"azp": CLIENT_ID},
        {"exp": NOW - 119},
        {"exp": NOW + 86_700.5},
        {"iat": NOW + 120},
        {"iat": NOW - 720, "nbf": NOW - 300},
        {"nbf": NOW + 120},
        {"sub": "0" * 255},
        {"at_hash": ACCESS_TOKEN_HASH},
        {"at_hash": ACCESS_TOKEN_HASH.rstrip("=")},
    ],
)
async def test_the_edge_of_each_check_is_let_in(login: Login, changes: dict[str, Any]) -> None:
    """Both ways to write it, and the last second of the leeway, are good."""
    login.upstream.claims |= changes
    assert await login.failed_check() == ""


async def test_a_long_stay_at_the_login_page_is_no_fault(login: Login) -> None:
    """A token issued an hour after the attempt began is as good as one issued at once."""
    login.clock.advance(minutes=59)
    login.upstream.claims |= {"iat": NOW + 59 * 60, "exp": NOW + 60 * 60}
    assert await login.failed_check() == ""


def unsigned(claims: dict[str, Any], **header: Any) -> str:
    """A token that nobody signed."""
    segments = [json.dumps(header).encode(), json.dumps(claims).encode()]
    return ".".join(base64.urlsafe_b64encode(s).decode().rstrip("=") for s in segments) + "."


def signed(login: Login, **header: Any) -> str:
    """A good token with another header."""
    login.upstream.header = header
    return login.upstream.id_token()


def signed_with_public_key(login: Login) -> str:
    """The classic: HMAC with the public key's text as the secret."""
    text = login.upstream.keys.rsa.as_pem(private=False)
    signing_input = unsigned(login.upstream.claims, alg="HS256", kid="one").rstrip(".")
    digest = hmac.new(text, signing_input.encode(), hashlib.sha256).digest()
    return f"{signing_input}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def with_forged_signature(login: Login) -> str:
    """A good token whose signature belongs to another."""
    return login.upstream.id_token().rpartition(".")[0] + "." + "A" * 342


def with_forged_payload(login: Login) -> str:
    """The signature of one token under the claims of another."""
    head, _, signature = login.upstream.id_token().split(".")
    claims = json.dumps({**login.upstream.claims, "sub": "victim"}).encode()
    return f"{head}.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.{signature}"


def with_repeated_header(_: Login) -> str:
    """A header that says two things."""
    header = base64.urlsafe_b64encode(b'{"alg":"RS256","alg":"none"}').decode().rstrip("=")
    return f"{header}.e30.AAAA"


def signed_over_text(login: Login) -> str:
    """Signed, but not a JSON object."""
    header = {"alg": "RS256", "kid": "one"}
    return jws.serialize_compact(header, b"[1]", login.upstream.keys.rsa, ["RS256"])


@pytest.mark.parametrize(
    ("token", "check"),
    [
        (lambda login: "x" * 16_385, "token_size"),
        (lambda login: "", "token_form"),
        (lambda login: "a.b", "token_form"),
        (lambda login: "a.b.c.d.e", "token_form"),
        (lambda login: "a..c", "token_form"),
        (lambda login: '{"payload":"e30","signatures":[]}', "token_form"),
        (lambda login: login.upstream.id_token() + "=", "token_form"),
        (lambda login: "a.e30.AAAA", "token_form"),
        (lambda login: "e30.e30.AAAA", "token_algorithm"),
        (lambda login: "W10.e30.AAAA", "token_header"),
        (with_repeated_header, "token_header"),
        (lambda login: unsigned(login.upstream.claims, alg="none"), "token_form"),
        (lambda login: unsigned(login.upstream.claims, alg="none") + "AAAA", "token_algorithm"),
        (lambda login: unsigned({}, alg=["RS256"]) + "AAAA", "token_algorithm"),
        (signed_with_public_key, "token_algorithm"),
        (lambda login: unsigned({}, alg="RS256", crit=["exp"]) + "AAAA", "token_header"),
        (lambda login: unsigned({}, alg="RS256", b64=False) + "AAAA", "token_header"),
        (lambda login: unsigned({}, alg="RS256", kid=7) + "AAAA", "token_header"),
        (lambda login: signed(login, alg="RS256", kid="unknown"), "token_key"),
        (lambda login: signed(login, alg="PS256", kid="one"), ""),
        (lambda login: unsigned({}, alg="ES256", kid="one") + "AAAA", "token_key"),
        (with_forged_signature, "token_signature"),
        (with_forged_payload, "token_signature"),
        (signed_over_text, "token_claims"),
    ],
)
async def test_each_forgery_is_refused(
    login: Login, token: Callable[[Login], str], check: str
) -> None:
    """RFC 8725: whatever the header claims, only our pinned algorithms and keys count."""
    del login.upstream.jwks[0]["use"]
    login.upstream.token_fields = {"id_token": token(login)}
    assert await login.failed_check() == check


async def test_id_token_that_is_not_text_is_refused(login: Login) -> None:
    """A JSON object in its place is no token."""
    login.upstream.token_fields = {"id_token": {"protected": "e30"}}
    assert await login.failed_check() == "id_token"


async def test_key_in_the_header_is_not_used(login: Login) -> None:
    """`jwk`, `jku`, `x5u` and `x5c` may name whatever they like."""
    stranger = login.upstream.keys.other_rsa
    login.upstream.signing_key = stranger
    login.upstream.header = {
        "alg": "RS256",
        "kid": "one",
        "jwk": public(stranger),
        "jku": "https://evil.example/keys",
    }
    assert await login.failed_check() == "token_signature"


async def test_repeated_claim_is_refused(login: Login) -> None:
    """Two subjects in one token are none."""
    claims = json.dumps(login.upstream.claims)[:-1] + ', "sub": "victim"}'
    header = {"alg": "RS256", "kid": "one"}
    token = jws.serialize_compact(header, claims, login.upstream.keys.rsa, ["RS256"])
    login.upstream.token_fields = {"id_token": token}
    assert await login.failed_check() == "token_claims"


async def test_unknown_header_is_no_fault(login: Login) -> None:
    """RFC 7515 section 4: what is not understood and not critical is ignored."""
    login.upstream.header |= {"typ": "JWT", "nova": 1}
    assert await login.failed_check() == ""


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(
    changes=st.dictionaries(
        st.sampled_from(
            ["iss", "sub", "aud", "azp", "exp", "iat", "nbf", "nonce", "at_hash", "auth_time"]
        ),
        json_values,
        min_size=1,
    )
)
def test_no_claim_makes_a_check_crash(changes: dict[str, Any]) -> None:
    """Whatever JSON a claim holds, the answer is yes or a named no."""
    claims = standard_claims("https://id.example.org") | changes
    expected = Expectation(
        client_id=CLIENT_ID,
        nonce=ATTEMPT.nonce,
        access_token="opaque",
        now=START,
        started_at=START,
        authenticated_since=START - timedelta(hours=1),
    )
    key = UpstreamKey("one", None, frozenset(), None, ())  # type: ignore[arg-type]
    presented = Presented(claims, key, expected)
    if all(check.holds(presented) for check in STANDARD_CHECKS):
        assert judge(presented, STANDARD_CHECKS)["nonce"] == ATTEMPT.nonce
    else:
        with pytest.raises(CheckFailed):
            judge(presented, STANDARD_CHECKS)


def test_keys_of_these_tests_differ(keys: Keys) -> None:
    """The forgeries above are made with another key indeed."""
    assert keys.rsa.as_dict(private=False)["n"] != keys.other_rsa.as_dict(private=False)["n"]
