"""The durable tables of pressure and of codes: what tries count, and what customers are sent.

As `tables`; `migrations/durable` creates them.
"""

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from broker.storage.sql.schema import durable
from broker.storage.sql.types import ROW_NUMBER, Instant

failure_counts = Table(
    "failure_counts",
    durable,
    Column("kind", Text, primary_key=True),
    Column("tag", LargeBinary, primary_key=True),
    Column("since", Instant, primary_key=True),
    Column("count", Integer, nullable=False),
    Index(None, "since"),
)

tried_together = Table(
    "tried_together",
    durable,
    Column("invoice_tag", LargeBinary, primary_key=True),
    Column("customer_tag", LargeBinary, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
)

codes = Table(
    "codes",
    durable,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("customer_tag", LargeBinary, nullable=False, index=True),
    Column("hash", LargeBinary, nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("medium", Text, nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
    Column("used_at", Instant),
)

code_wishes = Table(
    "code_wishes",
    durable,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("customer_tag", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("medium", Text, nullable=False),
    Column("at", Instant, nullable=False, index=True),
    Column("asker_tag", LargeBinary, nullable=False, index=True),
    Column("turn", Integer, nullable=False),
    Column("not_before", Instant),
    UniqueConstraint("customer_tag", "medium"),
    Index(None, "turn", "at"),
)

code_sendings = Table(
    "code_sendings",
    durable,
    Column("id", ROW_NUMBER, primary_key=True, autoincrement=True),
    Column("customer_tag", LargeBinary, nullable=False, index=True),
    Column("medium", Text, nullable=False),
    Column("at", Instant, nullable=False, index=True),
)
