"""From a statement of SQLAlchemy's Core to what a driver takes: a text, values in order, and rows.

SQLAlchemy writes the SQL and knows the types. Its engine, pool and results are left out: they cost
several times what the drivers do (ADR 0016). A statement that lives on is compiled once.
"""

from collections import namedtuple
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias
from weakref import WeakKeyDictionary

from sqlalchemy import Select, UpdateBase
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler

Statement: TypeAlias = Select[*tuple[Any, ...]] | UpdateBase
Values: TypeAlias = Mapping[str, object]
Row: TypeAlias = Any
"""A named tuple whose fields are the statement's columns."""

_Process: TypeAlias = Callable[[Any], Any]
_MISSING: Final = object()


@dataclass(frozen=True, slots=True)
class Form:
    """A statement as one engine takes it."""

    sql: str
    _binds: tuple[tuple[str, object, _Process | None], ...]
    _row: Callable[[Iterable[object]], Row] | None
    _processed: tuple[tuple[int, _Process], ...]

    @property
    def returns_rows(self) -> bool:
        return self._row is not None

    def bound(self, values: Values) -> list[object]:
        """Every value in the driver's order. Raises KeyError for one that nobody gives."""
        found = []
        for name, own, process in self._binds:
            value = values.get(name, own)
            if value is _MISSING:
                raise KeyError(name)
            found.append(value if process is None else process(value))
        return found

    def rows(self, raw: Iterable[Iterable[object]]) -> list[Row]:
        """The driver's rows with every column as its type says."""
        if self._row is None:
            return []
        if not self._processed:
            return [self._row(each) for each in raw]
        return [self._row(self._read(each)) for each in raw]

    def _read(self, raw: Iterable[object]) -> list[object]:
        columns = list(raw)
        for place, process in self._processed:
            columns[place] = process(columns[place])
        return columns


class Forms:
    """The forms of one engine, kept for as long as their statements live."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self._kept: WeakKeyDictionary[Statement, dict[tuple[str, ...], Form]] = WeakKeyDictionary()

    def __len__(self) -> int:
        return len(self._kept)

    def of(self, statement: Statement, values: Collection[str]) -> Form:
        """The form for values of these names: an insert's columns are those that are given."""
        forms = self._kept.get(statement)
        if forms is None:
            forms = self._kept[statement] = {}
        names = tuple(values)
        form = forms.get(names)
        if form is None:
            form = forms[names] = _form(statement, self.dialect, names)
        return form


def _form(statement: Statement, dialect: Dialect, names: tuple[str, ...]) -> Form:
    compiled = statement.compile(
        dialect=dialect,
        column_keys=list(names) or None,
        compile_kwargs={"render_postcompile": True},
    )
    if not isinstance(compiled, SQLCompiler):
        raise TypeError(f"no statement: {type(statement).__name__}")
    types = _result_types(statement)
    processes = [
        each.dialect_impl(dialect).result_processor(dialect, None) for each in types.values()
    ]
    return Form(
        str(compiled),
        tuple(_binds(compiled, dialect)),
        _maker(tuple(types)) if types else None,
        tuple((place, each) for place, each in enumerate(processes) if each is not None),
    )


def _binds(
    compiled: SQLCompiler, dialect: Dialect
) -> Iterable[tuple[str, object, _Process | None]]:
    """Name, the statement's own value, and what the type makes of it."""
    own = compiled.params
    for name in compiled.positiontup or ():
        # One of a list of values is named after the list.
        bind = compiled.binds[name if name in compiled.binds else name.rpartition("_")[0]]
        value = _MISSING if bind.required else own[name]
        yield name, value, bind.type.dialect_impl(dialect).bind_processor(dialect)


def _result_types(statement: Statement) -> dict[str, Any]:
    if isinstance(statement, Select):
        return {str(key): column.type for key, column in statement.selected_columns.items()}
    return {str(key): column.type for key, column in statement.exported_columns.items()}


@lru_cache(maxsize=512)
def _maker(names: tuple[str, ...]) -> Callable[[Iterable[object]], Row]:
    row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # noqa: PYI024
    made: Callable[[Iterable[object]], Row] = row._make
    return made
