"""A login at each provider, driven as a browser drives it."""

from collections.abc import Callable

import pytest

from tests.providers.emulated.party import (
    OIDC,
    PROVIDERS,
    USERINFO,
    Party,
    prove_secret,
    read_query,
    read_token,
)

MakeParty = Callable[[str], Party]


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_first_login_shows_a_page_and_brings_a_code_with_the_state(
    party: MakeParty, provider: str
) -> None:
    """Somebody unknown to the browser chooses themselves and returns with code and state."""
    client = party(provider)
    page = await client.authorize()
    assert page.status_code == 200
    assert "bara för test" in page.text
    answer = read_query(await client.press(page, "person", "karin"))
    assert answer["state"] == "some-state"
    assert answer["code"]


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_second_login_is_silent(party: MakeParty, provider: str) -> None:
    """Whoever is signed in and known to the client sees no page."""
    client = party(provider)
    await client.sign_in("karin")
    assert read_query(await client.authorize())["code"]


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_cancel_brings_an_error_with_the_state(party: MakeParty, provider: str) -> None:
    """The button "Avbryt" answers access_denied."""
    client = party(provider)
    page = await client.authorize()
    answer = read_query(await client.press(page, "action", "cancel"))
    assert (answer["error"], answer["state"]) == ("access_denied", "some-state")


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_other_account_shows_everybody(party: MakeParty, provider: str) -> None:
    """From the one-click page, "Välj annat konto" leads to the whole list."""
    client = party(provider)
    await client.sign_in("karin")
    force = {"auth_type": "rerequest"} if provider == "facebook" else {"prompt": "consent"}
    page = await client.authorize(**force)
    assert 'value="nils"' not in page.text
    everybody = await client.press(page, "action", "other")
    assert 'value="nils"' in everybody.text


@pytest.mark.parametrize("provider", OIDC)
async def test_tokens_name_the_client_and_repeat_the_nonce(party: MakeParty, provider: str) -> None:
    """An ID token is for the client, and carries the nonce of the request."""
    client = party(provider)
    claims = await client.get_claims("karin")
    assert claims["aud"] == client.parameters()["client_id"]
    assert claims["nonce"] == "some-nonce"


@pytest.mark.parametrize("provider", OIDC)
async def test_subject_is_the_same_the_next_time(party: MakeParty, provider: str) -> None:
    """The same person at the same client keeps the subject."""
    client = party(provider)
    first = await client.get_claims("karin")
    again = await client.redeem(read_query(await client.authorize())["code"])
    assert read_token(again.json()["id_token"])[1]["sub"] == first["sub"]


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_code_works_once(party: MakeParty, provider: str) -> None:
    """A redeemed code is refused the second time."""
    client = party(provider)
    code = (await client.sign_in("karin"))["code"]
    assert (await client.redeem(code)).status_code == 200
    assert (await client.redeem(code)).status_code == 400


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_code_lives_ten_minutes(party: MakeParty, provider: str) -> None:
    """A code older than ten minutes is refused."""
    client = party(provider)
    code = (await client.sign_in("karin"))["code"]
    await client.order(shift_clock=601)
    assert (await client.redeem(code)).status_code == 400


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_unknown_redirect_address_is_a_page(party: MakeParty, provider: str) -> None:
    """A redirect address that the console does not know is never redirected to."""
    response = await party(provider).authorize(redirect_uri="http://localhost:8000/other")
    assert response.status_code == 400
    assert "location" not in response.headers


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_forged_ticket_is_refused(party: MakeParty, provider: str) -> None:
    """The login form takes only requests that this provider has accepted."""
    client = party(provider)
    response = await client.browser.post(
        f"/{provider}/signin", data={"ticket": "forged", "person": "karin"}
    )
    assert response.status_code == 400


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_userinfo_is_about_the_person(party: MakeParty, provider: str) -> None:
    """The access token opens the profile, a made-up one does not."""
    client = party(provider)
    token = (await client.get_tokens("karin"))["access_token"]
    params = {}
    if provider == "facebook":
        params = {"appsecret_proof": prove_secret(token), "fields": "id,name"}
    good = await client.browser.get(
        USERINFO[provider], params=params, headers={"Authorization": f"Bearer {token}"}
    )
    assert good.json()["name"] == "Karin Provberg"
    bad = await client.browser.get(USERINFO[provider], headers={"Authorization": "Bearer made-up"})
    assert bad.status_code == 401
