"""The transient store's tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "transient_values",
        sa.Column("shelf", sa.Text, nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.Column("taken", sa.Boolean, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("shelf", "key", name="pk_transient_values"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_transient_values_expires_at", "transient_values", ["expires_at"])
    op.create_table(
        "transient_counters",
        sa.Column("shelf", sa.Text, nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("hits", sa.Integer, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("shelf", "key", name="pk_transient_counters"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_transient_counters_expires_at", "transient_counters", ["expires_at"])
