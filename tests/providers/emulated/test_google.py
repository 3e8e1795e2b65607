"""Google's quirks: pages for mistakes, no re-authentication, hd, refresh tokens, revocation."""

from collections.abc import Callable

import pytest

from tests.providers.emulated.party import USERINFO, Party, read_query, read_token

MakeParty = Callable[[str], Party]
MakePartyWith = Callable[..., Party]


@pytest.fixture
def google(party: MakeParty) -> Party:
    """The client there."""
    return party("google")


async def test_the_token_response_is_googles(google: Party) -> None:
    """Scopes come back in their long form, in another order; no refresh token online."""
    tokens = await google.get_tokens("karin")
    assert set(tokens) == {"access_token", "expires_in", "scope", "token_type", "id_token"}
    assert "https://www.googleapis.com/auth/userinfo.email" in tokens["scope"].split()
    assert tokens["expires_in"] == 3599


async def test_the_id_token_is_googles(google: Party) -> None:
    """A public subject of 21 digits, azp, boolean email_verified, one hour."""
    claims = await google.get_claims("karin")
    assert set(claims) == {
        "iss",
        "azp",
        "aud",
        "sub",
        "email",
        "email_verified",
        "at_hash",
        "nonce",
        "name",
        "picture",
        "given_name",
        "family_name",
        "iat",
        "exp",
    }
    assert len(claims["sub"]) == 21
    assert claims["sub"].isdecimal()
    assert claims["email_verified"] is True
    assert claims["exp"] - claims["iat"] == 3600


async def test_codes_hold_a_slash(google: Party) -> None:
    """A code must be decoded exactly once."""
    assert (await google.sign_in("karin"))["code"].startswith("4/0A")


async def test_a_workspace_account_has_hd(google: Party) -> None:
    """The claim and the callback parameter name the hosted domain."""
    answer = await google.sign_in("lars")
    assert answer["hd"] == "pahittbolaget.example"
    claims = read_token((await google.redeem(answer["code"])).json()["id_token"])[1]
    assert claims["hd"] == "pahittbolaget.example"


async def test_another_address_is_verified_without_hd(google: Party) -> None:
    """Google says verified for addresses that it does not own."""
    claims = await google.get_claims("maria")
    assert claims["email_verified"] is True
    assert "hd" not in claims
    assert not claims["email"].endswith("@gmail.com")


async def test_a_person_may_lack_a_family_name(google: Party) -> None:
    """The claim is absent, not empty."""
    claims = await google.get_claims("rosa")
    assert "family_name" not in claims
    assert claims["name"] == "Rosa"


async def test_profile_claims_may_be_missing_in_the_token(google: Party) -> None:
    """Userinfo has them then."""
    tokens = await google.get_tokens("tyra")
    assert "name" not in read_token(tokens["id_token"])[1]
    answer = await google.browser.get(
        USERINFO["google"], headers={"Authorization": f"Bearer {tokens['access_token']}"}
    )
    assert answer.json()["name"] == "Tyra Tystberg"


@pytest.mark.parametrize("extra", [{"prompt": "login"}, {"max_age": "1"}])
async def test_reauthentication_has_no_effect(google: Party, extra: dict[str, str]) -> None:
    """`prompt=login` and `max_age` are ignored, and there is no auth_time."""
    await google.sign_in("karin")
    await google.order(shift_clock=300)
    answer = read_query(await google.authorize(**extra))
    claims = read_token((await google.redeem(answer["code"])).json()["id_token"])[1]
    assert "auth_time" not in claims


async def test_select_account_shows_the_chooser(google: Party) -> None:
    """Even for somebody who would come in silently."""
    await google.sign_in("karin")
    assert 'value="nils"' in (await google.authorize(prompt="select_account")).text


async def test_prompt_none_without_session_is_refused(google: Party) -> None:
    """The client is told that interaction is needed."""
    assert read_query(await google.authorize(prompt="none"))["error"] == "login_required"


async def test_prompt_none_with_two_accounts_is_refused(google: Party) -> None:
    """Google cannot choose for them."""
    await google.sign_in("karin")
    await google.sign_in("nils", prompt="select_account")
    answer = read_query(await google.authorize(prompt="none"))
    assert answer["error"] == "account_selection_required"


async def test_login_hint_takes_a_subject(google: Party) -> None:
    """Address or subject, both narrow the page."""
    subject = (await google.get_claims("karin"))["sub"]
    await google.order(reset=True)
    page = await google.authorize(login_hint=subject)
    assert "Karin" in page.text
    assert 'value="nils"' not in page.text


