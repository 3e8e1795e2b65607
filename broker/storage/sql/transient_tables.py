"""The transient store's two tables, in a database of their own.

Values and counters are apart, so that neither is ever read as the other. A row with `taken` is a
tombstone; its value is then the mark that the winner left.
"""

from sqlalchemy import Boolean, Column, Integer, LargeBinary, Table, Text

from broker.storage.sql.schema import transient
from broker.storage.sql.types import Instant

values = Table(
    "transient_values",
    transient,
    Column("shelf", Text, primary_key=True),
    Column("key", LargeBinary, primary_key=True),
    Column("value", LargeBinary, nullable=False),
    Column("taken", Boolean, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
    sqlite_with_rowid=False,
)

counters = Table(
    "transient_counters",
    transient,
    Column("shelf", Text, primary_key=True),
    Column("key", LargeBinary, primary_key=True),
    Column("hits", Integer, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
    sqlite_with_rowid=False,
)
