"""The security team changes keys on a Friday, or in the night; who is signed in notices nothing."""

import json
from base64 import urlsafe_b64decode
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from broker.app.rotating import rotating_chore
from broker.chores.following import KNOWS_FOR_SECONDS
from broker.chores.key_fetches import AT_MOST as NAMES_AT_MOST
from broker.endpoints.canary import AT_MOST as CANARIES_AT_MOST
from broker.endpoints.well_known import JWKS_SECONDS
from broker.tokens.mint import CANARY_SECONDS
from broker.wiring.keys import key_schedule
from keys import Activated, Algorithm, Emergency, KeyRecord, Leak, Rotation, Scope, State
from tests.house import ISSUER, SECRET, TestHouse, redeem
from tests.walking import ask_userinfo, sign_in, somebody_new

ES256 = Algorithm.ES256


def kid_of(token: str) -> str:
    """The key that signed it."""
    head = token.partition(".")[0]
    return str(json.loads(urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"])


async def published(house: TestHouse) -> list[str]:
    """The keys of the JWK Set."""
    async with house.client() as client:
        return [key["kid"] for key in (await client.get("/jwks")).json()["keys"]]


async def tokens(house: TestHouse) -> dict[str, Any]:
    """Somebody signs in at the portal."""
    answer = await sign_in(house.browser(), somebody_new())
    async with house.client() as client:
        response = await redeem(client, answer["code"])
    assert response.status_code == 200, response.text
    return dict(response.json())


async def in_state(house: TestHouse, state: State) -> KeyRecord:
    """The ES256 key that is in it."""
    records = await house.parts.storage.keys.all()
    [found] = [each for each in records if (each.state, each.algorithm) == (state, ES256)]
    return found


def rotation(house: TestHouse) -> Rotation:
    """What the command and the chore call."""
    schedule = key_schedule(
        house.settings, cached_for=timedelta(seconds=JWKS_SECONDS), lease=timedelta(seconds=15)
    )
    return Rotation(house.parts.ring.shop, schedule, [ES256])


async def test_a_rotation_is_noticed_by_nobody(house: TestHouse) -> None:
    """A token from before is good to its end, one from after is signed by what was announced."""
    spare = (await in_state(house, State.ANNOUNCED)).kid
    house.clock.advance(days=1)
    await house.parts.following.look()
    before = (await tokens(house))["access_token"]
    [outcome] = await rotation(house).rotate([ES256], now=house.clock.now, why="a Friday")
    assert isinstance(outcome, Activated)
    await house.parts.following.look()
    after = (await tokens(house))["access_token"]
    assert kid_of(after) == spare != kid_of(before)
    for each in (before, after):
        assert (await ask_userinfo(house, each)).status_code == 200
        assert kid_of(each) in await published(house)


async def test_they_change_by_themselves(house: TestHouse) -> None:
    """After ninety days; what retired is removed when no session can bring it back as a hint."""
    spare, signing = await in_state(house, State.ANNOUNCED), await in_state(house, State.SIGNING)
    chore = rotating_chore(house.parts)
    house.clock.advance(days=90)
    await house.parts.following.look()
    assert await chore.run(house.clock.now) > 0
    assert (await in_state(house, State.SIGNING)).kid == spare.kid
    house.clock.advance(days=90, minutes=1, seconds=30)
    await house.parts.following.look()
    await chore.run(house.clock.now)
    await house.parts.following.look()
    assert signing.kid not in await published(house)


async def test_a_revoked_keys_tokens_are_refused_at_once(house: TestHouse) -> None:
    """The portal fetches another one; the person does nothing."""
    leaked = (await tokens(house))["access_token"]
    leak = Leak(Scope.KEY, frozenset({kid_of(leaked)}))
    await Emergency(house.parts.ring.shop).revoke(leak, now=house.clock.now, why="found")
    await house.parts.following.look()
    assert (await ask_userinfo(house, leaked)).status_code == 401
    assert kid_of(leaked) not in await published(house)
    fresh = (await tokens(house))["access_token"]
    assert (await ask_userinfo(house, fresh)).status_code == 200


async def test_while_nothing_signs_a_code_is_not_used_up(house: TestHouse) -> None:
    """The portal is told to come again, and then gets what it was promised."""
    answer = await sign_in(house.browser(), somebody_new())
    shop = house.parts.ring.shop
    await Emergency(shop).revoke(Leak(Scope.STORE), now=house.clock.now, why="a copy was lost")
    await house.parts.following.look()
    async with house.client() as client:
        refused = await redeem(client, answer["code"])
        assert (refused.status_code, refused.json()["error"]) == (503, "temporarily_unavailable")
        assert refused.headers["retry-after"] == "5"
        schedule = rotation(house).schedule
        await Rotation(shop, schedule, tuple(Algorithm)).turn(now=house.clock.now)
        await house.parts.following.look()
        assert (await redeem(client, answer["code"])).status_code == 200


async def test_who_has_not_heard_lately_publishes_and_signs_nothing(house: TestHouse) -> None:
    """Its ring may be an old one; a balancer has taken it out by then."""
    token = (await tokens(house))["access_token"]
    answer = await sign_in(house.browser(), somebody_new())
    house.still.now += KNOWS_FOR_SECONDS
    async with house.client() as client:
        for response in (
            await client.get("/jwks"),
            await redeem(client, answer["code"]),
            await ask_userinfo(house, token),
        ):
            assert response.status_code == 503
            assert "no-store" in response.headers["cache-control"]
        assert (await client.get("/readyz")).status_code == 503


async def test_pages_elsewhere_can_read_that_there_are_no_keys_now(house: TestHouse) -> None:
    """A program in a browser sees the 503 and when to come again, as it sees the keys and 304."""
    async with house.client() as client:
        keys = await client.get("/jwks")
        known = await client.get("/jwks", headers={"if-none-match": keys.headers["etag"]})
        house.still.now += KNOWS_FOR_SECONDS
        without = await client.get("/jwks")
        canary_without = await canary(house)
    answers = [keys, known, without]
    assert [each.status_code for each in answers] == [200, 304, 503]
    assert [each.headers["access-control-allow-origin"] for each in answers] == ["*"] * 3
    assert without.headers["retry-after"] == "5"
    assert canary_without.status_code == 503
    assert "access-control-allow-origin" not in canary_without.headers


async def canary(house: TestHouse, **changes: Any) -> httpx2.Response:
    """A service asks for one."""
    async with house.client() as client:
        sent: dict[str, Any] = {"auth": ("portal", SECRET), "data": {}} | changes
        return await client.post("/jwks/canary", **sent)


async def test_a_canary_is_signed_by_the_next_key_and_opens_nothing(house: TestHouse) -> None:
    """Of the client's own audience, nobody's, for a minute."""
    answer = (await canary(house)).json()
    token = answer.pop("access_token")
    assert answer == {"token_type": "Bearer", "expires_in": CANARY_SECONDS}
    assert kid_of(token) == (await in_state(house, State.ANNOUNCED)).kid
    claims = house.parts.signer.verify(token, typ="at+jwt")
    assert claims == {
        "iss": ISSUER,
        "aud": "https://api.elnat.example",
        "sub": "canary",
        "client_id": "portal",
        "iat": claims["iat"],
        "exp": claims["iat"] + 60,
        "jti": claims["jti"],
        "scope": "farstu:canary",
    }
    assert (await ask_userinfo(house, token)).status_code == 401
    reader = house.use.logout.hints
    assert reader.read_hint(token) is None


@pytest.mark.parametrize(
    ("sent", "status", "error"),
    [
        ({"auth": ("portal", "another-secret")}, 401, "invalid_client"),
        ({"auth": None}, 401, "invalid_client"),
        ({"auth": None, "data": {"client_id": "open"}}, 400, "unauthorized_client"),
    ],
)
async def test_a_canary_is_for_clients_that_prove_themselves(
    house: TestHouse, sent: dict[str, Any], status: int, error: str
) -> None:
    """As at the token endpoint; a public client could be anybody."""
    refused = await canary(house, **sent)
    assert (refused.status_code, refused.json()["error"]) == (status, error)


async def test_a_client_has_so_many_canaries_a_minute(house: TestHouse) -> None:
    """Each costs a signature. Another client has its own; a minute later there are more."""
    answers = [await canary(house) for _ in range(CANARIES_AT_MOST)]
    assert {each.status_code for each in answers} == {200}
    refused = await canary(house)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert refused.json()["error"] == "temporarily_unavailable"
    assert (await canary(house, auth=("retail", SECRET))).status_code == 200
    house.clock.advance(minutes=1)
    assert (await canary(house)).status_code == 200


async def test_it_is_known_who_has_fetched(house: TestHouse) -> None:
    """By the name that they give, or by program and network; 304 counts too."""
    async with house.client() as client:
        first = await client.get("/jwks?consumer=billing")
        etag = {"if-none-match": first.headers["etag"]}
        assert (await client.get("/jwks?consumer=billing", headers=etag)).status_code == 304
        await client.get("/jwks", headers={"user-agent": "jose/v6 (node)"})
        await client.get("/jwks?consumer=<b>", headers={"user-agent": "<script>"})
    await house.parts.fetches.write()
    found = await house.parts.storage.key_fetches.all()
    assert {(each.consumer, each.count) for each in found} == {
        ("billing", 2),
        ("jose at 127.0.0.0/24", 1),
        ("unknown program at 127.0.0.0/24", 1),
    }


async def test_a_service_of_ours_is_noted_in_a_crowd(house: TestHouse) -> None:
    """By its name in the configuration: a client's id, a resource's."""
    [client, *_], [resource, *_] = house.settings.clients, house.settings.resources
    for name in (*(f"c{number}" for number in range(NAMES_AT_MOST)), client, resource, "nobody"):
        house.parts.fetches.count(name)
    await house.parts.fetches.write()
    found = {each.consumer for each in await house.parts.storage.key_fetches.all()}
    assert {client, resource, "nobody"} & found == {client, resource}
