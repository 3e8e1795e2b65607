"""Microsoft's answers: numbered errors, pages, ways to cancel, delivery and sign-out."""

from collections.abc import Callable

import pytest

from providers.emulated import consoles
from providers.emulated.people import COUNCIL_TENANT
from tests.providers.emulated.party import (
    TOKEN,
    Party,
    read_query,
)

MakeParty = Callable[[str], Party]
MakePartyWith = Callable[..., Party]


@pytest.fixture
def microsoft(party: MakeParty) -> Party:
    """The client there."""
    return party("microsoft")


@pytest.mark.parametrize(
    ("changes", "status", "code", "error"),
    [
        ({"client_secret": "wrong"}, 401, 7000215, "invalid_client"),
        ({"client_secret": None}, 401, 7000218, "invalid_client"),
        ({"client_id": "unknown"}, 400, 700016, "unauthorized_client"),
        ({"client_id": None}, 400, 900144, "invalid_request"),
        ({"code": "made-up"}, 400, 70000, "invalid_grant"),
        ({"code_verifier": "wrong" * 10}, 400, 501481, "invalid_grant"),
        ({"code_verifier": None}, 400, 501481, "invalid_grant"),
        ({"redirect_uri": "http://localhost:8000/x"}, 400, 500112, "invalid_grant"),
        ({"grant_type": "password"}, 400, 70003, "unsupported_grant_type"),
    ],
)
async def test_token_errors_are_numbered(
    microsoft: Party, changes: dict[str, str | None], status: int, code: int, error: str
) -> None:
    """Each mistake at the token endpoint has its number, in Microsoft's JSON."""
    good = (await microsoft.sign_in("karin"))["code"]
    response = await microsoft.redeem(**{"code": good, **changes})
    body = response.json()
    assert (response.status_code, body["error_codes"], body["error"]) == (status, [code], error)
    assert set(body) == {
        "error",
        "error_description",
        "error_codes",
        "timestamp",
        "trace_id",
        "correlation_id",
        "error_uri",
    }
    assert body["error_description"].startswith(f"AADSTS{code}: ")


@pytest.mark.parametrize(("shift", "code"), [(0, 54005), (601, 70008)])
async def test_used_and_expired_codes_differ(microsoft: Party, shift: int, code: int) -> None:
    """A used code is 54005, an expired one 70008."""
    good = (await microsoft.sign_in("karin"))["code"]
    if not shift:
        await microsoft.redeem(good)
    await microsoft.order(shift_clock=shift)
    assert (await microsoft.redeem(good)).json()["error_codes"] == [code]


async def test_an_expired_secret_has_its_own_number(microsoft: Party) -> None:
    """7000222: the most common outage in production."""
    code = (await microsoft.sign_in("karin"))["code"]
    await microsoft.order("secret_expired")
    response = await microsoft.redeem(code)
    assert (response.status_code, response.json()["error_codes"]) == (401, [7000222])


async def test_a_web_app_must_not_send_origin(microsoft: Party) -> None:
    """Redemption with an Origin header is for single-page apps."""
    response = await microsoft.browser.post(
        TOKEN["microsoft"],
        data={"client_id": consoles.MICROSOFT_CLIENT_ID},
        headers={"Origin": "http://localhost:8000"},
    )
    assert response.json()["error_codes"] == [9002326]


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"client_id": "unknown"}, "AADSTS700016"),
        ({"redirect_uri": "http://localhost:8000/x"}, "AADSTS50011"),
        ({"scope": None}, "AADSTS900144"),
    ],
)
async def test_these_errors_are_pages(
    microsoft: Party, changes: dict[str, str | None], number: str
) -> None:
    """They never redirect."""
    response = await microsoft.authorize(**changes)
    assert response.status_code == 400
    assert number in response.text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"prompt": "sing"}, "invalid_request"),
        ({"response_mode": "web_message"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
    ],
)
async def test_these_errors_are_redirected(
    microsoft: Party, changes: dict[str, str | None], error: str
) -> None:
    """They reach the client, with the state."""
    answer = read_query(await microsoft.authorize(**changes))
    assert (answer["error"], answer["state"]) == (error, "some-state")


@pytest.mark.parametrize(
    ("audience", "tenant", "number"),
    [
        ("PersonalMicrosoftAccount", "common", "9002331"),
        ("AzureADMultipleOrgs", "consumers", "9002332"),
        ("AzureADMyOrg", "organizations", "50194"),
    ],
)
async def test_audience_and_tenant_must_fit(
    party_with: MakePartyWith, audience: str, tenant: str, number: str
) -> None:
    """An app registered for other accounts than the endpoint's gets a page."""
    client = party_with("microsoft", audience=audience)
    client.authorize_path = f"/microsoft/{tenant}/oauth2/v2.0/authorize"
    assert f"AADSTS{number}" in (await client.authorize()).text


