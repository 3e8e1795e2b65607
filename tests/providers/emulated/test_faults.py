"""Each fault does what its name says, once, and nothing goes wrong without one."""

import base64
import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from providers.emulated.faults import CATALOGUE, Place, UnknownFaultError, plan_fault
from tests.providers.emulated.party import (
    KEYS,
    OIDC,
    PROVIDERS,
    TOKEN,
    USERINFO,
    Party,
    prove_secret,
    read_query,
    read_token,
)

MakeParty = Callable[[str], Party]
DISCOVERY = "/google/.well-known/openid-configuration"


async def verify(client: Party, token: str, algorithm: str) -> None:
    """Verify with the published keys, by a library that shares nothing with the emulator."""
    keys = (await client.browser.get(KEYS[client.provider])).json()
    strong = [key for key in keys["keys"] if len(key.get("n", "x" * 300)) > 200]
    jws.deserialize_compact(token, KeySet.import_key_set({"keys": strong}), [algorithm])


async def forge(client: Party, fault: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Return header, claims and the token itself of a login with a fault."""
    code = (await client.sign_in("karin"))["code"]
    await client.order(fault)
    token = (await client.redeem(code)).json()["id_token"]
    return (*read_token(token), token)


@pytest.mark.parametrize("provider", OIDC)
async def test_without_faults_the_signature_verifies(party: MakeParty, provider: str) -> None:
    """With the key that the key set publishes under that kid."""
    client = party(provider)
    token = (await client.get_tokens("karin"))["id_token"]
    await verify(client, token, "ES256" if provider == "yahoo" else "RS256")


@pytest.mark.parametrize("provider", OIDC)
@pytest.mark.parametrize("fault", ["bad_signature", "hs256", "alg_none", "unknown_kid", "weak_key"])
async def test_forged_signatures_do_not_verify(party: MakeParty, provider: str, fault: str) -> None:
    """Nor do they pass with the provider's own algorithm."""
    client = party(provider)
    _, _, token = await forge(client, fault)
    with pytest.raises((JoseError, ValueError)):
        await verify(client, token, "ES256" if provider == "yahoo" else "RS256")


async def test_two_keys_of_one_kid_are_different_keys(party: MakeParty) -> None:
    """Each kid stands twice, the second is the right one."""
    client = party("google")
    await client.order("two_keys_same_kid")
    keys = (await client.browser.get(KEYS["google"])).json()["keys"]
    assert len(keys) == 4
    assert keys[0]["kid"] == keys[1]["kid"]
    assert keys[0]["n"] != keys[1]["n"]


async def test_a_key_set_can_be_empty(party: MakeParty) -> None:
    """Once; then it is full again."""
    client = party("google")
    await client.order("empty_jwks")
    sizes = [len((await client.browser.get(KEYS["google"])).json()["keys"]) for _ in range(2)]
    assert sizes == [0, 2]


async def test_the_weak_key_is_published_after_it_signed(party: MakeParty) -> None:
    """So that only its size speaks against it."""
    client = party("google")
    header, _, _ = await forge(client, "weak_key")
    keys = (await client.browser.get(KEYS["google"])).json()["keys"]
    weak = next(key for key in keys if key["kid"] == header["kid"])
    assert len(base64.urlsafe_b64decode(weak["n"] + "==")) == 128


Judge = Callable[[dict[str, Any], dict[str, Any]], bool]
CLAIM_FAULTS: dict[str, Judge] = {
    "wrong_nonce": lambda _, claims: claims["nonce"] != "some-nonce",
    "no_nonce": lambda _, claims: "nonce" not in claims,
    "wrong_issuer": lambda _, claims: claims["iss"] == "https://somebody-else.example",
    "old_issuer": lambda _, claims: claims["iss"] != "http://localhost:8001/generic",
    "wrong_audience": lambda _, claims: claims["aud"] == "client-of-somebody-else",
    "second_audience": lambda _, claims: len(claims["aud"]) == 2 and claims["azp"] != "farstu-demo",
    "expired": lambda _, claims: claims["exp"] - claims["iat"] == 3600,
    "issued_in_future": lambda _, claims: claims["exp"] - claims["iat"] == 3000,
    "not_yet_valid": lambda _, claims: claims["nbf"] - claims["iat"] == 600,
    "alg_none": lambda header, _: header["alg"] == "none",
    "hs256": lambda header, _: header["alg"] == "HS256",
    "unknown_kid": lambda header, _: header["kid"] == "a-key-in-no-set",
    "no_kid": lambda header, _: "kid" not in header,
    "subject_integer": lambda _, claims: isinstance(claims["sub"], int),
    "no_subject": lambda _, claims: "sub" not in claims,
    "no_email": lambda _, claims: "email" not in claims,
    "padded_at_hash": lambda _, claims: claims["at_hash"].endswith("=="),
    "wrong_at_hash": lambda _, claims: not claims["at_hash"].endswith("="),
    "stale_auth_time": lambda _, claims: claims["iat"] - claims["auth_time"] == 86_400,
    "oversized": lambda _, claims: len(claims["filler"]) == 40_000,
}


@pytest.mark.parametrize("fault", CLAIM_FAULTS)
async def test_an_id_token_fault_strikes_once(party: MakeParty, fault: str) -> None:
    """The first token has it, the next one is right."""
    client = party("generic")
    header, claims, _ = await forge(client, fault)
    assert CLAIM_FAULTS[fault](header, claims)
    code = read_query(await client.authorize())["code"]
    token = (await client.redeem(code)).json()["id_token"]
    await verify(client, token, "RS256")
    assert read_token(token)[1]["nonce"] == "some-nonce"


async def test_no_object_id_is_microsofts(party: MakeParty) -> None:
    """The identity key's half is missing."""
    _, claims, _ = await forge(party("microsoft"), "no_object_id")
    assert "oid" not in claims


@pytest.mark.parametrize(
    ("fault", "name", "value"),
    [
        ("no_id_token", "id_token", None),
        ("no_access_token", "access_token", None),
        ("expires_in_absent", "expires_in", None),
        ("expires_in_text", "expires_in", "3600"),
    ],
)
async def test_token_responses_can_be_bent(
    party: MakeParty, fault: str, name: str, value: str | None
) -> None:
    """A member is missing, or of another type."""
    client = party("generic")
    code = (await client.sign_in("karin"))["code"]
    await client.order(fault)
    assert (await client.redeem(code)).json().get(name) == value


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_good_code_can_be_rejected(party: MakeParty, provider: str) -> None:
    """`code_rejected` answers 400 for a code that was issued."""
    client = party(provider)
    code = (await client.sign_in("karin"))["code"]
    await client.order("code_rejected")
    assert (await client.redeem(code)).status_code == 400


async def test_yahoos_errors_can_be_objects(party: MakeParty) -> None:
    """By fault, for a right request too."""
    client = party("yahoo")
    await client.order("object_error")
    assert isinstance((await client.redeem("any")).json()["error"], dict)


@pytest.mark.parametrize("provider", [*OIDC, "facebook"])
async def test_userinfo_can_be_about_somebody_else(party: MakeParty, provider: str) -> None:
    """`subject_mismatch` changes the subject for one answer."""
    client = party(provider)
    token = (await client.get_tokens("karin"))["access_token"]
    seen = []
    for fault in ((), ("subject_mismatch",)):
        await client.order(*fault)
        answer = await client.browser.get(
            USERINFO[provider],
            params={"appsecret_proof": prove_secret(token)} if provider == "facebook" else {},
            headers={"Authorization": f"Bearer {token}"},
        )
        seen.append(answer.json()["id" if provider == "facebook" else "sub"])
    assert seen[0] != seen[1]


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("down_500", 500),
        ("down_502", 502),
        ("down_503", 503),
        ("html", 200),
        ("huge", 200),
        ("redirect", 302),
        ("timeout", 504),
        ("not_json_object", 200),
    ],
)
@pytest.mark.parametrize("at", ["discovery", "jwks", "token", "userinfo", "authorize"])
async def test_transport_faults_replace_the_answer(
    party: MakeParty, fault: str, status: int, at: str
) -> None:
    """At every place, with that status and without a document in the body."""
    client = party("google")
    await client.order({"name": fault, "at": at})
    response = await ask(client, at)
    assert response.status_code == status
    assert "issuer" not in response.text


