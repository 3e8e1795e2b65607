"""Microsoft's quirks: tenants, issuers, subjects, and how it reads a request."""

from collections.abc import Callable

import httpx2
import pytest

from providers.emulated import consoles
from providers.emulated.people import ATTACKER_TENANT, COUNCIL_TENANT, PERSONAL_TENANT
from tests.providers.emulated.party import (
    KEYS,
    TOKEN,
    USERINFO,
    Party,
    read_query,
    read_token,
)

MakeParty = Callable[[str], Party]
MakePartyWith = Callable[..., Party]


@pytest.fixture
def microsoft(party: MakeParty) -> Party:
    """The client there."""
    return party("microsoft")


@pytest.fixture
def common(party: MakeParty) -> Party:
    """The client that lets work and personal accounts in."""
    client = party("microsoft")
    client.authorize_path = "/microsoft/common/oauth2/v2.0/authorize"
    client.token_path = "/microsoft/common/oauth2/v2.0/token"
    return client


async def test_a_personal_token_lives_a_day_and_five_minutes(microsoft: Party) -> None:
    """`exp - iat` is 86,700 s, backdated, without email_verified."""
    claims = await microsoft.get_claims("karin")
    assert claims["exp"] - claims["iat"] == 86_700
    assert claims["nbf"] == claims["iat"]
    assert claims["tid"] == PERSONAL_TENANT
    assert claims["iss"].endswith(f"/{PERSONAL_TENANT}/v2.0")
    assert claims["oid"].startswith("00000000-0000-0000-")
    assert len(claims["sub"]) == 43
    assert "email_verified" not in claims


async def test_a_work_token_lives_an_hour_and_five_minutes(common: Party) -> None:
    """`exp - iat` is 3,900 s, in the work tenant's name, with session_state in the answer."""
    answer = await common.sign_in("birgit")
    assert answer["session_state"]
    claims = read_token((await common.redeem(answer["code"])).json()["id_token"])[1]
    assert claims["exp"] - claims["iat"] == 3_900
    assert claims["iss"].endswith(f"/{COUNCIL_TENANT}/v2.0")
    assert "xms_edov" not in claims


async def test_a_token_is_signed_by_a_key_of_its_own_issuer(common: Party) -> None:
    """The key's `issuer`, template filled in, is the token's `iss`."""
    keys = (await common.browser.get("/microsoft/common/discovery/v2.0/keys")).json()["keys"]
    for person in ("karin", "birgit"):
        header, claims = read_token(
            (await common.get_tokens(person, prompt="select_account"))["id_token"]
        )
        key = next(one for one in keys if one["kid"] == header["kid"])
        assert key["issuer"].replace("{tenantid}", claims["tid"]) == claims["iss"]


async def test_the_attacker_has_the_victims_address_and_no_edov(common: Party) -> None:
    """nOAuth: another tenant's administrator wrote the victim's address."""
    victim = await common.get_claims("karin")
    attacker = await common.get_claims("skurk", prompt="select_account")
    assert attacker["email"] == victim["email"]
    assert attacker["tid"] == ATTACKER_TENANT
    assert attacker["oid"] != victim["oid"]
    assert "xms_edov" not in attacker


async def test_a_verified_domain_is_told_by_edov(common: Party) -> None:
    """`xms_edov` comes with the address where the domain's owner is verified."""
    assert (await common.get_claims("anders"))["xms_edov"] is True


async def test_new_apps_get_no_unverified_work_address(party_with: MakePartyWith) -> None:
    """With `removeUnverifiedEmailClaim` the attacker's address stays away."""
    client = party_with("microsoft", removes_unverified_email=True)
    client.authorize_path = "/microsoft/common/oauth2/v2.0/authorize"
    assert "email" not in await client.get_claims("skurk")


async def test_a_phone_account_has_no_email(microsoft: Party) -> None:
    """The user name is a phone number then."""
    claims = await microsoft.get_claims("sven")
    assert "email" not in claims
    assert claims["preferred_username"].startswith("+46")


