"""The broker's own ports: what flow, grants, sessions, clients and registers need kept.

Two characters: `TransientStore` for things that expire by themselves, durable ports with domain
verbs for what must survive. Ports that a brick needs are in that brick (`linking.ports`,
`keys.ports`). Every durable verb takes part in the `Transaction` it is called within, if any.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol


class Shelf(StrEnum):
    """What a transient value is; a key on one shelf is unknown on every other."""

    FLOW = "flow"
    USED_STATE = "used_state"
    CODE = "code"
    CLIENT_FAILURES = "client_failures"
    NETWORK_KEY = "network_key"
    CODE_WISHES = "code_wishes"
    CODE_LETTERS = "code_letters"
    TRIED_NUMBER = "tried_number"
    TRIED_NEAR = "tried_near"
    ALARM = "alarm"
    CANARIES = "canaries"


@dataclass(frozen=True, slots=True)
class Taken:
    """The value, taken by the one winner."""

    value: bytes


@dataclass(frozen=True, slots=True)
class Tombstone:
    """Somebody took it before; this is what they left."""

    mark: bytes


class TransientStore(Protocol):
    """Things that expire by themselves. Keys arrive hashed (32 bytes); values are opaque bytes.

    No verb ever returns an expired value. Nothing here makes anything valid by itself: what was
    redeemed, ended or revoked is the durable ports' word.
    """

    async def put(self, shelf: Shelf, key: bytes, value: bytes, *, ttl: timedelta) -> None: ...

    async def add(self, shelf: Shelf, key: bytes, value: bytes, *, ttl: timedelta) -> bool:
        """Store only if absent; True for the one winner."""
        ...

    async def get(self, shelf: Shelf, key: bytes) -> bytes | None: ...

    async def take(
        self, shelf: Shelf, key: bytes, *, mark: bytes | None = None, ttl: timedelta | None = None
    ) -> Taken | Tombstone | None:
        """Remove and return in one step: one winner. With `mark`, leave it as tombstone for `ttl`.

        A tombstone is returned by every later `take`, is invisible to `get`, and blocks `add`.
        """
        ...

    async def swap(self, shelf: Shelf, key: bytes, *, old: bytes, new: bytes) -> bool:
        """Compare and set; keeps the time to live. False if the value is not `old`."""
        ...

    async def count(self, shelf: Shelf, key: bytes, *, window: timedelta) -> int:
        """Add one and return the count since the window began; it expires with the window."""
        ...

    async def drop(self, shelf: Shelf, key: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class SessionClient:
    """What a session has at one client: since when, and which scopes were agreed to."""

    since: datetime
    consented: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Session:
    """A browser's single sign-on session. `id` is public (`sid`); the cookie holds a secret apart.

    `profile` is what the provider said for display, sealed; it dies with the session.
    """

    id: str
    person: str
    provider: str
    issuer: str
    subject: str
    auth_time: datetime
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    idle: timedelta
    remembered: bool
    profile: bytes = b""
    acr: str = ""
    amr: tuple[str, ...] = ()
    upstream_sid: str = ""
    clients: Mapping[str, SessionClient] = field(default_factory=dict)


class SessionStore(Protocol):
    """Single sign-on sessions, durable: a session that was ended never comes back."""

    async def create(self, session: Session, *, secret_hash: bytes) -> bool:
        """False if there is, or was, a session of this id."""
        ...

    async def find(self, secret_hash: bytes, *, now: datetime) -> Session | None:
        """The live session of this cookie: not ended, not expired, not idle too long."""
        ...

    async def by_id(self, sid: str, *, now: datetime) -> Session | None: ...

    async def touch(self, sid: str, *, at: datetime) -> None:
        """Extend idle time; does nothing to an ended session."""
        ...

    async def renew(self, sid: str, *, secret_hash: bytes) -> None:
        """Give a session another secret; does nothing to an ended one."""
        ...

    async def joined(self, sid: str, client_id: str, client: SessionClient) -> None: ...

    async def end(self, sid: str, *, at: datetime, reason: str) -> bool: ...

    async def end_of_persons(self, persons: Sequence[str], *, at: datetime, reason: str) -> int:
        """End every session of these persons (at most 500 a call); how many were live."""
        ...


@dataclass(frozen=True, slots=True)
class GrantRecord:
    """What a client was granted by one login: the single-use truth of a code (unique hash)."""

    id: str
    code_hash: bytes
    client_id: str
    person: str
    sid: str
    scopes: tuple[str, ...]
    resource: str
    granted_at: datetime
    expires_at: datetime


class GrantStore(Protocol):
    """Grants, durable. A revoked grant stays revoked, whichever of redeem and revoke came first."""

    async def redeem(self, grant: GrantRecord) -> bool:
        """Insert the grant; False if its code was redeemed before or the grant is revoked."""
        ...

    async def revoke(self, grant_id: str, *, code_hash: bytes, at: datetime, reason: str) -> None:
        """Revoke, inserting a revoked row if the grant is not there yet."""
        ...

    async def revoke_by_code(self, code_hash: bytes, *, at: datetime, reason: str) -> bool:
        """Revoke the grant that this code was redeemed for; False if none was."""
        ...

    async def revoke_of_session(self, sid: str, *, at: datetime, reason: str) -> int: ...

    async def find(self, grant_id: str, *, now: datetime) -> GrantRecord | None:
        """The grant if it is live: not revoked, not expired."""
        ...


@dataclass(frozen=True, slots=True)
class StoredClient:
    """A client registered at run time; `metadata` is the JSON of its settings entry."""

    client_id: str
    metadata: str
    created_at: datetime


class ClientStore(Protocol):
    """Clients registered at run time; configured ones never pass here."""

    async def add(self, client: StoredClient) -> bool:
        """False if the client id is taken."""
        ...

    async def find(self, client_id: str) -> StoredClient | None: ...

    async def all(self) -> Sequence[StoredClient]: ...

    async def remove(self, client_id: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Something that was changed or tried. `facts` hold words and opaque ids only."""

    kind: str
    at: datetime
    actor: str
    subject: str = ""
    customer: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """An audit event in its place: each record's hash covers the previous record's hash."""

    number: int
    event: AuditEvent
    previous: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class AuditHead:
    """Number and hash of the newest record; number 0 and no hash when there is none."""

    number: int
    hash: bytes


