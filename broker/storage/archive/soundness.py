"""Whether a backup's rows are what their tables hold: every value of its column's type."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Column
from sqlalchemy.dialects import sqlite
from sqlalchemy.types import TypeDecorator

from broker.storage.archive.reading import TableRows
from broker.storage.archive.tables import backed_up

_ANY_DIALECT: Final = sqlite.dialect()
_COLUMNS: Final[Mapping[str, Mapping[str, Column[Any]]]] = {
    table.name: {column.name: column for column in table.columns} for table in backed_up()
}


def unsound_column(chunk: TableRows) -> str:
    """Name a column in which a value is not what it must be; empty when all are.

    Tables and columns that this release does not know are not judged.
    """
    known = _COLUMNS.get(chunk.table, {})
    for place, name in enumerate(chunk.columns):
        column = known.get(name)
        if column is not None and not all(_fits(column, row[place]) for row in chunk.rows):
            return name
    return ""


def _fits(column: Column[Any], value: Any) -> bool:
    kind = column.type
    if value is None:
        return bool(column.nullable)
    if not isinstance(kind, TypeDecorator):
        return isinstance(value, kind.python_type)
    try:
        kind.process_result_value(value, _ANY_DIALECT)
    except (ValueError, TypeError, OverflowError):
        return False
    return isinstance(value, kind.impl_instance.python_type)
