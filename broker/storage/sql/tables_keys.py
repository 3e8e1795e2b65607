"""The tables beside the key ring; `migrations/durable` creates them."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text

from broker.storage.sql.schema import durable
from broker.storage.sql.types import Instant, Span, Words

workers = Table(
    "workers",
    durable,
    Column("name", Text, primary_key=True),
    Column("ring", BigInteger, nullable=False),
    Column("heard_at", Instant, nullable=False),
    Column("masters", Words, nullable=False),
)

key_fetches = Table(
    "key_fetches",
    durable,
    Column("consumer", Text, primary_key=True),
    Column("count", BigInteger, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("longest", Span),
)
first_prints = Table(
    "first_prints",
    durable,
    Column("name", Text, primary_key=True),
    Column("print", LargeBinary, nullable=False),
)

Index("ix_key_fetches_last_at", key_fetches.c.last_at)
