"""Alembic's entry: run the migrations on the connection that `migrate.py` hands over.

There is no offline mode and no configuration file; both histories (`durable`, `transient`) come
through here, each with its own version table.
"""  # noqa: INP001 - Alembic runs this file by its path

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table=context.config.attributes["version_table"],
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