@pytest.mark.parametrize(
    ("tenant", "person", "number"),
    [("organizations", "karin", "500208"), (COUNCIL_TENANT, "skurk", "50020")],
)
async def test_account_and_tenant_must_fit(
    microsoft: Party, tenant: str, person: str, number: str
) -> None:
    """A personal account at a work endpoint, or somebody of another tenant, gets a page."""
    microsoft.authorize_path = f"/microsoft/{tenant}/oauth2/v2.0/authorize"
    await microsoft.order(person=person)
    assert f"AADSTS{number}" in (await microsoft.authorize()).text


@pytest.mark.parametrize(
    ("variant", "names"),
    [
        ("cancel", {"error", "error_description", "state"}),
        ("cancel_subcode", {"error", "error_subcode", "state"}),
        ("cancel_declined", {"error", "error_description", "state"}),
        ("cancel_admin", {"error", "error_subcode", "error_description", "state"}),
    ],
)
async def test_cancelling_has_several_forms(
    microsoft: Party, variant: str, names: set[str]
) -> None:
    """access_denied, with and without description and subcode."""
    await microsoft.order(variant)
    answer = read_query(await microsoft.authorize())
    assert answer["error"] == "access_denied"
    assert set(answer) == names


async def test_form_post_answers_a_page_that_posts(microsoft: Party) -> None:
    """The fields stand in a form to the client, its script allowed by hash, a button besides."""
    page = await microsoft.authorize(response_mode="form_post")
    answer = await microsoft.press(page, "person", "karin")
    assert answer.status_code == 200
    assert f'action="{microsoft.redirect_uri}"' in answer.text
    assert 'name="state" value="some-state"' in answer.text
    assert "script-src 'sha256-" in answer.headers["content-security-policy"]
    assert '<button type="submit">' in answer.text


async def test_fragment_puts_the_answer_behind_a_hash(microsoft: Party) -> None:
    """`response_mode=fragment` keeps the code out of the query."""
    await microsoft.order(person="karin")
    location = (await microsoft.authorize(response_mode="fragment")).headers["location"]
    assert location.startswith(f"{microsoft.redirect_uri}#code=")


async def test_state_loses_what_looks_like_html(microsoft: Party) -> None:
    """Microsoft strips tags from state."""
    await microsoft.order(person="karin")
    assert read_query(await microsoft.authorize(state="a<b>c"))["state"] == "ac"


async def test_an_address_without_path_comes_back_with_a_slash(
    party_with: MakePartyWith,
) -> None:
    """`http://localhost:8000` becomes `http://localhost:8000/`."""
    client = party_with("microsoft", redirect_uris=("http://localhost:8000",))
    await client.order(person="karin")
    response = await client.authorize(redirect_uri="http://localhost:8000")
    assert response.headers["location"].startswith("http://localhost:8000/?")


async def test_throttling_is_429_with_retry_after(microsoft: Party) -> None:
    """Too many requests, in Microsoft's JSON."""
    await microsoft.order("throttled")
    response = await microsoft.redeem("any")
    assert (response.status_code, response.json()["error_codes"]) == (429, [90055])
    assert response.headers["retry-after"]


async def test_sign_out_ends_the_session_and_tells_the_apps(
    party_with: MakePartyWith,
) -> None:
    """Hidden iframes carry `sid` and no `iss`; the way back is a registered address with state."""
    client = party_with("microsoft", logout_uri="http://localhost:8000/logout-here")
    claims = await client.get_claims("karin")
    page = await client.browser.get(
        "/microsoft/consumers/oauth2/v2.0/logout",
        params={"post_logout_redirect_uri": client.redirect_uri, "state": "s"},
    )
    assert f'src="http://localhost:8000/logout-here?sid={claims["sid"]}"' in page.text
    assert "iss=" not in page.text
    assert f"{client.redirect_uri}?state=s" in page.text
    assert (await client.authorize()).status_code == 200


async def test_sign_out_returns_nowhere_unregistered(microsoft: Party) -> None:
    """An address that no app registered is not followed."""
    page = await microsoft.browser.get(
        "/microsoft/consumers/oauth2/v2.0/logout",
        params={"post_logout_redirect_uri": "http://localhost:9999/"},
    )
    assert "9999" not in page.text
