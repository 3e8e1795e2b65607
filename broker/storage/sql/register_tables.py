"""The registers' tables: imported generations of rows, and one pointer per company; sealed copies.

The two big ones have a keyed hash as key and nothing to gain from a row number beside it, so on
SQLite they are `WITHOUT ROWID`: one B-tree instead of two.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
)

from broker.storage.sql.schema import durable
from broker.storage.sql.types import ROW_NUMBER, Day, Instant

# `id` is never used again (AUTOINCREMENT), so rows left by a killed deletion belong to nobody.
generations = Table(
    "register_generations",
    durable,
    Column("id", ROW_NUMBER, primary_key=True, autoincrement=True),
    Column("company", Text, nullable=False, index=True),
    Column("started_at", Instant, nullable=False),
    Column("pepper", Text, nullable=False),
    Column("made_current_at", Instant),
    Column("discarded", Boolean, nullable=False),
    Column("customers", BigInteger, nullable=False),
    Column("evidence", BigInteger, nullable=False),
    Column("second_item", Text),
    Column("private_without", BigInteger),
    Column("organisation_without", BigInteger),
    sqlite_autoincrement=True,
)

current = Table(
    "register_current",
    durable,
    Column("company", Text, primary_key=True),
    Column("generation", BigInteger, ForeignKey("register_generations.id"), nullable=False),
    Column("since", Instant, nullable=False),
)

customers = Table(
    "register_customers",
    durable,
    Column("generation", BigInteger, primary_key=True, autoincrement=False),
    Column("key", LargeBinary, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("status_since", Day, nullable=False),
    Column("protected", Boolean, nullable=False),
    Column("evidence_from", Day),
    Column("sealed_contact", LargeBinary, nullable=False),
    Column("contact_tag", LargeBinary, nullable=False),
    Column("contact_since", Day),
    Column("sealed_previous_contact", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

evidence = Table(
    "register_evidence",
    durable,
    Column("generation", BigInteger, primary_key=True, autoincrement=False),
    Column("key", LargeBinary, primary_key=True),
    Column("issued_on", Day, nullable=False),
    Column("second", LargeBinary),
    sqlite_with_rowid=False,
)

facilities = Table(
    "register_facilities",
    durable,
    Column("id", ROW_NUMBER, primary_key=True, autoincrement=True),
    Column("generation", BigInteger, nullable=False),
    Column("customer", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index(None, "generation", "customer"),
)

# Of registers elsewhere: what they said of customers who are linked, and when they were last read.
copies = Table(
    "register_copies",
    durable,
    Column("customer", Text, ForeignKey("customers.id"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

readings = Table(
    "register_readings",
    durable,
    Column("company", Text, primary_key=True),
    Column("read_at", Instant, nullable=False),
    Column("customers", BigInteger, nullable=False),
    Column("second_item", Text),
    Column("private_without", BigInteger),
    Column("organisation_without", BigInteger),
)

# What the newest audit of each company's register found: figures only. No import brings them anew.
audits = Table(
    "register_audits",
    durable,
    Column("company", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("figures", Text, nullable=False),
)
