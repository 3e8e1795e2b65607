"""What `/userinfo` tells (OpenID Connect Core section 5.3): the person, and the client's customers.

The customers are looked up now: a link that ended or a customer who died since the token was
minted is not told of. A token ends with its session, whatever ended that; names and e-mail live in
the session and are erased with it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from broker.oauth.client import Client
from broker.oauth.errors import InsufficientScope, InvalidToken
from broker.oauth.scopes import OPENID, released_claims
from broker.sessions.sessions import Sessions
from broker.storage.ports import GrantStore, Session, SessionStore
from broker.tokens.customers import authorization_details
from broker.tokens.read import TokenReader
from broker.tokens.subjects import Subjects
from linking import Linking, PersonId


class ClientFinder(Protocol):
    """Where clients are looked up."""

    async def find(self, client_id: str) -> Client | None: ...


@dataclass(frozen=True, slots=True)
class UserInfo:
    """The use-case."""

    reader: TokenReader
    grants: GrantStore
    sessions: Sessions
    session_store: SessionStore
    clients: ClientFinder
    subjects: Subjects
    linking: Linking
    clock: Callable[[], datetime]

    async def __call__(self, access_token: str) -> dict[str, Any]:
        """The claims, or InvalidToken / InsufficientScope."""
        token = self.reader.read_access_token(access_token)
        now = self.clock()
        grant = await self.grants.find(token.grant, now=now)
        session = await self.session_store.by_id(grant.sid, now=now) if grant else None
        client = await self.clients.find(token.client_id)
        if grant is None or session is None or client is None:
            raise InvalidToken("the access token is not valid any more")
        if OPENID not in token.scopes:
            raise InsufficientScope("the openid scope is needed")
        entries = await self.linking.entries_of(PersonId(grant.person), client.companies, now=now)
        return {
            "sub": self.subjects.of(grant.person, client),
            **self._profile(session, token.scopes),
            "authorization_details": authorization_details(
                entries,
                companies=client.companies,
                asked=token.scopes,
                shows_number=client.resource.shows_customer_number,
            ),
        }

    def _profile(self, session: Session, scopes: tuple[str, ...]) -> dict[str, str | bool]:
        known = self.sessions.profile(session)
        return {name: known[name] for name in released_claims(scopes) if name in known}
