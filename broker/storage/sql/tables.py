"""The durable tables as the ports read and write them; `migrations/durable` creates them.

Uniqueness is the database's word: every rule "only one of these" is a unique index here, partial
where it holds for live rows only. Identities are compared byte for byte (no collation).
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from broker.storage.sql.schema import durable
from broker.storage.sql.types import ROW_NUMBER, Day, Instant, Span, Words

persons = Table(
    "persons",
    durable,
    Column("id", Text, primary_key=True),
    Column("created_at", Instant, nullable=False),
)

# An identity is stored before its person (the identity's uniqueness decides who wins), so the
# reference is checked at commit.
identities = Table(
    "identities",
    durable,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column(
        "person",
        Text,
        ForeignKey("persons.id", deferrable=True, initially="DEFERRED"),
        nullable=False,
        index=True,
    ),
    Column("provider", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("admitted_at", Instant, nullable=False),
    Column("last_used_at", Instant, nullable=False),
)

customers = Table(
    "customers",
    durable,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("number", Text, nullable=False),
    UniqueConstraint("company", "number"),
)

links = Table(
    "links",
    durable,
    Column("id", Text, primary_key=True),
    Column("person", Text, ForeignKey("persons.id"), nullable=False),
    Column("customer", Text, ForeignKey("customers.id"), nullable=False, index=True),
    Column("relation", Text, nullable=False),
    Column("proof", Text, nullable=False),
    Column("proved_with_issuer", Text, nullable=False),
    Column("proved_with_subject", Text, nullable=False),
    Column("linked_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("end_reason", Text),
)
Index(
    "uq_links_live",
    links.c.person,
    links.c.customer,
    unique=True,
    sqlite_where=links.c.ended_at.is_(None),
    postgresql_where=links.c.ended_at.is_(None),
)

delegations = Table(
    "delegations",
    durable,
    Column("id", Text, primary_key=True),
    Column("delegate", Text, ForeignKey("persons.id"), nullable=False),
    Column("customer", Text, ForeignKey("customers.id"), nullable=False, index=True),
    Column("basis", Text, nullable=False),
    Column("actions", Words, nullable=False),
    Column("facilities", Words),
    Column("granularity", Text),
    Column("history_from", Day),
    Column("started_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("end_reason", Text),
)
Index(
    "uq_delegations_live",
    delegations.c.delegate,
    delegations.c.customer,
    delegations.c.basis,
    unique=True,
    sqlite_where=delegations.c.ended_at.is_(None),
    postgresql_where=delegations.c.ended_at.is_(None),
)

# One row per identity that has tried: it is what parallel tries of one identity queue on.
waits = Table(
    "waits",
    durable,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("forget_at", Instant, nullable=False, index=True),
)

wait_tries = Table(
    "wait_tries",
    durable,
    Column("id", ROW_NUMBER, primary_key=True, autoincrement=True),
    Column("issuer", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("customer_tag", LargeBinary, nullable=False),
    Column("at", Instant, nullable=False),
    Column("level", Integer),
    Column("network_tag", LargeBinary),
    Column("other_tags", LargeBinary),
    ForeignKeyConstraint(
        ["issuer", "subject"], ["waits.issuer", "waits.subject"], ondelete="CASCADE"
    ),
    Index(None, "issuer", "subject"),
    sqlite_autoincrement=True,
)

sessions = Table(
    "sessions",
    durable,
    Column("id", Text, primary_key=True),
    Column("secret_hash", LargeBinary, nullable=False, unique=True),
    Column("person", Text, nullable=False, index=True),
    Column("provider", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("auth_time", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("idle", Span, nullable=False),
    Column("remembered", Boolean, nullable=False),
    Column("profile", LargeBinary, nullable=False),
    Column("acr", Text, nullable=False),
    Column("amr", Words, nullable=False),
    Column("upstream_sid", Text, nullable=False),
    Column("ended_at", Instant),
    Column("end_reason", Text),
)

session_clients = Table(
    "session_clients",
    durable,
    Column("sid", Text, ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("client_id", Text, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("consented", Words, nullable=False),
)

# A grant that was revoked before it was redeemed has its id, code and revocation, and empty rest.
grants = Table(
    "grants",
    durable,
    Column("id", Text, primary_key=True),
    Column("code_hash", LargeBinary, nullable=False, unique=True),
    Column("client_id", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("sid", Text, nullable=False, index=True),
    Column("scopes", Words, nullable=False),
    Column("resource", Text, nullable=False),
    Column("granted_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
    Column("revoked_at", Instant),
    Column("revoke_reason", Text),
)

clients = Table(
    "clients",
    durable,
    Column("client_id", Text, primary_key=True),
    Column("metadata", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
)

signing_keys = Table(
    "signing_keys",
    durable,
    Column("kid", Text, primary_key=True),
    Column("algorithm", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("public_jwk", Text, nullable=False),
    Column("sealed_private", LargeBinary, nullable=False),
    Column("master_key", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("announced_at", Instant, nullable=False),
    Column("signing_from", Instant),
    Column("retiring_from", Instant),
    Column("removed_at", Instant),
    Column("revoked_at", Instant),
    Column("earlier_masters", Words),
)

audit = Table(
    "audit",
    durable,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("customer", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

# The one row that appends queue on; it also shows when the newest records have been cut off.
audit_head = Table(
    "audit_head",
    durable,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

outbox = Table(
    "outbox",
    durable,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("company", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("delivered_at", Instant),
)
Index(
    "ix_outbox_due",
    outbox.c.not_before,
    sqlite_where=outbox.c.delivered_at.is_(None),
    postgresql_where=outbox.c.delivered_at.is_(None),
)

# One row, polled by every worker.
revision = Table(
    "revision",
    durable,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("key_changes", BigInteger, nullable=False),
    Column("client_changes", BigInteger, nullable=False),
)

leases = Table(
    "leases",
    durable,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("done_at", Instant),
)
