"""Requirements 45 and 46: S256 or nothing, and no way round it in either direction."""

import pytest

from tests.house import (
    CHALLENGE,
    VERIFIER,
    TestHouse,
    a_client,
    authorize_url,
    open_house,
    redeem,
)
from tests.walking import is_at_portal, sign_in

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": ""},
        {"code_challenge": "", "code_challenge_method": ""},
        {"code_challenge_method": ""},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": "s256"},
        {"code_challenge_method": "S512"},
        {"code_challenge": VERIFIER, "code_challenge_method": "plain"},
        {"code_challenge": CHALLENGE + "="},
        {"code_challenge": CHALLENGE[:-1]},
        {"code_challenge": CHALLENGE[:-1] + "+"},
        {"code_challenge": "a" * 128},
    ],
)
async def test_a_request_without_a_good_challenge_goes_home(
    shared_house: TestHouse, changes: dict[str, str]
) -> None:
    """`plain`, another method, none or a malformed one: `invalid_request` to the client (45)."""
    browser = await shared_house.browser().go(authorize_url(**changes))
    assert is_at_portal(browser)
    assert browser.query["error"] == "invalid_request"
    assert browser.query["state"] == "the-clients-state"


async def test_a_verifier_for_a_code_without_challenge_is_refused(
    house_template: object, tmp_path: object
) -> None:
    """Downgrade: the attacker drops the challenge from the request; the client notices (46)."""
    clients = {"portal": a_client("elnat", require_pkce=False)}
    async with open_house(house_template, tmp_path, clients=clients) as house:  # type: ignore[arg-type]
        answer = await sign_in(house.browser(), code_challenge="", code_challenge_method="")
        async with house.client() as client:
            refused = await redeem(client, answer["code"])
        assert refused.json()["error"] == "invalid_grant"


async def test_a_challenge_is_binding_also_where_it_was_not_required(
    house_template: object, tmp_path: object
) -> None:
    """A client that need not use PKCE and does is held to it (46)."""
    clients = {"portal": a_client("elnat", require_pkce=False)}
    async with open_house(house_template, tmp_path, clients=clients) as house:  # type: ignore[arg-type]
        answer = await sign_in(house.browser())
        async with house.client() as client:
            refused = await redeem(client, answer["code"], code_verifier="")
        assert refused.json()["error"] == "invalid_grant"


async def test_another_logins_code_does_not_fit_my_verifier(shared_house: TestHouse) -> None:
    """Code injection: a stolen code in the attacker's own login fails at the verifier (45, 47)."""
    stolen = await sign_in(
        shared_house.browser(), code_challenge="E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )
    async with shared_house.client() as client:
        refused = await redeem(client, stolen["code"])
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
