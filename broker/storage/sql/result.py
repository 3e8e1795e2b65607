"""What a statement gave: its rows, all of them here, or how many rows it changed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from broker.storage.sql.statements import Row


@dataclass(frozen=True, slots=True)
class Result:
    """`rowcount` counts what was changed, or returned."""

    rowcount: int
    _rows: list[Row] = field(default_factory=list)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def all(self) -> list[Row]:
        """Every row, in the statement's order."""
        return self._rows

    def one(self) -> Row:
        """The only row. Raises LookupError when there is not exactly one."""
        if len(self._rows) != 1:
            raise LookupError(f"one row was expected, there are {len(self._rows)}")
        return self._rows[0]

    def one_or_none(self) -> Row | None:
        """The only row, if there is any. Raises LookupError when there are more."""
        return self.one() if self._rows else None

    def scalars(self) -> list[Any]:
        """The first column of every row."""
        return [row[0] for row in self._rows]

    def scalar_one(self) -> Any:
        """The first column of the only row."""
        return self.one()[0]

    def scalar_one_or_none(self) -> Any:
        """The first column of the only row, or None."""
        return self.one()[0] if self._rows else None
