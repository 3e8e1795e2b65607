"""Which worker publishes which ring of keys; who has fetched it; the prints of first secrets."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("signing_keys", sa.Column("earlier_masters", sa.Text(), nullable=True))
    op.create_table(
        "workers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("ring", sa.BigInteger(), nullable=False),
        sa.Column("heard_at", sa.BigInteger(), nullable=False),
        sa.Column("masters", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_workers"),
    )
    op.create_table(
        "key_fetches",
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("longest", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("consumer", name="pk_key_fetches"),
    )
    op.create_table(
        "first_prints",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("print", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_first_prints"),
    )
    op.create_index("ix_key_fetches_last_at", "key_fetches", ["last_at"])