async def ask(client: Party, at: str) -> httpx2.Response:
    """Ask Google at a place where a fault can strike."""
    if at == "discovery":
        return await client.browser.get(DISCOVERY)
    if at == "jwks":
        return await client.browser.get(KEYS["google"])
    if at == "token":
        return await client.browser.post(TOKEN["google"])
    if at == "userinfo":
        return await client.browser.get(USERINFO["google"])
    return await client.authorize()


async def test_a_huge_body_is_a_megabyte(party: MakeParty) -> None:
    """Valid JSON, and too much of it."""
    client = party("google")
    await client.order({"name": "huge", "at": "jwks"})
    body = (await client.browser.get(KEYS["google"])).content
    assert len(body) > 1_000_000
    assert isinstance(json.loads(body), dict)


async def test_a_truncated_body_is_no_json(party: MakeParty) -> None:
    """Half of the right one."""
    client = party("google")
    await client.order({"name": "truncated", "at": "discovery"})
    with pytest.raises(json.JSONDecodeError):
        (await client.browser.get(DISCOVERY)).json()


async def test_a_wrong_content_type_keeps_the_body(party: MakeParty) -> None:
    """The right JSON as text/javascript."""
    client = party("google")
    await client.order({"name": "wrong_content_type", "at": "discovery"})
    response = await client.browser.get(DISCOVERY)
    assert response.headers["content-type"].startswith("text/javascript")
    assert response.json()["issuer"]


