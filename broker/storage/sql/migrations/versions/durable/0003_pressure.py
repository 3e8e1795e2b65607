"""Failures of all together; what takes a try back from them; second items; audits' figures."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("wait_tries", sa.Column("level", sa.Integer(), nullable=True))
    op.add_column("wait_tries", sa.Column("network_tag", sa.LargeBinary(), nullable=True))
    op.create_table(
        "failure_counts",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("tag", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "tag", "since", name="pk_failure_counts"),
    )
    op.create_index("ix_failure_counts_since", "failure_counts", ["since"])
    op.create_table(
        "tried_together",
        sa.Column("invoice_tag", sa.LargeBinary(), nullable=False),
        sa.Column("customer_tag", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("invoice_tag", "customer_tag", name="pk_tried_together"),
    )
    op.create_index("ix_tried_together_at", "tried_together", ["at"])
    op.add_column("register_evidence", sa.Column("second", sa.LargeBinary(), nullable=True))
    op.create_table(
        "register_audits",
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("company", name="pk_register_audits"),
    )
