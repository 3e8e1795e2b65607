"""Invented records for the contract suites; every argument that matters is given by the test."""

from datetime import UTC, date, datetime, timedelta

from broker.storage.ports import GrantRecord, Session
from broker.storage.register_ports import IndexedCustomer
from keys.model import Algorithm, KeyRecord, State
from linking.codes.ports import IssuedCode, Wish
from linking.codes.sending import Medium
from linking.ladder import Ladder, Level
from linking.model import (
    Customer,
    Delegation,
    DelegationId,
    Identity,
    IdentityKey,
    Link,
    LinkId,
    PersonId,
    Proof,
    Relation,
)
from linking.tries.pressure import Thresholds
from linking.tries.reserving import TryRule
from linking.tries.waiting import OwnWaits

NOW = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WAITS = OwnWaits(free=1, steps=(), longest=MINUTE, memory=timedelta(hours=1))
"""One free failure, then a minute; remembered for an hour."""
THRESHOLDS = Thresholds(daily=10)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, span: timedelta) -> None:
        """Let this much time pass."""
        self.now += span


def try_rule(
    *,
    given: Level = Level.INVOICE,
    waits: OwnWaits = WAITS,
    shown_at: datetime = NOW - DAY,
    thresholds: Thresholds = THRESHOLDS,
) -> TryRule:
    """A form that was shown long ago."""
    return TryRule(waits, thresholds, (Ladder(),), given, shown_at)


def identity(subject: str = "s1", *, person: str = "p1") -> Identity:
    """An identity at an invented issuer."""
    return Identity(
        key=IdentityKey("https://issuer.example", subject),
        person=PersonId(person),
        provider="google",
        label="a•••@example.se",
        admitted_at=NOW,
        last_used_at=NOW,
    )


def link(customer: Customer, *, id: str = "l1", person: str = "p1") -> Link:  # noqa: A002
    """A holder's link, proved by an invoice."""
    return Link(
        id=LinkId(id),
        person=PersonId(person),
        customer=customer,
        relation=Relation.HOLDER,
        proof=Proof.INVOICE,
        proved_with=IdentityKey("https://issuer.example", "s1"),
        linked_at=NOW,
    )


def delegation(customer: Customer, *, id: str = "d1", delegate: str = "p1") -> Delegation:  # noqa: A002
    """A month's delegation to view."""
    return Delegation(
        id=DelegationId(id),
        delegate=PersonId(delegate),
        customer=customer,
        basis=Proof.INVOICE,
        actions=("invoices:read", "consumption:read"),
        started_at=NOW,
        expires_at=NOW + 30 * DAY,
    )


def wish(id: str = "w1", *, medium: Medium = Medium.MESSAGE) -> Wish:  # noqa: A002
    """Somebody asks for a code."""
    return Wish(id, "elnat", "100423", medium, NOW)


def issued_code(
    id: str = "k1",  # noqa: A002
    *,
    tag: bytes = b"tag",
    medium: Medium = Medium.MESSAGE,
    at: datetime = NOW,
) -> IssuedCode:
    """A code of one day."""
    return IssuedCode(
        id=id,
        company="elnat",
        customer_tag=tag,
        hashed=f"hash of {id}".encode(),
        code="7KQ2M9XR4TBH",
        medium=medium,
        issued_at=at,
        expires_at=at + DAY,
    )


def session(id: str = "s1", *, person: str = "p1") -> Session:  # noqa: A002
    """Eight hours at most, thirty minutes idle."""
    return Session(
        id=id,
        person=person,
        provider="google",
        issuer="https://issuer.example",
        subject="s1",
        auth_time=NOW,
        created_at=NOW,
        seen_at=NOW,
        expires_at=NOW + timedelta(hours=8),
        idle=timedelta(minutes=30),
        remembered=False,
        profile=b"sealed name",
        acr="urn:example:acr",
        amr=("pwd", "mfa"),
        upstream_sid="up-1",
    )


def grant(id: str = "g1", *, code: bytes = b"code", sid: str = "s1") -> GrantRecord:  # noqa: A002
    """A grant for ten minutes."""
    return GrantRecord(
        id=id,
        code_hash=code,
        client_id="mina-sidor",
        person="p1",
        sid=sid,
        scopes=("openid", "invoices:read"),
        resource="https://api.example",
        granted_at=NOW,
        expires_at=NOW + 10 * MINUTE,
    )


def key(kid: str = "k1", *, state: State = State.ANNOUNCED, age: timedelta = DAY) -> KeyRecord:
    """A key of the ring; the sealed part is not a key here."""
    return KeyRecord(
        kid=kid,
        algorithm=Algorithm.ES256,
        state=state,
        public_jwk='{"kty":"EC"}',
        sealed_private=b"sealed",
        master_key="m1",
        created_at=NOW - age,
        announced_at=NOW - age,
    )


def indexed(key: bytes, *, status: str = "active") -> IndexedCustomer:
    """A private customer of the register."""
    return IndexedCustomer(
        key=key,
        kind="private",
        status=status,
        status_since=date(2024, 5, 1),
        protected=False,
        evidence_from=None,
        sealed_contact=b"sealed contact",
        contact_tag=b"tag",
        contact_since=date(2023, 1, 1),
        sealed_previous_contact=b"sealed before",
    )
