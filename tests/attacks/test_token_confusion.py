"""Requirements 59 and 110: `/userinfo` takes access tokens that we signed as such, no others."""

import base64
import json
from typing import Any

import pytest
import pytest_asyncio
from joserfc import jwk, jws

from tests.house import ISSUER, TestHouse, authorize_url, read_claims
from tests.walking import ask_userinfo, tokens_of

pytestmark = pytest.mark.asyncio(loop_scope="session")


def _segment(members: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(members).encode()).rstrip(b"=").decode()


def _header(token: str) -> dict[str, Any]:
    head = token.partition(".")[0]
    members: dict[str, Any] = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    return members


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def tokens(shared_house: TestHouse) -> dict[str, Any]:
    """A customer's tokens."""
    return await tokens_of(shared_house)


async def _refused(house: TestHouse, token: str) -> None:
    answer = await ask_userinfo(house, token)
    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_token"
    assert answer.headers["www-authenticate"].startswith('Bearer error="invalid_token"')


async def test_the_access_token_is_taken(shared_house: TestHouse, tokens: dict[str, Any]) -> None:
    """What the refusals below would have been."""
    assert (await ask_userinfo(shared_house, tokens["access_token"])).status_code == 200


async def test_an_id_token_is_no_access_token(
    shared_house: TestHouse, tokens: dict[str, Any]
) -> None:
    """Another `typ`, also when its algorithm is the same (59)."""
    await _refused(shared_house, tokens["id_token"])


async def test_an_access_token_is_no_id_token_hint(
    shared_house: TestHouse, tokens: dict[str, Any]
) -> None:
    """The reverse, at `/authorize` and at `/logout` (59)."""
    token = tokens["access_token"]
    browser = await shared_house.browser().go(authorize_url(id_token_hint=token, prompt="none"))
    assert browser.query["error"] == "invalid_request"
    await browser.go(f"{ISSUER}/logout?id_token_hint={token}")
    assert browser.page.status_code == 400


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", ""])
async def test_an_unsigned_token_is_refused(
    shared_house: TestHouse, tokens: dict[str, Any], algorithm: str
) -> None:
    """In every spelling, with and without a signature behind it (110)."""
    _, payload, signature = tokens["access_token"].split(".")
    head = _segment(_header(tokens["access_token"]) | {"alg": algorithm})
    for end in ("", signature):
        await _refused(shared_house, f"{head}.{payload}.{end}")


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
async def test_our_public_key_is_no_shared_secret(
    shared_house: TestHouse, tokens: dict[str, Any], algorithm: str
) -> None:
    """Signed by HMAC with every form of the public key that the world can read (110)."""
    async with shared_house.client() as client:
        keys = (await client.get("/jwks")).json()["keys"]
    claims = json.dumps(read_claims(tokens["access_token"]))
    registry = jws.JWSRegistry(algorithms=["HS256", "HS384", "HS512"])
    for key in keys:
        public = jwk.import_key(key)
        forms = [json.dumps(key).encode()]
        forms += [public.as_bytes(encoding=e) for e in ("PEM", "DER")]
        for secret in forms:
            head = {"alg": algorithm, "kid": key["kid"], "typ": "at+jwt"}
            shared = jwk.OctKey(secret, secret)  # importing it would be refused, as it should be
            forged = jws.serialize_compact(head, claims, shared, registry=registry)
            await _refused(shared_house, forged)


@pytest.mark.parametrize(
    "changes",
    [
        {"alg": "RS256"},
        {"alg": "EdDSA"},
        {"alg": "ES384"},
        {"kid": "of-somebody-else"},
        {"kid": ""},
        {"kid": None},
        {"kid": ["a"]},
        {"kid": "../../etc/passwd"},
        {"typ": "JWT"},
        {"typ": "AT+JWT"},
        {"typ": "application/at+jwt"},
        {"typ": None},
        {"crit": ["exp"]},
        {"b64": False, "crit": ["b64"]},
        {"zip": "DEF"},
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/cert"},
        {"cty": "JWT"},
    ],
    ids=str,
)
async def test_an_altered_header_is_refused(
    shared_house: TestHouse, tokens: dict[str, Any], changes: dict[str, Any]
) -> None:
    """Another algorithm, key, type, or a header member that we never write (110)."""
    _, payload, signature = tokens["access_token"].split(".")
    header = _header(tokens["access_token"]) | changes
    await _refused(shared_house, f"{_segment(header)}.{payload}.{signature}")


@pytest.mark.parametrize("has_own_jwk", [False, True])
async def test_a_token_of_a_key_of_the_attackers_is_refused(
    shared_house: TestHouse, tokens: dict[str, Any], has_own_jwk: bool
) -> None:
    """Signed with a foreign key under our `kid`, with or without the key in the header (18)."""
    key = jwk.ECKey.generate_key("P-256")
    header = _header(tokens["access_token"])
    if has_own_jwk:
        header["jwk"] = key.as_dict(private=False)
    claims = json.dumps(read_claims(tokens["access_token"]))
    await _refused(shared_house, jws.serialize_compact(header, claims, key))


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": 99999999999},
        {"scope": "openid profile email"},
        {"sub": "somebody-else"},
        {"jti": "gother.x"},
        {"client_id": "retail"},
    ],
    ids=str,
)
async def test_an_altered_claim_is_refused(
    shared_house: TestHouse, tokens: dict[str, Any], changes: dict[str, Any]
) -> None:
    """The signature covers every one of them."""
    head, _, signature = tokens["access_token"].split(".")
    claims = read_claims(tokens["access_token"]) | changes
    await _refused(shared_house, f"{head}.{_segment(claims)}.{signature}")


async def test_other_serialisations_are_refused(
    shared_house: TestHouse, tokens: dict[str, Any]
) -> None:
    """JSON, five parts, two parts, nothing, and white space within (110)."""
    token = tokens["access_token"]
    head, payload, signature = token.split(".")
    flat = json.dumps({"protected": head, "payload": payload, "signature": signature})
    for other in (flat, f"{token}.a.b", f"{head}.{payload}", "..", "a.b.c", f"{head}..{signature}"):
        await _refused(shared_house, other)


async def test_an_expired_token_is_refused(house: TestHouse) -> None:
    """At the second at which it expires, and no later (58)."""
    token = (await tokens_of(house))["access_token"]
    house.clock.advance(seconds=599)
    assert (await ask_userinfo(house, token)).status_code == 200
    house.clock.advance(seconds=1)
    await _refused(house, token)


async def test_tokens_in_addresses_do_not_count(
    shared_house: TestHouse, tokens: dict[str, Any]
) -> None:
    """RFC 6750 section 2.3: an address is written down everywhere."""
    async with shared_house.client() as client:
        answer = await client.get(f"/userinfo?access_token={tokens['access_token']}")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_token_in_two_places_is_refused(
    shared_house: TestHouse, tokens: dict[str, Any]
) -> None:
    """One way per request (RFC 6750 section 2)."""
    token = tokens["access_token"]
    async with shared_house.client() as client:
        answer = await client.post(
            "/userinfo", data={"access_token": token}, headers={"authorization": f"Bearer {token}"}
        )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_without_openid_there_is_no_userinfo(shared_house: TestHouse) -> None:
    """`insufficient_scope` (RFC 6750 section 3.1)."""
    members = await tokens_of(shared_house, scope="invoices:read")
    assert "id_token" not in members
    answer = await ask_userinfo(shared_house, members["access_token"])
    assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")
