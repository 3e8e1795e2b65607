"""An API that checks our access tokens offline, by RFC 9068 section 4, with joserfc alone."""

import hashlib
import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
import pytest_asyncio
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from tests.house import ISSUER, TestHouse, authorize_url, redeem
from tests.interop.suite import header_of
from tests.walking import tokens_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

AUDIENCE = "https://api.elnat.example"


class Refused(Exception):
    """The API does not take this token."""


async def _keys(house: TestHouse) -> jwk.KeySet:
    async with house.client() as client:
        return jwk.KeySet.import_key_set((await client.get("/jwks")).json())


async def check(house: TestHouse, token: str, audience: str = AUDIENCE) -> dict[str, Any]:
    """What a careful API does: type, signature, issuer, audience, time."""
    if header_of(token).get("typ") != "at+jwt":
        raise Refused("typ")
    try:
        verified = jwt.decode(token, await _keys(house), algorithms=["ES256"])
    except JoseError as error:
        raise Refused("signature") from error
    rules = jwt.JWTClaimsRegistry(
        now=int(house.clock().timestamp()),
        iss={"essential": True, "value": ISSUER},
        aud={"essential": True, "value": audience},
        exp={"essential": True},
        sub={"essential": True},
    )
    try:
        rules.validate(verified.claims)
    except JoseError as error:
        raise Refused("claims") from error
    claims: dict[str, Any] = verified.claims
    return claims


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def tokens(shared_house: TestHouse) -> dict[str, Any]:
    """A customer's tokens at `portal`."""
    return await tokens_of(shared_house)


async def test_the_access_token_passes(shared_house: TestHouse, tokens: dict[str, Any]) -> None:
    """With every claim that RFC 9068 section 2.2 asks for, and at most ten minutes to live."""
    claims = await check(shared_house, tokens["access_token"])
    asked = {"iss", "exp", "aud", "sub", "client_id", "iat", "jti", "auth_time", "acr", "scope"}
    assert asked <= claims.keys()
    assert claims["exp"] - claims["iat"] == tokens["expires_in"] <= 600
    assert claims["client_id"] == "portal"
    assert claims["scope"] == tokens["scope"]
    assert claims["iat"] == int(shared_house.clock().timestamp())


async def test_the_id_token_does_not(shared_house: TestHouse, tokens: dict[str, Any]) -> None:
    """Requirement 59, at the API's door."""
    with pytest.raises(Refused, match="typ"):
        await check(shared_house, tokens["id_token"])


async def test_another_apis_token_does_not(shared_house: TestHouse, tokens: dict[str, Any]) -> None:
    """One audience each."""
    with pytest.raises(Refused, match="claims"):
        await check(shared_house, tokens["access_token"], "https://api.varme.example")


async def test_a_token_for_userinfo_alone_is_for_no_api(shared_house: TestHouse) -> None:
    """A client without an API gets tokens whose audience is the issuer."""
    browser = await shared_house.browser().go(authorize_url("open", scope="openid"))
    await browser.submit("yahoo")
    await browser.submit(person="load-920000")
    form = {
        "grant_type": "authorization_code",
        "code": browser.query["code"],
        "client_id": "open",
        "redirect_uri": "https://portal.example/callback",
        "code_verifier": "a-code-verifier-of-at-least-forty-three-characters",
    }
    async with shared_house.client() as client:
        token = (await client.post("/token", data=form)).json()["access_token"]
    assert (await check(shared_house, token, ISSUER))["authorization_details"] == []
    with pytest.raises(Refused):
        await check(shared_house, token)


async def test_at_hash_binds_the_two(shared_house: TestHouse, tokens: dict[str, Any]) -> None:
    """OpenID Connect Core section 3.1.3.6, computed here anew."""
    digest = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    expected = urlsafe_b64encode(digest).rstrip(b"=").decode()
    claims = jwt.decode(tokens["id_token"], await _keys(shared_house), algorithms=["RS256"]).claims
    assert claims["at_hash"] == expected


async def test_the_customer_is_told_in_one_shape(
    shared_house: TestHouse, tokens: dict[str, Any]
) -> None:
    """The members that an API may rely on, and no others (DESIGN section 4)."""
    [entry] = (await check(shared_house, tokens["access_token"]))["authorization_details"]
    assert entry.keys() == {
        "type", "customer", "customer_number", "company", "relation", "actions", "proof",
        "linked_at",
    }  # fmt: skip
    assert entry["type"] == "customer_account"
    assert entry["actions"] == ["invoices:read"]
    assert json.dumps(entry)


async def test_two_tokens_are_never_the_same(shared_house: TestHouse) -> None:
    """`jti` names each."""
    browser, seen = shared_house.browser(), set()
    await tokens_of(shared_house, browser)
    async with shared_house.client() as client:
        for _ in range(3):
            await browser.go(authorize_url())
            token = (await redeem(client, browser.query["code"])).json()["access_token"]
            seen.add((await check(shared_house, token))["jti"])
    assert len(seen) == 3
