"""Statements as a driver takes them."""

import gc
from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, column, func, insert, select, table, update
from sqlalchemy.dialects import postgresql, sqlite

from broker.storage.sql.statements import Forms
from broker.storage.sql.types import Instant

_THINGS = table("things", column("id"), column("at", Instant))
_NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
_MICROS = 1_795_694_400_000_000


@pytest.fixture
def forms() -> Forms:
    """SQLite's."""
    return Forms(sqlite.dialect())


def test_values_are_bound_in_order_and_by_their_types(forms: Forms) -> None:
    """A value that is named twice is bound twice."""
    now = bindparam("now", type_=Instant)
    query = select(_THINGS).where(
        _THINGS.c.at > now, _THINGS.c.id == bindparam("id"), now < _THINGS.c.at
    )
    assert forms.of(query, ("id", "now")).bound({"id": "a", "now": _NOON}) == [
        _MICROS, "a", _MICROS,
    ]  # fmt: skip


def test_rows_have_the_columns_names_and_types(forms: Forms) -> None:
    """A column without a name has its place."""
    form = forms.of(select(_THINGS.c.at, func.max(_THINGS.c.id)), ())
    (row,) = form.rows([(_MICROS, "b")])
    assert (row.at, row[1]) == (_NOON, "b")


def test_a_list_of_values_is_spelled_out(forms: Forms) -> None:
    """Each with the type of the list."""
    form = forms.of(select(_THINGS).where(_THINGS.c.at.in_([_NOON, _NOON])), ())
    assert form.sql.count("?") == 2
    assert form.bound({}) == [_MICROS, _MICROS]


def test_an_inserts_columns_are_those_that_are_given(forms: Forms) -> None:
    """The same statement may be given others the next time."""
    add = insert(_THINGS)
    assert "(id)" in forms.of(add, ("id",)).sql
    assert "(id, at)" in forms.of(add, ("id", "at")).sql


def test_what_nobody_gives_is_an_error(forms: Forms) -> None:
    """It never becomes NULL."""
    form = forms.of(update(_THINGS).values(at=bindparam("at_", type_=Instant)), ())
    with pytest.raises(KeyError, match="at_"):
        form.bound({})


def test_a_statement_that_lives_on_is_compiled_once(forms: Forms) -> None:
    """And one that does not is not kept."""
    query = select(_THINGS)
    assert forms.of(query, ()) is forms.of(query, ())
    forms.of(select(_THINGS), ())
    gc.collect()
    assert len(forms) == 1


def test_rows_of_the_same_columns_are_of_one_class(forms: Forms) -> None:
    """Making a class takes longer than reading a row; statements that do not live on spare it."""
    (one,), (other,) = (forms.of(select(_THINGS), ()).rows([("a", _MICROS)]) for _ in range(2))
    assert type(one) is type(other)


def test_two_columns_of_one_name_have_a_place_each(forms: Forms) -> None:
    """The first has the name."""
    (row,) = forms.of(select(_THINGS.c.id, table("others", column("id")).c.id), ()).rows([(1, 2)])
    assert (row.id, *row) == (1, 1, 2)


def test_postgresql_numbers_its_values() -> None:
    """A value that is named twice is sent once."""
    now = bindparam("now", type_=Instant)
    query = select(_THINGS).where(_THINGS.c.at > now, now > _THINGS.c.at)
    form = Forms(postgresql.asyncpg.dialect()).of(query, ("now",))
    assert form.sql.count("$1") == 2
    assert form.bound({"now": _NOON}) == [_MICROS]
