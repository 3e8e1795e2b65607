"""What every table shares: the naming of constraints, and the revision that this code needs."""

from typing import Final

from sqlalchemy import MetaData

# Constraints have the same names on every engine, so that a later migration can name them.
NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# The newest migration in each history. A constant, so that a worker starts without Alembic;
# `tests/broker/storage/test_migrate.py` holds it against the scripts.
DURABLE_HEAD: Final = "0004"
TRANSIENT_HEAD: Final = "0001"

durable = MetaData(naming_convention=NAMING)
transient = MetaData(naming_convention=NAMING)