async def test_slow_answers_late_and_right(party: MakeParty, naps: Any) -> None:
    """Eight seconds where nothing else is said."""
    client = party("google")
    await client.order(
        {"name": "slow", "at": "discovery"}, {"name": "slow", "at": "discovery", "seconds": 2}
    )
    answers = [await client.browser.get(DISCOVERY) for _ in range(2)]
    assert naps.seconds == [8, 2]
    assert all(one.json()["issuer"] for one in answers)


@pytest.mark.parametrize(
    ("fault", "member"), [("foreign_issuer", "issuer"), ("foreign_endpoints", "token_endpoint")]
)
async def test_metadata_can_point_elsewhere(party: MakeParty, fault: str, member: str) -> None:
    """To a host that is not the provider's."""
    client = party("google")
    await client.order(fault)
    document = (await client.browser.get(DISCOVERY)).json()
    assert document[member].startswith("https://somebody-else.example")


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    ("fault", "query"),
    [
        ("lost_state", "code"),
        ("wrong_state", "a-state-that-was-never-sent"),
        ("duplicate_state", "state=some-state&state=some-state"),
        ("wrong_response_issuer", "iss=https%3A%2F%2Fsomebody-else.example"),
        ("foreign_code", "code=code-of-another-provider"),
        ("server_error", "error=server_error"),
        ("temporarily_unavailable", "error=temporarily_unavailable"),
    ],
)
async def test_callbacks_can_be_wrong(
    party: MakeParty, provider: str, fault: str, query: str
) -> None:
    """The fault shows in the address that the browser is sent to."""
    client = party(provider)
    await client.order(fault, person="karin")
    location = (await client.authorize()).headers["location"]
    assert query in location
    assert ("state=" in location) is (fault != "lost_state")


async def test_a_fault_can_last(party: MakeParty) -> None:
    """`times` null strikes until reset."""
    client = party("google")
    await client.order({"name": "down_500", "at": "discovery", "times": None})
    during = [(await client.browser.get(DISCOVERY)).status_code for _ in range(3)]
    await client.order(reset=True)
    after = (await client.browser.get(DISCOVERY)).status_code
    assert (during, after) == ([500, 500, 500], 200)


async def test_faults_of_one_provider_leave_the_others_alone(party: MakeParty) -> None:
    """Google down, Yahoo up."""
    await party("google").order({"name": "down_500", "at": "discovery", "times": None})
    response = await party("yahoo").browser.get("/yahoo/.well-known/openid-configuration")
    assert response.status_code == 200


@pytest.mark.parametrize(
    "order",
    [
        {"name": "no_such_fault"},
        {"name": "wrong_nonce", "at": "discovery"},
        {"name": "slow", "times": 0},
    ],
)
def test_impossible_faults_are_refused(order: dict[str, Any]) -> None:
    """Unknown, at a place where it cannot strike, or never."""
    with pytest.raises(UnknownFaultError):
        plan_fault(**order)


def test_every_fault_has_a_place_and_a_text() -> None:
    """The catalogue is the documentation."""
    assert all(kind.places and kind.text for kind in CATALOGUE.values())
    assert {place for kind in CATALOGUE.values() for place in kind.places} == set(Place)
