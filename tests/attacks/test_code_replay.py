"""Requirements 47 and 48: a code works once; whoever uses it again takes its tokens away."""

import asyncio

import pytest

from tests.house import TestHouse, authorize_url, redeem
from tests.walking import ask_userinfo, sign_in

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_second_use_is_refused_and_ends_the_tokens(shared_house: TestHouse) -> None:
    """Sequential replay: `invalid_grant`, and what the first use gave is worth nothing (48)."""
    code = (await sign_in(shared_house.browser()))["code"]
    async with shared_house.client() as client:
        first = await redeem(client, code)
        assert (await ask_userinfo(shared_house, first.json()["access_token"])).status_code == 200
        second = await redeem(client, code)
    assert (second.status_code, second.json()["error"]) == (400, "invalid_grant")
    assert (await ask_userinfo(shared_house, first.json()["access_token"])).status_code == 401


async def test_half_a_minute_later_is_still_a_replay(house: TestHouse) -> None:
    """The tombstone outlives the code (48)."""
    code = (await sign_in(house.browser()))["code"]
    async with house.client() as client:
        token = (await redeem(client, code)).json()["access_token"]
        house.clock.advance(seconds=90)
        assert (await redeem(client, code)).json()["error"] == "invalid_grant"
    assert (await ask_userinfo(house, token)).status_code == 401


async def test_a_hundred_at_once_give_at_most_one_success(shared_house: TestHouse) -> None:
    """100 in parallel: never two successes, and no token that still works afterwards (47, 48)."""
    code = (await sign_in(shared_house.browser()))["code"]
    async with shared_house.client() as client:
        answers = await asyncio.gather(*(redeem(client, code) for _ in range(100)))
    won = [answer for answer in answers if answer.status_code == 200]
    lost = [answer for answer in answers if answer.status_code != 200]
    assert len(won) <= 1
    assert {(a.status_code, a.json()["error"]) for a in lost} == {(400, "invalid_grant")}
    for answer in won:
        token = answer.json()["access_token"]
        assert (await ask_userinfo(shared_house, token)).status_code == 401


@pytest.mark.parametrize(
    ("client_id", "changes"),
    [
        ("portal", {"code_verifier": "another-verifier-of-at-least-forty-three-characters"}),
        ("portal", {"code_verifier": ""}),
        ("portal", {"redirect_uri": "https://portal.example/elsewhere"}),
        ("portal", {"redirect_uri": ""}),
        ("retail", {}),
    ],
    ids=["wrong verifier", "no verifier", "wrong address", "no address", "another client"],
)
async def test_a_wrong_guess_burns_the_code(
    shared_house: TestHouse, client_id: str, changes: dict[str, str]
) -> None:
    """One guess: after it, the right values do not help either (46, 47)."""
    code = (await sign_in(shared_house.browser()))["code"]
    async with shared_house.client() as client:
        wrong = await redeem(client, code, client_id=client_id, **changes)
        assert wrong.status_code == 400
        assert wrong.json()["error"] in {"invalid_grant", "invalid_request"}
        right = await redeem(client, code)
    assert (right.status_code, right.json()["error"]) == (400, "invalid_grant")


async def test_a_failed_authentication_leaves_the_code(shared_house: TestHouse) -> None:
    """Somebody who is no client cannot burn codes: authentication comes first (54)."""
    code = (await sign_in(shared_house.browser()))["code"]
    async with shared_house.client() as client:
        form = {"grant_type": "authorization_code", "code": code}
        refused = await client.post("/token", data=form, auth=("portal", "x" * 48))
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
        assert (await redeem(client, code)).status_code == 200


@pytest.mark.parametrize(("seconds", "status"), [(59, 200), (60, 400), (61, 400)])
async def test_a_code_lives_a_minute(house: TestHouse, seconds: int, status: int) -> None:
    """At both edges (47)."""
    code = (await sign_in(house.browser()))["code"]
    house.clock.advance(seconds=seconds)
    async with house.client() as client:
        assert (await redeem(client, code)).status_code == status


async def test_codes_are_256_random_bits(shared_house: TestHouse) -> None:
    """43 characters of base64url, different for the same person and request (47, 115)."""
    browser = shared_house.browser()
    first = (await sign_in(browser))["code"]
    second = (await browser.go(authorize_url())).query["code"]
    assert first != second
    assert len(first) == len(second) == 43


async def test_an_unknown_code_writes_nothing(shared_house: TestHouse) -> None:
    """A made-up code is refused like a spent one, and leaves no row (48)."""
    async with shared_house.client() as client:
        answer = await redeem(client, "made-up")
    assert answer.json() == {
        "error": "invalid_grant",
        "error_description": "the code is unknown, expired or already used",
    }
