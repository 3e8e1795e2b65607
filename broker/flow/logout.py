"""RP-initiated logout (OpenID Connect RP-Initiated Logout section 2): what was asked, proved.

The session ends only when the person says so on our page; an answer goes only to an address that
the client has registered, and only when a hint or its name says which client it is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import urlencode, urlsplit

from broker.oauth.client import Client
from broker.oauth.errors import InvalidRequest
from broker.oauth.parameters import Parameters
from broker.storage.ports import AuditEvent, AuditLog, GrantStore, Session, SessionStore
from broker.tokens.read import Hint
from linking.ports import Transaction


class ClientFinder(Protocol):
    """Where clients are looked up."""

    async def find(self, client_id: str) -> Client | None: ...


class HintReader(Protocol):
    """Reads an ID token of ours that comes back as a hint."""

    def read_hint(self, token: str) -> Hint | None: ...


@dataclass(frozen=True, slots=True)
class LogoutRequest:
    """A judged request. `return_uri` is registered for the client, or empty.

    `sid` is the session that the person was asked about, once they have been.
    """

    client: Client | None
    return_uri: str
    state: str
    ui_locales: tuple[str, ...]
    sid: str = ""

    @property
    def location(self) -> str:
        """Where the signed-out browser goes, with the client's `state` (section 3); or empty."""
        if not self.return_uri or not self.state:
            return self.return_uri
        joiner = "&" if urlsplit(self.return_uri).query else "?"
        return f"{self.return_uri}{joiner}{urlencode({'state': self.state})}"


@dataclass(frozen=True, slots=True)
class Logout:
    """The use-case."""

    clients: ClientFinder
    hints: HintReader
    sessions: SessionStore
    grants: GrantStore
    audit: AuditLog
    transaction: Transaction
    clock: Callable[[], datetime]

    async def read(self, parameters: Parameters) -> LogoutRequest:
        """Judge the parameters; InvalidRequest leads to a page, never to a redirect."""
        parameters.refuse_repeated()
        client = await self._client(parameters)
        return_uri = parameters.get("post_logout_redirect_uri")
        if return_uri and (client is None or return_uri not in client.post_logout_redirect_uris):
            raise InvalidRequest("post_logout_redirect_uri is not registered")
        return LogoutRequest(
            client, return_uri, parameters.get("state"), parameters.words("ui_locales")[:8]
        )

    async def end(self, session: Session) -> None:
        """End the session and everything granted in it, for good."""
        now = self.clock()
        async with self.transaction():
            await self.sessions.end(session.id, at=now, reason="logout")
            await self.grants.revoke_of_session(session.id, at=now, reason="logout")
            await self.audit.append(
                AuditEvent("logout", now, actor=session.person, facts={"sid": session.id})
            )

    async def _client(self, parameters: Parameters) -> Client | None:
        """The client of the hint and of `client_id`; they must agree (section 2)."""
        named = parameters.get("client_id")
        token = parameters.get("id_token_hint")
        if token:
            hint = self.hints.read_hint(token)
            if hint is None or named not in {"", hint.client_id}:
                raise InvalidRequest("id_token_hint is not an ID token of ours for this client")
            named = hint.client_id
        client = await self.clients.find(named) if named else None
        if named and client is None:
            raise InvalidRequest("client_id is unknown")
        return client