async def test_another_app_gets_another_subject_and_the_same_object_id(
    party_with: MakePartyWith,
) -> None:
    """`sub` is pairwise per registration, `oid` is not."""
    first = party_with("microsoft")
    second = party_with("microsoft", client_id="6d5f0f0e-0000-4000-8000-000000000002")
    one = await first.get_claims("karin")
    code = (await second.sign_in("karin", client_id="6d5f0f0e-0000-4000-8000-000000000002"))["code"]
    response = await second.redeem(code, client_id="6d5f0f0e-0000-4000-8000-000000000002")
    other = read_token(response.json()["id_token"])[1]
    assert one["sub"] != other["sub"]
    assert one["oid"] == other["oid"]


async def test_without_profile_there_is_no_object_id(microsoft: Party) -> None:
    """`oid` needs the scope `profile`."""
    assert "oid" not in await microsoft.get_claims("karin", scope="openid")


async def test_the_token_response_is_microsofts(microsoft: Party) -> None:
    """Field set as recorded; no refresh token without offline_access."""
    tokens = await microsoft.get_tokens("karin")
    assert set(tokens) == {
        "token_type",
        "scope",
        "expires_in",
        "ext_expires_in",
        "access_token",
        "id_token",
    }
    assert "." not in tokens["access_token"]


async def test_the_graph_knows_the_same_subject(microsoft: Party) -> None:
    """Userinfo's `sub` is the ID token's."""
    tokens = await microsoft.get_tokens("karin")
    answer = await microsoft.browser.get(
        USERINFO["microsoft"], headers={"Authorization": f"Bearer {tokens['access_token']}"}
    )
    assert answer.json()["sub"] == read_token(tokens["id_token"])[1]["sub"]


async def test_a_work_session_does_not_count_at_consumers(common: Party) -> None:
    """Signed in with a work account, the consumers endpoint still asks."""
    await common.sign_in("birgit")
    common.authorize_path = ""
    page = await common.authorize()
    assert page.status_code == 200
    assert "Birgit" not in page.text


async def test_prompt_login_asks_again_and_renews_auth_time(microsoft: Party) -> None:
    """A forced login shows the page although somebody is signed in."""
    before = (await microsoft.get_claims("karin"))["auth_time"]
    await microsoft.order(shift_clock=300)
    after = (await microsoft.get_claims("karin", prompt="login"))["auth_time"]
    assert after - before == 300


async def test_max_age_is_ignored(microsoft: Party) -> None:
    """Microsoft does not know max_age: the old session answers silently."""
    await microsoft.sign_in("karin")
    await microsoft.order(shift_clock=300)
    assert read_query(await microsoft.authorize(max_age="1"))["code"]


async def test_login_hint_narrows_the_page(microsoft: Party) -> None:
    """An address that is known makes a one-click page."""
    page = await microsoft.authorize(login_hint="nils.testlund@outlook.example")
    assert "Nils" in page.text
    assert "Karin" not in page.text


async def test_select_account_overrules_login_hint(microsoft: Party) -> None:
    """The two exclude each other."""
    page = await microsoft.authorize(
        login_hint="nils.testlund@outlook.example", prompt="select_account"
    )
    assert "Karin" in page.text


async def test_domain_hint_narrows_common(common: Party) -> None:
    """`organizations` leaves the personal accounts out."""
    page = await common.authorize(domain_hint="organizations")
    assert "Birgit" in page.text
    assert 'value="nils"' not in page.text


async def test_the_cross_tenant_fault_keeps_the_personal_key(microsoft: Party) -> None:
    """`foreign_tenant`: a work tenant's claims, signed by the personal accounts' key."""
    code = (await microsoft.sign_in("karin"))["code"]
    await microsoft.order("foreign_tenant")
    header, claims = read_token((await microsoft.redeem(code)).json()["id_token"])
    keys = (await microsoft.browser.get(KEYS["microsoft"])).json()["keys"]
    key = next(one for one in keys if one["kid"] == header["kid"])
    assert claims["tid"] == COUNCIL_TENANT
    assert PERSONAL_TENANT in key["issuer"]


async def test_basic_authentication_works_too(microsoft: Party) -> None:
    """The secret may come in the header."""
    code = (await microsoft.sign_in("karin"))["code"]
    response = await microsoft.browser.post(
        TOKEN["microsoft"],
        data={
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": microsoft.redirect_uri,
            "code_verifier": "a-code-verifier-of-at-least-forty-three-characters",
        },
        auth=httpx2.BasicAuth(consoles.MICROSOFT_CLIENT_ID, consoles.MICROSOFT_SECRET),
    )
    assert response.status_code == 200
