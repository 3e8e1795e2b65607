"""Failures of everybody together; second items of invoices; codes that are sent to customers.

Of registers elsewhere, copies of what they say of customers who are linked; figures of audits.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


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
    _create_codes()
    _create_copies()
    op.create_table(
        "register_audits",
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("company", name="pk_register_audits"),
    )


def _create_codes() -> None:
    op.create_table(
        "codes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("customer_tag", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("medium", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_codes"),
        sa.UniqueConstraint("hash", name="uq_codes_hash"),
    )
    op.create_index("ix_codes_customer_tag", "codes", ["customer_tag"])
    op.create_index("ix_codes_expires_at", "codes", ["expires_at"])
    op.create_table(
        "code_wishes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("customer_tag", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("medium", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_code_wishes"),
        sa.UniqueConstraint("customer_tag", "medium", name="uq_code_wishes_customer_tag_medium"),
    )
    op.create_index("ix_code_wishes_at", "code_wishes", ["at"])
    op.create_table(
        "code_sendings",
        sa.Column("id", _ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("customer_tag", sa.LargeBinary(), nullable=False),
        sa.Column("medium", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_code_sendings"),
    )
    op.create_index("ix_code_sendings_customer_tag", "code_sendings", ["customer_tag"])
    op.create_index("ix_code_sendings_at", "code_sendings", ["at"])


def _create_copies() -> None:
    op.create_table(
        "register_copies",
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer"], ["customers.id"], name="fk_register_copies_customer_customers"
        ),
        sa.PrimaryKeyConstraint("customer", name="pk_register_copies"),
    )
    op.create_table(
        "register_readings",
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=False),
        sa.Column("customers", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("company", name="pk_register_readings"),
    )
