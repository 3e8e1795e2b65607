"""What must hold whichever of two requests comes first."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from broker.clients.authenticate import AuthenticatedClient
from broker.grants.authorization_code import AuthorizationCodeGrant
from broker.oauth.errors import InvalidGrant
from broker.oauth.parameters import Parameters, read_parameters
from broker.storage.ports import GrantRecord, GrantStore, Shelf
from broker.tokens.code import CODE_LIFE, code_key, grant_id
from tests.house import REDIRECT, VERIFIER, TestHouse
from tests.walking import cookies_of, sign_in


class Interrupted:
    """The grant store, with something that happens just before the grant is inserted."""

    def __init__(self, grants: GrantStore, happening: Any) -> None:
        self._grants, self._happening = grants, happening

    async def redeem(self, grant: GrantRecord) -> bool:
        await self._happening(grant)
        return await self._grants.redeem(grant)

    async def revoke(self, grant_id: str, *, code_hash: bytes, at: datetime, reason: str) -> None:
        await self._grants.revoke(grant_id, code_hash=code_hash, at=at, reason=reason)

    async def revoke_by_code(self, code_hash: bytes, *, at: datetime, reason: str) -> bool:
        return await self._grants.revoke_by_code(code_hash, at=at, reason=reason)


def _interrupted(house: TestHouse, happening: Any) -> AuthorizationCodeGrant:
    grants = Interrupted(house.parts.storage.grants, happening)
    return replace(house.use.code_grant, grants=grants)  # type: ignore[arg-type]


def _request(code: str) -> Parameters:
    return read_parameters(f"code={code}&redirect_uri={REDIRECT}&code_verifier={VERIFIER}".encode())


def _portal(house: TestHouse) -> AuthenticatedClient:
    return AuthenticatedClient(house.parts.clients.configured["portal"])


async def test_a_sign_out_in_the_middle_of_a_redemption_wins(house: TestHouse) -> None:
    """The session ends between taking the code and inserting the grant: no tokens, none live."""
    browser = house.browser()
    code = (await sign_in(browser))["code"]
    session = await house.use.sessions.find(cookies_of(browser)["farstu-session"])
    assert session is not None

    async def sign_out(_grant: GrantRecord) -> None:
        await house.use.logout.end(session)

    with pytest.raises(InvalidGrant):
        await _interrupted(house, sign_out)(_portal(house), _request(code))
    assert await house.parts.storage.grants.find(grant_id(code), now=house.clock()) is None


async def test_a_replay_in_the_middle_of_a_redemption_wins(house: TestHouse) -> None:
    """The loser's revocation comes before the winner's grant: the winner gets nothing (48)."""
    code = (await sign_in(house.browser()))["code"]

    async def replay(_grant: GrantRecord) -> None:
        with pytest.raises(InvalidGrant):
            await house.use.code_grant(_portal(house), _request(code))

    with pytest.raises(InvalidGrant):
        await _interrupted(house, replay)(_portal(house), _request(code))
    assert await house.parts.storage.grants.find(grant_id(code), now=house.clock()) is None


async def test_a_store_that_forgot_the_code_was_taken_gives_no_second_grant(
    house: TestHouse,
) -> None:
    """The transient store came back from an old snapshot: the row in SQL has the last word."""
    code = (await sign_in(house.browser()))["code"]
    transient = house.parts.storage.transient
    raw = await transient.get(Shelf.CODE, code_key(code))
    assert raw is not None
    await house.use.code_grant(_portal(house), _request(code))
    await transient.drop(Shelf.CODE, code_key(code))
    await transient.put(Shelf.CODE, code_key(code), raw, ttl=CODE_LIFE)
    with pytest.raises(InvalidGrant):
        await house.use.code_grant(_portal(house), _request(code))
    assert await house.parts.storage.grants.find(grant_id(code), now=house.clock()) is None
