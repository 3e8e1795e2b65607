"""Google's refresh tokens: redeemed again and again, until the consent behind them is revoked."""

from collections.abc import Callable
from dataclasses import replace

import httpx2
import pytest

from providers.emulated.app import build
from providers.emulated.config import Config, demo_config
from providers.emulated.keys import KeyStock
from tests.providers.emulated.conftest import open_browser
from tests.providers.emulated.party import BROKER, ORIGIN, USERINFO, Party, read_token

MakeParty = Callable[[str], Party]
REVOKE = "/google/oauth2.googleapis.com/revoke"


@pytest.fixture
def google(party: MakeParty) -> Party:
    """The client there."""
    return party("google")


async def refresh(client: Party, token: str | None, **changes: str) -> httpx2.Response:
    """Redeem a refresh token (None: send none)."""
    code_only = {"redirect_uri": None, "code_verifier": None}
    form = {**code_only, "grant_type": "refresh_token", "refresh_token": token, **changes}
    return await client.redeem("", **form)


def read_error(response: httpx2.Response) -> tuple[int, str]:
    """Return status and error code."""
    return response.status_code, response.json()["error"]


async def test_a_refresh_token_gives_new_tokens(google: Party) -> None:
    """About the same person, without a nonce, and without another refresh token."""
    first = await google.get_tokens("karin", access_type="offline")
    body = (await refresh(google, first["refresh_token"])).json()
    assert set(body) == {"access_token", "expires_in", "scope", "token_type", "id_token"}
    old, new = (read_token(one["id_token"])[1] for one in (first, body))
    assert new["sub"] == old["sub"]
    assert "nonce" not in new


async def test_a_refreshed_access_token_opens_userinfo(google: Party) -> None:
    """It is as good as the first one."""
    token = (await google.get_tokens("karin", access_type="offline"))["refresh_token"]
    access_token = (await refresh(google, token)).json()["access_token"]
    headers = {"Authorization": f"Bearer {access_token}"}
    assert (await google.browser.get(USERINFO["google"], headers=headers)).status_code == 200


async def test_a_refresh_token_keeps_working(google: Party) -> None:
    """It does not rotate, and does not age in a year."""
    token = (await google.get_tokens("karin", access_type="offline"))["refresh_token"]
    first = await refresh(google, token)
    await google.order(shift_clock=365 * 86_400)
    second = await refresh(google, token)
    assert (first.status_code, second.status_code) == (200, 200)


@pytest.mark.parametrize("which", ["refresh_token", "access_token"])
async def test_a_revoked_refresh_token_is_refused(google: Party, which: str) -> None:
    """Whichever of the two was revoked: the whole consent is gone."""
    tokens = await google.get_tokens("karin", access_type="offline")
    await google.browser.post(REVOKE, data={"token": tokens[which]})
    assert read_error(await refresh(google, tokens["refresh_token"])) == (400, "invalid_grant")


async def test_revoking_a_refresh_token_ends_its_access_tokens(google: Party) -> None:
    """Userinfo is closed."""
    tokens = await google.get_tokens("karin", access_type="offline")
    await google.browser.post(REVOKE, data={"token": tokens["refresh_token"]})
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert (await google.browser.get(USERINFO["google"], headers=headers)).status_code == 401


async def test_revocation_spares_other_people(google: Party) -> None:
    """Somebody else's refresh token at the same client keeps working."""
    mine = await google.get_tokens("karin", access_type="offline")
    theirs = await google.get_tokens("nils", access_type="offline", prompt="select_account")
    await google.browser.post(REVOKE, data={"token": mine["refresh_token"]})
    assert (await refresh(google, theirs["refresh_token"])).status_code == 200


@pytest.mark.parametrize(
    ("token", "changes", "error"),
    [
        ("1//0cmade-up", {}, (400, "invalid_grant")),
        (None, {}, (400, "invalid_request")),
        ("1//0cmade-up", {"client_secret": "wrong"}, (401, "invalid_client")),
    ],
)
async def test_refresh_errors_are_googles(
    google: Party, token: str | None, changes: dict[str, str], error: tuple[int, str]
) -> None:
    """Unknown token, no token, wrong secret."""
    assert read_error(await refresh(google, token, **changes)) == error


async def test_a_refresh_token_is_of_one_client(stock: KeyStock) -> None:
    """Another client of the same Google cannot redeem it."""
    demo = demo_config(ORIGIN, BROKER)
    (ours,) = demo.registrations["google"]
    registrations = {**demo.registrations, "google": (ours, replace(ours, client_id="another"))}
    app = build(Config(demo.bases, registrations), stock=stock)
    client = Party(open_browser(app), "google")
    token = (await client.get_tokens("karin", access_type="offline"))["refresh_token"]
    answer = await refresh(client, token, client_id="another")
    assert read_error(answer) == (401, "unauthorized_client")
