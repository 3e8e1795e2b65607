"""The end of a login: a session in the browser, a code for the client.

The person, the session and the audit are one transaction; the code is worth nothing without them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from broker.flow.auth_request import Authenticated, AuthRequest, Progress
from broker.flow.keeping import LostRace
from broker.oauth.client import Client
from broker.oauth.return_address import SendBack
from broker.sessions.sessions import Sessions, SignedIn
from broker.storage.ports import (
    AuditEvent,
    AuditLog,
    Session,
    SessionClient,
    SessionStore,
    Shelf,
    TransientStore,
)
from broker.tokens.code import CODE_LIFE, CodeContents, code_key, encode_code
from broker.tokens.login import Login
from linking import IdentityKey, Linking, PersonId
from linking.ports import Transaction


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer for the client, and the secret of a session cookie when there is a new one."""

    send_back: SendBack
    session_secret: str = ""
    remembered_for: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """The use-case."""

    linking: Linking
    sessions: Sessions
    session_store: SessionStore
    audit: AuditLog
    transaction: Transaction
    store: TransientStore
    issuer: str
    clock: Callable[[], datetime]
    new_secret: Callable[[], str]

    async def __call__(
        self, progress: Progress, client: Client, session: Session | None, *, handle: str
    ) -> Finished:
        """`session` is the browser's live one: reused when it is the login's own, else ended.

        `handle` is the login's. Raises LostRace when a session was begun with it before.
        """
        who, request = progress.who, progress.request
        own = session is not None and session.id == who.sid
        async with self.transaction():
            if own and session is not None:
                current = session
                secret = await self.sessions.renew(session) if progress.connected else ""
            else:
                current, secret = await self._sign_in(progress, session, handle)
            await self._join(current, client, progress)
        return Finished(
            await self._issue_code(request, current),
            secret,
            self.sessions.lifetimes.remembered_absolute if current.remembered else None,
        )

    async def _sign_in(
        self, progress: Progress, older: Session | None, handle: str
    ) -> tuple[Session, str]:
        """Admit the person and start a session; the browser's older one ends with it."""
        now, who = self.clock(), progress.who
        key = IdentityKey(who.issuer, who.subject)
        identity = await self.linking.admit(key, provider=who.provider, label=who.label, now=now)
        if older is not None:
            await self.session_store.end(older.id, at=now, reason="replaced")
        remembered = who.stay or _was_remembered(older, identity.person)
        signed_in = _signed_in(who, identity.person, remembered=remembered)
        started = await self.sessions.start(signed_in, handle=handle)
        if started is None:
            raise LostRace(progress.request)
        await self.audit.append(
            AuditEvent(
                "login",
                now,
                actor=identity.person,
                facts={"provider": who.provider, "sid": started.session.id},
            )
        )
        return started.session, started.secret

    async def _join(self, session: Session, client: Client, progress: Progress) -> None:
        known = session.clients.get(client.client_id)
        agreed = known.consented if known else ()
        if progress.agreed:
            agreed = tuple(dict.fromkeys((*agreed, *progress.request.scopes)))
        since = known.since if known else self.clock()
        await self.session_store.joined(
            session.id, client.client_id, SessionClient(since=since, consented=agreed)
        )

    async def _issue_code(self, request: AuthRequest, session: Session) -> SendBack:
        """256 random bits, stored by hash (RFC 6749 section 4.1.2, RFC 9700 section 4.5)."""
        code = self.new_secret()
        contents = CodeContents(
            client_id=request.client_id,
            redirect_uri=request.redirect_uri,
            code_challenge=request.code_challenge,
            nonce=request.nonce,
            scopes=request.scopes,
            login=Login(
                person=session.person,
                sid=session.id,
                provider=session.provider,
                auth_time=int(session.auth_time.timestamp()),
                acr=session.acr,
                amr=session.amr,
            ),
            login_id=request.login_id,
        )
        await self.store.put(Shelf.CODE, code_key(code), encode_code(contents), ttl=CODE_LIFE)
        return request.return_address(self.issuer).answer(code=code)


def _was_remembered(older: Session | None, person: PersonId) -> bool:
    """Whether the same person chose to stay before: proving oneself again does not undo it."""
    return older is not None and older.remembered and older.person == person


def _signed_in(who: Authenticated, person: PersonId, *, remembered: bool) -> SignedIn:
    return SignedIn(
        person=person,
        provider=who.provider,
        issuer=who.issuer,
        subject=who.subject,
        auth_time=who.auth_time,
        acr=who.acr,
        amr=who.amr,
        upstream_sid=who.upstream_sid,
        profile=who.profile,
        remembered=remembered,
    )
