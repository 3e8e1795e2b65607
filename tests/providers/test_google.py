"""Google: two spellings of the issuer, whose e-mail it vouches for, and what it cannot do."""

from dataclasses import replace
from typing import Any

import pytest

from providers import Registration, UpstreamInvalid
from tests.providers.upstream import CLIENT_ID, START, Login

ISSUER = "https://accounts.google.com"


@pytest.fixture
def at_google(login: Login) -> Login:
    """The standard login, at Google's real addresses."""
    upstream = login.upstream
    upstream.router.clear()
    upstream.issuer = ISSUER
    upstream.metadata = {
        "issuer": ISSUER,
        "authorization_endpoint": f"{ISSUER}/o/oauth2/v2/auth",
        "token_endpoint": "https://oauth2.googleapis.com/token",
        "userinfo_endpoint": "https://openidconnect.googleapis.com/v1/userinfo",
        "jwks_uri": "https://www.googleapis.com/oauth2/v3/certs",
        "code_challenge_methods_supported": ["plain", "S256"],
    }
    upstream.serve()
    upstream.claims |= {
        "iss": ISSUER,
        "azp": CLIENT_ID,
        "sub": "110169484474386276334",
        "email": "maja.lind@gmail.com",
    }
    login.registration = Registration(
        name="upstream", kind="google", client_id=CLIENT_ID, client_secrets=("secret",)
    )
    return login


@pytest.mark.parametrize("issuer", [ISSUER, "accounts.google.com"])
async def test_both_issuers_are_one_identity(at_google: Login, issuer: str) -> None:
    """The key is canonical, so that a spelling never makes somebody a stranger."""
    at_google.upstream.claims["iss"] = issuer
    identity = await at_google.finish()
    assert (identity.issuer, identity.subject) == (ISSUER, "110169484474386276334")


@pytest.mark.parametrize("issuer", ["http://accounts.google.com", f"{ISSUER}/", "google.com"])
async def test_other_spellings_are_refused(at_google: Login, issuer: str) -> None:
    """Two forms are documented; no third."""
    at_google.upstream.claims["iss"] = issuer
    assert await at_google.failed_check() == "issuer"


async def test_proof_key_goes_with_the_secret(at_google: Login) -> None:
    """A web client sends both."""
    await at_google.finish()
    form = at_google.upstream.last_form()
    assert {"client_secret", "code_verifier"} <= form.keys()


@pytest.mark.parametrize(
    ("claims", "verified"),
    [
        ({"email": "maja@gmail.com", "email_verified": True}, True),
        ({"email": "maja@GMAIL.com", "email_verified": True}, True),
        ({"email": "maja@gmail.com", "email_verified": None}, True),
        ({"email": "maja@gmail.com", "email_verified": False}, False),
        ({"email": "maja@gmail.com", "email_verified": "false"}, False),
        ({"email": "maja@evilgmail.com", "email_verified": True}, False),
        ({"email": "maja@gmail.com.evil.example", "email_verified": True}, False),
        ({"email": "maja@example.org", "email_verified": True}, False),
        ({"email": "maja@example.org", "email_verified": True, "hd": "example.org"}, True),
        ({"email": "maja@example.org", "email_verified": False, "hd": "example.org"}, False),
        ({"email": "maja@example.org", "email_verified": "true", "hd": "example.org"}, False),
        ({"email": None, "email_verified": True}, False),
    ],
)
async def test_email_is_verified_where_google_is_authoritative(
    at_google: Login, claims: dict[str, Any], verified: bool
) -> None:
    """gmail.com and Workspace domains; elsewhere ownership may have changed."""
    at_google.upstream.claims |= claims
    identity = await at_google.finish(at_google.provider(userinfo="off"))
    assert identity.email_verified is verified


async def test_email_of_userinfo_is_judged_by_its_own_flag(at_google: Login) -> None:
    """The flag in the token says nothing of an address that came from elsewhere."""
    at_google.upstream.claims |= {"email": None, "email_verified": True, "hd": "example.org"}
    at_google.upstream.userinfo = {"sub": "110169484474386276334", "email": "m@example.org"}
    identity = await at_google.finish()
    assert (identity.email, identity.email_verified) == ("m@example.org", False)


async def test_a_fresh_login_cannot_be_had(at_google: Login) -> None:
    """Google ignores prompt=login: refused both ways, never pretended."""
    provider = at_google.provider()
    demanded = replace(at_google.attempt, reauthenticate=True)
    assert provider.can_reauthenticate is False
    with pytest.raises(UpstreamInvalid):
        await provider.start(demanded)
    with pytest.raises(UpstreamInvalid):
        await provider.finish(demanded, at_google.returned())


async def test_max_age_is_checked_where_google_says_when(at_google: Login) -> None:
    """It is not sent, since Google ignores it; a session age claim that is too old refuses."""
    at_google.attempt = replace(at_google.attempt, max_age=600)
    assert "max_age" not in await at_google.asked()
    assert await at_google.failed_check() == ""
    at_google.upstream.claims["auth_time"] = START.timestamp() - 600 - 121
    assert await at_google.failed_check() == "auth_time"


async def test_workspace_restriction_is_checked_in_the_token(at_google: Login) -> None:
    """`hd` in the request is a hint that anybody can edit away."""
    provider = at_google.provider(hosted_domain="elnat.example.se")
    assert (await at_google.asked(provider))["hd"] == "elnat.example.se"
    assert await at_google.failed_check(provider) == "hosted_domain"
    at_google.upstream.claims["hd"] = "elnat.example.se"
    assert await at_google.failed_check(provider) == ""


async def test_page_wishes(at_google: Login) -> None:
    """Chooser, language and an e-mail hint."""
    at_google.attempt = replace(
        at_google.attempt, choose_account=True, ui_locales=("sv-SE",), login_hint="m@example.org"
    )
    asked = await at_google.asked()
    wanted = {"prompt": "select_account", "hl": "sv", "login_hint": "m@example.org"}
    assert asked.items() >= wanted.items()


async def test_elliptic_curve_is_not_pinned(at_google: Login) -> None:
    """Google signs with RS256; anything else is somebody else."""
    at_google.upstream.header = {"alg": "ES256", "kid": "one"}
    at_google.upstream.signing_key = at_google.upstream.keys.ec
    assert await at_google.failed_check() == "token_algorithm"
