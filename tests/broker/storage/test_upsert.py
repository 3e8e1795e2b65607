"""One `INSERT … ON CONFLICT` for both engines."""

import pytest
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

from broker.storage.sql.tables import links
from broker.storage.sql.upsert import insert


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()])
def test_it_compiles_for_both(dialect: Dialect) -> None:
    """With a partial index as its target, a condition, and what it returns."""
    attempt = insert(links).values(id="l1")
    statement = attempt.on_conflict_do_update(
        index_elements=[links.c.person, links.c.customer],
        index_where=links.c.ended_at.is_(None),
        set_={"person": attempt.excluded.person},
        where=attempt.excluded.linked_at > links.c.linked_at,
    ).returning(links.c.id)
    compiled = " ".join(str(statement.compile(dialect=dialect)).split())
    assert (
        "ON CONFLICT (person, customer) WHERE ended_at IS NULL "
        "DO UPDATE SET person = excluded.person WHERE excluded.linked_at > links.linked_at"
    ) in compiled
