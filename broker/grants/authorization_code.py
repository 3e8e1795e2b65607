"""Redeeming a code (RFC 6749 section 4.1.3), once.

Order matters. The client is authenticated; the code is taken, leaving its tombstone in the same
step; only then is anything checked, so that a code allows one guess; then the grant is inserted:
that row, unique on the code's hash, is the single-use truth. A later or losing redemption revokes
the grant and with it the tokens (section 4.1.2), whichever of the two comes first.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from broker.alarms.writing import Minted, YoungLinks
from broker.clients.authenticate import AuthenticatedClient
from broker.grants.token_answer import TokenAnswer
from broker.oauth.errors import InvalidGrant
from broker.oauth.parameters import Parameters
from broker.oauth.pkce import check_verifier
from broker.oauth.scopes import OPENID
from broker.storage.ports import (
    GrantRecord,
    GrantStore,
    SessionStore,
    Shelf,
    Taken,
    Tombstone,
    TransientStore,
)
from broker.tokens.code import CodeContents, code_key, decode_code, grant_id
from broker.tokens.mint import Mint
from linking import Linking, PersonId

GRANT_LIFE = timedelta(hours=1)
"""How long the grant of an access token is kept: longer than any access token lives."""

TOMBSTONE_LIFE = timedelta(minutes=10)

_SPENT_MARK = b"spent"
_REPLAYED = "code replayed"
_SESSION_OVER = "session ended"
_SPENT = "the code is unknown, expired or already used"


@dataclass(frozen=True, slots=True)
class AuthorizationCodeGrant:
    """`grant_type=authorization_code`; `providers` are the names of those that are enabled."""

    providers: Collection[str]
    store: TransientStore
    grants: GrantStore
    sessions: SessionStore
    linking: Linking
    mint: Mint
    young_links: YoungLinks
    clock: Callable[[], datetime]

    async def __call__(self, client: AuthenticatedClient, parameters: Parameters) -> TokenAnswer:
        """Tokens, or InvalidGrant / InvalidRequest."""
        code = parameters.require("code")
        self.mint.can_mint(client)
        contents = await self._take(code)
        _check(contents, client, parameters)
        if contents.login.provider not in self.providers:
            raise InvalidGrant("the provider is not offered any more")
        await self._redeem(contents, code)
        await self._check_session(contents, code)
        return await self._answer(contents, client, grant_id(code))

    async def _take(self, code: str) -> CodeContents:
        """The code's contents, for one winner; everybody else revokes what it gave."""
        taken = await self.store.take(
            Shelf.CODE, code_key(code), mark=_SPENT_MARK, ttl=TOMBSTONE_LIFE
        )
        if isinstance(taken, Taken):
            return decode_code(taken.value)
        await self._revoke(code, is_known=isinstance(taken, Tombstone))
        raise InvalidGrant(_SPENT)

    async def _revoke(self, code: str, *, is_known: bool) -> None:
        """Revoke what the code gave. A row is written only for a code that existed.

        The winner may not have inserted its grant yet: then our revoked row is there first, and
        the insertion fails.
        """
        now, key = self.clock(), code_key(code)
        if is_known:
            await self.grants.revoke(grant_id(code), code_hash=key, at=now, reason=_REPLAYED)
        else:
            await self.grants.revoke_by_code(key, at=now, reason=_REPLAYED)

    async def _redeem(self, contents: CodeContents, code: str) -> None:
        now, login = self.clock(), contents.login
        is_first = await self.grants.redeem(
            GrantRecord(
                id=grant_id(code),
                code_hash=code_key(code),
                client_id=contents.client_id,
                person=login.person,
                sid=login.sid,
                scopes=contents.scopes,
                resource="",
                granted_at=now,
                expires_at=now + GRANT_LIFE,
            )
        )
        if not is_first:
            await self._revoke(code, is_known=True)
            raise InvalidGrant(_SPENT)

    async def _check_session(self, contents: CodeContents, code: str) -> None:
        """After the grant's row stands: a session that ends from now on takes it along."""
        if await self.sessions.by_id(contents.login.sid, now=self.clock()) is None:
            await self.grants.revoke(
                grant_id(code), code_hash=code_key(code), at=self.clock(), reason=_SESSION_OVER
            )
            raise InvalidGrant("the login has ended")

    async def _answer(
        self, contents: CodeContents, client: AuthenticatedClient, grant: str
    ) -> TokenAnswer:
        login, scopes = contents.login, contents.scopes
        companies = tuple(dict.fromkeys((*client.companies, *client.resource.companies)))
        entries = await self.linking.entries_of(PersonId(login.person), companies, now=self.clock())
        access_token = self.mint.access_token(client, login, scopes, entries, grant=grant)
        await self.young_links.minted(
            Minted(
                person=login.person,
                client_id=client.client_id,
                companies=client.resource.companies,
                scopes=scopes,
                login_id=contents.login_id,
            ),
            entries,
            now=self.clock(),
        )
        id_token = ""
        if OPENID in scopes:
            id_token = self.mint.id_token(
                client, login, scopes, entries, nonce=contents.nonce, access_token=access_token
            )
        return TokenAnswer(
            access_token, client.resource.lifetime, scopes, id_token, contents.login_id
        )


def _check(contents: CodeContents, client: AuthenticatedClient, parameters: Parameters) -> None:
    """The code must be this client's, for this address, with this verifier."""
    if contents.client_id != client.client_id:
        raise InvalidGrant(_SPENT)
    if parameters.require("redirect_uri") != contents.redirect_uri:
        raise InvalidGrant("redirect_uri differs from the authorization request's")
    check_verifier(parameters.get("code_verifier"), contents.code_challenge)