class AuditLog(Protocol):
    """Append only, chained by SHA-256, written in the transaction of the change."""

    async def append(self, event: AuditEvent) -> AuditRecord: ...

    def read(self, *, after: int = 0) -> AsyncIterator[AuditRecord]:
        """The records with a higher number, in order."""
        ...

    async def head(self) -> AuditHead:
        """What the newest record must be; kept apart from the records."""
        ...


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A message that must leave once. `sealed` holds recipient and content; erased on delivery."""

    id: str
    kind: str
    company: str
    sealed: bytes
    created_at: datetime
    not_before: datetime
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many messages have not left, due or not, and since when the oldest of them."""

    messages: int
    oldest: datetime | None


class OutboxStore(Protocol):
    """Messages under way, durable; delivered by chores under a lease, never by a request."""

    async def put(self, message: OutboxMessage) -> None: ...

    async def due(self, *, now: datetime, limit: int) -> Sequence[OutboxMessage]: ...

    async def over(self, message_id: str, *, at: datetime) -> bool:
        """Erase the content, keep the fact: it was delivered, or will not be.

        False if it was over before: of two workers with the same message, one notes what became
        of it.
        """
        ...

    async def failed(self, message_id: str, *, again_at: datetime) -> None:
        """Count a try, and wait; does nothing to a message that is over."""
        ...

    async def waiting(self, kind: str = "") -> Waiting:
        """Of all, or of one kind."""
        ...


@dataclass(frozen=True, slots=True)
class Revision:
    """How often keys and clients have been changed, and what time the database has."""

    keys: int
    clients: int
    clock: datetime


class Revisions(Protocol):
    """One row that tells every worker that what it holds in memory is no longer the truth."""

    async def read(self) -> Revision: ...


class LeaseStore(Protocol):
    """Who does the periodic work: one of any number of workers, until a time.

    A lease is about work that may be done twice without harm, only not all the time by everybody:
    a worker that was suspended may go on for a moment after its lease has run out.
    """

    async def acquire(
        self, name: str, holder: str, *, now: datetime, lasts: timedelta, every: timedelta
    ) -> bool:
        """True if this is due (never done, or done `every` ago) and nobody else holds it."""
        ...

    async def renew(self, name: str, holder: str, *, now: datetime, lasts: timedelta) -> bool:
        """False if somebody else has it by now."""
        ...

    async def done(self, name: str, holder: str, *, at: datetime) -> None:
        """Give it back: the work was done then."""
        ...

    async def release(self, name: str, holder: str, *, again_at: datetime) -> None:
        """Give it back undone; nobody tries before that time."""
        ...
