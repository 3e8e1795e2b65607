"""The tables behind "this was not me", as `tables` has the others; migrations create them."""

from sqlalchemy import Column, ForeignKey, LargeBinary, Table, Text

from broker.storage.sql.schema import durable
from broker.storage.sql.types import Instant

# One row for each link or delegation that an invoice proved.
objections = Table(
    "objections",
    durable,
    Column("connection", Text, primary_key=True),
    Column("customer", Text, ForeignKey("customers.id"), nullable=False, index=True),
    Column("papers", LargeBinary, nullable=False),
    Column("token_hash", LargeBinary, unique=True),
    Column("made_at", Instant, nullable=False, index=True),
    Column("said_at", Instant),
    Column("told_at", Instant),
    Column("told_again_at", Instant),
    Column("token_hash_again", LargeBinary, unique=True),
)

guarded_customers = Table(
    "guarded_customers",
    durable,
    Column("customer", Text, ForeignKey("customers.id"), primary_key=True),
    Column("since", Instant, nullable=False),
)

burned_papers = Table(
    "burned_papers",
    durable,
    Column("customer", Text, ForeignKey("customers.id"), primary_key=True),
    Column("tag", LargeBinary, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
)

newcomers = Table(
    "newcomers",
    durable,
    Column("person", Text, primary_key=True),
    Column("link", Text, ForeignKey("links.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("at", Instant, nullable=False, index=True),
)
