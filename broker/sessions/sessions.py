"""A browser's session: started at a login, found by a secret cookie, ended for good.

The cookie holds 256 random bits and nothing else; storage has their hash. `sid` in tokens is a
different, public name.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

import msgspec

from broker.storage.ports import Session, SessionStore

TOUCH_AFTER = timedelta(minutes=1)
"""Idle time is extended at most this often: a write per click would buy nothing."""


class Sealing(Protocol):
    """Opens and seals records at rest (`broker.sealed.Vault`)."""

    def seal(self, value: bytes, about: bytes) -> bytes: ...

    def open(self, sealed: bytes, about: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a session lives, idle and at most; longer where the person ticked to stay."""

    idle: timedelta
    absolute: timedelta
    remembered_idle: timedelta
    remembered_absolute: timedelta


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a session is started from. `auth_time` in POSIX seconds."""

    person: str
    provider: str
    issuer: str
    subject: str
    auth_time: int
    acr: str
    amr: tuple[str, ...]
    upstream_sid: str
    profile: Mapping[str, str | bool]
    remembered: bool


@dataclass(frozen=True, slots=True)
class Started:
    """A new session and the secret for its cookie, shown once."""

    session: Session
    secret: str


@dataclass(frozen=True, slots=True)
class Sessions:
    """Starts, finds and reads sessions; `new_secret` makes 256 random bits as text."""

    store: SessionStore
    vault: Sealing
    lifetimes: Lifetimes
    clock: Callable[[], datetime]
    new_secret: Callable[[], str]

    async def start(self, who: SignedIn, *, handle: str) -> Started | None:
        """Create the session of a login; call it within that login's transaction.

        `handle` is the login's own 256 random bits, of which the session's id is made: None if the
        login was ended before, whatever a transient store has brought back since.
        """
        now = self.clock()
        sid, secret = _sid(handle), self.new_secret()
        times = self.lifetimes
        session = Session(
            id=sid,
            person=who.person,
            provider=who.provider,
            issuer=who.issuer,
            subject=who.subject,
            auth_time=datetime.fromtimestamp(who.auth_time, UTC),
            created_at=now,
            seen_at=now,
            expires_at=now + (times.remembered_absolute if who.remembered else times.absolute),
            idle=times.remembered_idle if who.remembered else times.idle,
            remembered=who.remembered,
            profile=self.vault.seal(msgspec.msgpack.encode(dict(who.profile)), sid.encode()),
            acr=who.acr,
            amr=who.amr,
            upstream_sid=who.upstream_sid,
        )
        created = await self.store.create(session, secret_hash=_hash(secret))
        return Started(session, secret) if created else None

    async def find(self, secret: str) -> Session | None:
        """The live session of this cookie, its idle time extended."""
        if not secret:
            return None
        now = self.clock()
        session = await self.store.find(_hash(secret), now=now)
        if session is not None and now - session.seen_at >= TOUCH_AFTER:
            await self.store.touch(session.id, at=now)
        return session

    async def renew(self, session: Session) -> str:
        """A new secret for its cookie: what somebody can do has changed, so the old one dies."""
        secret = self.new_secret()
        await self.store.renew(session.id, secret_hash=_hash(secret))
        return secret

    def profile(self, session: Session) -> dict[str, str | bool]:
        """What the provider said for display: names, e-mail and whether that is verified."""
        if not session.profile:
            return {}
        raw = self.vault.open(session.profile, session.id.encode())
        return msgspec.msgpack.decode(raw, type=dict[str, str | bool])


def _sid(handle: str) -> str:
    """128 bits of a hash with a purpose of its own: the handle cannot be found from it."""
    digest = hashlib.sha256(b"farstu session\0" + handle.encode()).digest()
    return "s" + base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()


def _hash(secret: str) -> bytes:
    """SHA-256 is enough for 256 random bits."""
    return hashlib.sha256(secret.encode()).digest()
