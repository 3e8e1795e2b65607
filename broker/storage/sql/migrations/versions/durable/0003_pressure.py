"""Failures of everybody together; second items of invoices; codes that are sent to customers.

What can be said no to; copies of what registers elsewhere say; figures of audits.
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
    op.add_column("wait_tries", sa.Column("other_tags", sa.LargeBinary(), nullable=True))
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
    op.add_column("register_generations", sa.Column("second_item", sa.Text(), nullable=True))
    for without in ("private_without", "organisation_without"):
        op.add_column("register_generations", sa.Column(without, sa.BigInteger(), nullable=True))
    op.add_column("register_evidence", sa.Column("second", sa.LargeBinary(), nullable=True))
    _create_codes()
    _create_copies()
    _create_objections()
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
        sa.Column("asker_tag", sa.LargeBinary(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_code_wishes"),
        sa.UniqueConstraint("customer_tag", "medium", name="uq_code_wishes_customer_tag_medium"),
    )
    op.create_index("ix_code_wishes_at", "code_wishes", ["at"])
    op.create_index("ix_code_wishes_asker_tag", "code_wishes", ["asker_tag"])
    op.create_index("ix_code_wishes_turn_at", "code_wishes", ["turn", "at"])
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
        sa.Column("second_item", sa.Text(), nullable=True),
        sa.Column("private_without", sa.BigInteger(), nullable=True),
        sa.Column("organisation_without", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("company", name="pk_register_readings"),
    )


def _create_objections() -> None:
    op.create_table(
        "objections",
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("papers", sa.LargeBinary(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("said_at", sa.BigInteger(), nullable=True),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("told_again_at", sa.BigInteger(), nullable=True),
        sa.Column("token_hash_again", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("connection", name="pk_objections"),
        sa.ForeignKeyConstraint(
            ["customer"], ["customers.id"], name="fk_objections_customer_customers"
        ),
        sa.UniqueConstraint("token_hash", name="uq_objections_token_hash"),
        sa.UniqueConstraint("token_hash_again", name="uq_objections_token_hash_again"),
    )
    op.create_index("ix_objections_customer", "objections", ["customer"])
    op.create_index("ix_objections_made_at", "objections", ["made_at"])
    op.create_table(
        "guarded_customers",
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("customer", name="pk_guarded_customers"),
        sa.ForeignKeyConstraint(
            ["customer"], ["customers.id"], name="fk_guarded_customers_customer_customers"
        ),
    )
    op.create_table(
        "burned_papers",
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("tag", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("customer", "tag", name="pk_burned_papers"),
        sa.ForeignKeyConstraint(
            ["customer"], ["customers.id"], name="fk_burned_papers_customer_customers"
        ),
    )
    op.create_index("ix_burned_papers_at", "burned_papers", ["at"])
    op.create_table(
        "newcomers",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person", "link", name="pk_newcomers"),
        sa.ForeignKeyConstraint(
            ["link"], ["links.id"], name="fk_newcomers_link_links", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_newcomers_at", "newcomers", ["at"])
    op.create_index("ix_newcomers_link", "newcomers", ["link"])
