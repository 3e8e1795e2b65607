"""Yahoo: ES256 only, weak RSA keys, no proof key, padded hashes."""

import base64
import hashlib
from dataclasses import replace
from typing import Any

import pytest

from providers import Registration
from tests.providers.upstream import CLIENT_ID, START, Login, public

ISSUER = "https://api.login.yahoo.com"


@pytest.fixture
def at_yahoo(login: Login) -> Login:
    """The standard login, at Yahoo's real addresses and keys like Yahoo's."""
    upstream = login.upstream
    upstream.router.clear()
    upstream.issuer = ISSUER
    upstream.metadata = {
        "issuer": ISSUER,
        "authorization_endpoint": f"{ISSUER}/oauth2/request_auth",
        "token_endpoint": f"{ISSUER}/oauth2/get_token",
        "userinfo_endpoint": f"{ISSUER}/openid/v1/userinfo",
        "jwks_uri": f"{ISSUER}/openid/v1/certs",
        "id_token_signing_alg_values_supported": ["ES256", "RS256"],
    }
    upstream.serve()
    weak = upstream.keys.weak_rsa
    upstream.jwks = [
        public(weak, kid="0", alg="RS256"),
        public(weak, kid="4", alg="RS256"),
        public(upstream.keys.ec, kid="ec", alg="ES256"),
    ]
    upstream.header = {"alg": "ES256", "kid": "ec"}
    upstream.signing_key = upstream.keys.ec
    upstream.token_fields = {"token_type": "bearer", "xoauth_yahoo_guid": "GUID"}
    upstream.claims |= {"iss": ISSUER, "sub": "NZQXAJ3BMNEQ", "email": "maja@yahoo.se"}
    login.registration = Registration(
        name="upstream", kind="yahoo", client_id=CLIENT_ID, client_secrets=("secret",)
    )
    return login


async def test_identity_is_the_subject(at_yahoo: Login) -> None:
    """Public subject, lower-case bearer and all."""
    identity = await at_yahoo.finish()
    assert (identity.issuer, identity.subject) == (ISSUER, "NZQXAJ3BMNEQ")
    assert identity.email_verified is True


async def test_rsa_is_refused_though_advertised(at_yahoo: Login) -> None:
    """The RSA keys have 1024 bits: a token under one is nobody's."""
    at_yahoo.upstream.header = {"alg": "RS256", "kid": "0"}
    at_yahoo.upstream.signing_key = at_yahoo.upstream.keys.weak_rsa
    assert await at_yahoo.failed_check() == "token_algorithm"


async def test_weak_key_is_refused_even_where_rsa_is_allowed(at_yahoo: Login) -> None:
    """The size is a rule of its own."""
    at_yahoo.upstream.header = {"alg": "RS256", "kid": "0"}
    at_yahoo.upstream.signing_key = at_yahoo.upstream.keys.weak_rsa
    assert await at_yahoo.failed_check(at_yahoo.provider(algorithms=("RS256",))) == "token_key"


async def test_no_proof_key_unless_configured(at_yahoo: Login) -> None:
    """Yahoo may refuse it from a client with a secret; `force` sends it all the same."""
    assert "code_challenge" not in await at_yahoo.asked()
    assert "code_challenge" in await at_yahoo.asked(at_yahoo.provider(pkce="force"))


async def test_padded_hash_is_the_same_hash(at_yahoo: Login) -> None:
    """Its documentation shows `at_hash` with `==`."""
    half = hashlib.sha256(b"opaque-access-token").digest()[:16]
    at_yahoo.upstream.claims["at_hash"] = base64.urlsafe_b64encode(half).decode()
    assert at_yahoo.upstream.claims["at_hash"].endswith("==")
    assert await at_yahoo.failed_check() == ""


async def test_old_issuer_is_refused(at_yahoo: Login) -> None:
    """The one of its old documentation is not the one of today."""
    at_yahoo.upstream.claims["iss"] = "https://login.yahoo.com"
    assert await at_yahoo.failed_check() == "issuer"


@pytest.mark.parametrize(
    ("claims", "verified"),
    [
        ({"email": "m@yahoo.com", "email_verified": True}, True),
        ({"email": "m@YAHOO.se", "email_verified": True}, True),
        ({"email": "m@yahoo.com", "email_verified": False}, False),
        ({"email": "m@yahoo.com", "email_verified": None}, False),
        ({"email": "m@example.org", "email_verified": True}, False),
        ({"email": "m@yahoo.com.example.org", "email_verified": True}, False),
        ({"email": "m@yahoo.co.jp", "email_verified": True}, False),
    ],
)
async def test_email_is_verified_where_yahoo_runs_the_domain(
    at_yahoo: Login, claims: dict[str, Any], verified: bool
) -> None:
    """Its flag counts for its own domains."""
    at_yahoo.upstream.claims |= claims
    assert (await at_yahoo.finish()).email_verified is verified


async def test_object_as_error_is_a_refusal(at_yahoo: Login) -> None:
    """Older servers put an object where the code should be; its text goes nowhere."""
    at_yahoo.upstream.token_status = 400
    at_yahoo.upstream.token_fields = {
        "error": {"errorId": "INVALID_INPUT", "message": "maja@yahoo.se"}
    }
    assert await at_yahoo.failed_check() == "code_redemption"


async def test_fresh_login_and_page_wishes(at_yahoo: Login) -> None:
    """prompt=login with max_age=0 and the language; auth_time is demanded back."""
    at_yahoo.attempt = replace(at_yahoo.attempt, reauthenticate=True, ui_locales=("en", "sv"))
    asked = await at_yahoo.asked()
    assert asked.items() >= {"prompt": "login", "max_age": "0", "language": "en-us"}.items()
    assert await at_yahoo.failed_check() == "auth_time"
    at_yahoo.upstream.claims["auth_time"] = int(START.timestamp())
    assert await at_yahoo.failed_check() == ""


async def test_choosing_an_account_is_logging_in(at_yahoo: Login) -> None:
    """There is no chooser; no freshness is demanded for it."""
    at_yahoo.attempt = replace(at_yahoo.attempt, choose_account=True, login_hint="m@yahoo.se")
    asked = await at_yahoo.asked()
    assert asked["prompt"] == "login"
    assert not {"max_age", "login_hint"} & asked.keys()
    assert await at_yahoo.failed_check() == ""