async def test_hd_is_only_a_hint(google: Party) -> None:
    """It narrows the page; somebody else can still be chosen."""
    page = await google.authorize(hd="pahittbolaget.example")
    assert "Lars" in page.text
    assert 'value="karin"' not in page.text


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"client_id": "unknown"}, 401, "invalid_client"),
        ({"redirect_uri": "http://localhost:8000/x"}, 400, "redirect_uri_mismatch"),
        ({"response_type": None}, 400, "invalid_request"),
        ({"scope": None}, 400, "invalid_scope"),
        ({"code_challenge_method": "S512"}, 400, "invalid_request"),
    ],
)
async def test_mistakes_are_pages(
    google: Party, changes: dict[str, str | None], status: int, code: str
) -> None:
    """Google does not redirect them."""
    response = await google.authorize(**changes)
    assert response.status_code == status
    assert f"Error {status}: {code}" in response.text


async def test_embedded_browsers_are_blocked(google: Party) -> None:
    """disallowed_useragent: logins do not work inside Facebook's app."""
    google.browser.headers["User-Agent"] = "Mozilla/5.0 (Linux; Android 14; wv) FBAN/FB4A"
    response = await google.authorize()
    assert response.status_code == 403
    assert "disallowed_useragent" in response.text


async def test_an_administrator_can_block(google: Party) -> None:
    """admin_policy_enforced never redirects."""
    await google.order("blocked")
    assert "admin_policy_enforced" in (await google.authorize()).text


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"mode": "testing", "testers": frozenset({"nils"})}, "access_denied"),
        ({"internal_domain": "pahittbolaget.example"}, "org_internal"),
    ],
)
async def test_people_outside_the_audience_get_a_page(
    party_with: MakePartyWith, changes: dict[str, object], code: str
) -> None:
    """An app under test or of one organisation lets nobody else in."""
    client = party_with("google", **changes)
    await client.order(person="karin")
    response = await client.authorize()
    assert response.status_code == 403
    assert code in response.text


@pytest.mark.parametrize(
    ("changes", "status", "error", "text"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client", "Unauthorized"),
        ({"client_secret": None}, 400, "invalid_request", "client_secret is missing."),
        ({"client_id": "unknown"}, 401, "invalid_client", "The OAuth client was not found."),
        ({"code": "made-up"}, 400, "invalid_grant", "Malformed auth code."),
        ({"code_verifier": None}, 400, "invalid_grant", "Missing code verifier."),
        ({"code_verifier": "x" * 43}, 400, "invalid_grant", "Invalid code verifier."),
        ({"redirect_uri": "http://x.example"}, 400, "redirect_uri_mismatch", "Bad Request"),
        ({"grant_type": "magic"}, 400, "unsupported_grant_type", "Invalid grant_type: magic"),
    ],
)
async def test_token_errors_are_googles(
    google: Party, changes: dict[str, str | None], status: int, error: str, text: str
) -> None:
    """Status, error and description as the real endpoint has them."""
    code = (await google.sign_in("karin"))["code"]
    response = await google.redeem(**{"code": code, **changes})
    expected = {"error": error, "error_description": text}
    assert (response.status_code, response.json()) == (status, expected)


async def test_a_refresh_token_comes_with_the_first_consent_only(google: Party) -> None:
    """access_type=offline, once, and again with prompt=consent."""
    first = await google.get_tokens("karin", access_type="offline")
    code = read_query(await google.authorize(access_type="offline"))["code"]
    second = (await google.redeem(code)).json()
    third = await google.get_tokens("karin", access_type="offline", prompt="consent")
    assert [("refresh_token" in one) for one in (first, second, third)] == [True, False, True]


async def test_revocation_answers_200_once_then_400(google: Party) -> None:
    """A revoked token is unknown."""
    token = (await google.get_tokens("karin"))["access_token"]
    path = "/google/oauth2.googleapis.com/revoke"
    answers = [(await google.browser.post(path, data={"token": token})) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 400]


async def test_the_short_issuer_form_is_a_switch(google: Party) -> None:
    """`old_issuer`: the issuer without its scheme."""
    code = (await google.sign_in("karin"))["code"]
    await google.order("old_issuer")
    claims = read_token((await google.redeem(code)).json()["id_token"])[1]
    assert claims["iss"] == "localhost:8001/google"


async def test_userinfo_can_be_throttled(google: Party) -> None:
    """429 with Retry-After."""
    await google.order({"name": "throttled", "at": "userinfo"})
    response = await google.browser.get(USERINFO["google"])
    assert response.status_code == 429
    assert response.headers["retry-after"]
