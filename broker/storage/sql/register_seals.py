"""With which master keys the imported registers are sealed: what stands in front of sealed values.

A sealed value is `name NUL ...` (`broker.sealed`). Every row counts: one contact that a customer
had before is enough for its key to be needed. So the database looks, and hands out one value of
each name.
"""

from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Select, and_, func, literal, not_, or_, select

from broker.sealed import master_key_of
from broker.storage.sql.connection import Connection
from broker.storage.sql.register_tables import current, customers, facilities

_MOST: Final = 50
"""Names that are looked for: of values that were damaged each has a name of its own."""


async def sealing_names(connection: Connection, *, is_current: bool) -> set[str]:
    """Of current generations, or of all others that are there; each name costs one look more."""
    names: set[str] = set()
    for column in (
        customers.c.sealed_contact,
        customers.c.sealed_previous_contact,
        facilities.c.sealed,
    ):
        known: list[bytes] = []
        while len(known) < _MOST:
            query = _another(column, known, is_current=is_current)
            sealed = (await connection.execute(query)).scalar_one_or_none()
            if sealed is None:
                break
            names.add(master_key_of(sealed))
            name, nul, _ = sealed.partition(b"\0")
            known.append(name + nul)
    return names


def _another(column: Column[Any], known: list[bytes], *, is_current: bool) -> Select[Any]:
    """A value that begins with none of these."""
    pointed = column.table.c.generation.in_(select(current.c.generation))
    begins = or_(literal(value=False), *(_begins(column, each) for each in known))
    where = and_(pointed if is_current else not_(pointed), column != b"", not_(begins))
    return select(column).where(where).limit(1)


def _begins(column: Column[Any], with_: bytes) -> ColumnElement[bool]:
    return func.substr(column, 1, len(with_), type_=column.type) == with_
