"""The first schema: a table or more for every durable port.

Downgrades are not written: a release runs on the next one's schema, and a restore undoes the rest.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _create_persons()
    _create_links()
    _create_delegations()
    _create_waits()
    _create_sessions()
    _create_grants()
    _create_clients_and_keys()
    _create_audit()
    _create_outbox()
    _create_register()


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    """An instant (microseconds since 1970), a span of them, or a count."""
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def _day(name: str, *, nullable: bool = False) -> sa.Column[int]:
    """Days since 1970."""
    return sa.Column(name, sa.Integer, nullable=nullable)


def _binary(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def _boolean(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False)


def _create_persons() -> None:
    op.create_table(
        "persons",
        _text("id"),
        _number("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_persons"),
    )
    op.create_table(
        "identities",
        _text("issuer"),
        _text("subject"),
        _text("person"),
        _text("provider"),
        _text("label"),
        _number("admitted_at"),
        _number("last_used_at"),
        sa.PrimaryKeyConstraint("issuer", "subject", name="pk_identities"),
        sa.ForeignKeyConstraint(
            ["person"],
            ["persons.id"],
            name="fk_identities_person_persons",
            deferrable=True,
            initially="DEFERRED",
        ),
    )
    op.create_index("ix_identities_person", "identities", ["person"])


def _create_links() -> None:
    op.create_table(
        "customers",
        _text("id"),
        _text("company"),
        _text("number"),
        sa.PrimaryKeyConstraint("id", name="pk_customers"),
        sa.UniqueConstraint("company", "number", name="uq_customers_company_number"),
    )
    op.create_table(
        "links",
        _text("id"),
        _text("person"),
        _text("customer"),
        _text("relation"),
        _text("proof"),
        _text("proved_with_issuer"),
        _text("proved_with_subject"),
        _number("linked_at"),
        _number("ended_at", nullable=True),
        _text("end_reason", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_links"),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name="fk_links_person_persons"),
        sa.ForeignKeyConstraint(["customer"], ["customers.id"], name="fk_links_customer_customers"),
    )
    op.create_index("ix_links_customer", "links", ["customer"])
    _create_live_index("uq_links_live", "links", ["person", "customer"])


def _create_live_index(name: str, table: str, columns: list[str]) -> None:
    """One live row of these; ended ones do not count."""
    is_live = sa.text("ended_at IS NULL")
    op.create_index(
        name, table, columns, unique=True, sqlite_where=is_live, postgresql_where=is_live
    )


def _create_delegations() -> None:
    op.create_table(
        "delegations",
        _text("id"),
        _text("delegate"),
        _text("customer"),
        _text("basis"),
        _text("actions"),
        _text("facilities", nullable=True),
        _text("granularity", nullable=True),
        _day("history_from", nullable=True),
        _number("started_at"),
        _number("expires_at"),
        _number("ended_at", nullable=True),
        _text("end_reason", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_delegations"),
        sa.ForeignKeyConstraint(
            ["delegate"], ["persons.id"], name="fk_delegations_delegate_persons"
        ),
        sa.ForeignKeyConstraint(
            ["customer"], ["customers.id"], name="fk_delegations_customer_customers"
        ),
    )
    op.create_index("ix_delegations_customer", "delegations", ["customer"])
    _create_live_index("uq_delegations_live", "delegations", ["delegate", "customer", "basis"])


def _create_waits() -> None:
    op.create_table(
        "waits",
        _text("issuer"),
        _text("subject"),
        _number("forget_at"),
        sa.PrimaryKeyConstraint("issuer", "subject", name="pk_waits"),
    )
    op.create_index("ix_waits_forget_at", "waits", ["forget_at"])
    op.create_table(
        "wait_tries",
        sa.Column("id", _ROW_NUMBER, autoincrement=True, nullable=False),
        _text("issuer"),
        _text("subject"),
        _binary("customer_tag"),
        _number("at"),
        sa.PrimaryKeyConstraint("id", name="pk_wait_tries"),
        sa.ForeignKeyConstraint(
            ["issuer", "subject"],
            ["waits.issuer", "waits.subject"],
            name="fk_wait_tries_issuer_subject_waits",
            ondelete="CASCADE",
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_wait_tries_issuer_subject", "wait_tries", ["issuer", "subject"])


def _create_sessions() -> None:
    op.create_table(
        "sessions",
        _text("id"),
        _binary("secret_hash"),
        _text("person"),
        _text("provider"),
        _text("issuer"),
        _text("subject"),
        _number("auth_time"),
        _number("created_at"),
        _number("seen_at"),
        _number("expires_at"),
        _number("idle"),
        _boolean("remembered"),
        _binary("profile"),
        _text("acr"),
        _text("amr"),
        _text("upstream_sid"),
        _number("ended_at", nullable=True),
        _text("end_reason", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("secret_hash", name="uq_sessions_secret_hash"),
    )
    op.create_index("ix_sessions_person", "sessions", ["person"])
    op.create_table(
        "session_clients",
        _text("sid"),
        _text("client_id"),
        _number("since"),
        _text("consented"),
        sa.PrimaryKeyConstraint("sid", "client_id", name="pk_session_clients"),
        sa.ForeignKeyConstraint(
            ["sid"], ["sessions.id"], name="fk_session_clients_sid_sessions", ondelete="CASCADE"
        ),
    )


def _create_grants() -> None:
    op.create_table(
        "grants",
        _text("id"),
        _binary("code_hash"),
        _text("client_id"),
        _text("person"),
        _text("sid"),
        _text("scopes"),
        _text("resource"),
        _number("granted_at"),
        _number("expires_at"),
        _number("revoked_at", nullable=True),
        _text("revoke_reason", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_grants"),
        sa.UniqueConstraint("code_hash", name="uq_grants_code_hash"),
    )
    op.create_index("ix_grants_sid", "grants", ["sid"])
    op.create_index("ix_grants_expires_at", "grants", ["expires_at"])


def _create_clients_and_keys() -> None:
    op.create_table(
        "clients",
        _text("client_id"),
        _text("metadata"),
        _number("created_at"),
        sa.PrimaryKeyConstraint("client_id", name="pk_clients"),
    )
    op.create_table(
        "signing_keys",
        _text("kid"),
        _text("algorithm"),
        _text("state"),
        _text("public_jwk"),
        _binary("sealed_private"),
        _text("master_key"),
        _number("created_at"),
        _number("announced_at"),
        _number("signing_from", nullable=True),
        _number("retiring_from", nullable=True),
        _number("removed_at", nullable=True),
        _number("revoked_at", nullable=True),
        sa.PrimaryKeyConstraint("kid", name="pk_signing_keys"),
    )


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.BigInteger, autoincrement=False, nullable=False),
        _text("kind"),
        _number("at"),
        _text("actor"),
        _text("subject"),
        _text("customer"),
        _text("facts"),
        _binary("previous"),
        _binary("hash"),
        sa.PrimaryKeyConstraint("number", name="pk_audit"),
    )
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        _number("number"),
        _binary("hash"),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )
    op.bulk_insert(head, [{"id": 1, "number": 0, "hash": b""}])


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        _text("id"),
        _text("kind"),
        _text("company"),
        _binary("sealed"),
        _number("created_at"),
        _number("not_before"),
        sa.Column("attempts", sa.Integer, nullable=False),
        _number("delivered_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    is_under_way = sa.text("delivered_at IS NULL")
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["not_before"],
        sqlite_where=is_under_way,
        postgresql_where=is_under_way,
    )


def _create_register() -> None:
    op.create_table(
        "register_generations",
        sa.Column("id", _ROW_NUMBER, autoincrement=True, nullable=False),
        _text("company"),
        _number("started_at"),
        _text("pepper"),
        _number("made_current_at", nullable=True),
        _boolean("discarded"),
        _number("customers"),
        _number("evidence"),
        sa.PrimaryKeyConstraint("id", name="pk_register_generations"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_register_generations_company", "register_generations", ["company"])
    op.create_table(
        "register_current",
        _text("company"),
        _number("generation"),
        _number("since"),
        sa.PrimaryKeyConstraint("company", name="pk_register_current"),
        sa.ForeignKeyConstraint(
            ["generation"],
            ["register_generations.id"],
            name="fk_register_current_generation_register_generations",
        ),
    )
    _create_register_rows()


def _create_register_rows() -> None:
    op.create_table(
        "register_customers",
        sa.Column("generation", sa.BigInteger, autoincrement=False, nullable=False),
        _binary("key"),
        _text("kind"),
        _text("status"),
        _day("status_since"),
        _boolean("protected"),
        _day("evidence_from", nullable=True),
        _binary("sealed_contact"),
        _binary("contact_tag"),
        _day("contact_since", nullable=True),
        _binary("sealed_previous_contact"),
        sa.PrimaryKeyConstraint("generation", "key", name="pk_register_customers"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "register_evidence",
        sa.Column("generation", sa.BigInteger, autoincrement=False, nullable=False),
        _binary("key"),
        _day("issued_on"),
        sa.PrimaryKeyConstraint("generation", "key", name="pk_register_evidence"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "register_facilities",
        sa.Column("id", _ROW_NUMBER, autoincrement=True, nullable=False),
        _number("generation"),
        _binary("customer"),
        _binary("sealed"),
        sa.PrimaryKeyConstraint("id", name="pk_register_facilities"),
    )
    op.create_index(
        "ix_register_facilities_generation_customer",
        "register_facilities",
        ["generation", "customer"],
    )
