"""What goes into a column comes out the same, and sorts as it should."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from broker.storage.sql.types import Day, Instant, Span, Words

DIALECT = sqlite.dialect()
INSTANTS = st.datetimes(timezones=st.just(UTC))


@given(INSTANTS)
def test_an_instant_survives(at: datetime) -> None:
    """To the microsecond, before 1970 too."""
    stored = Instant().process_bind_param(at, DIALECT)
    assert Instant().process_result_value(stored, DIALECT) == at


@given(INSTANTS, INSTANTS)
def test_instants_sort_as_stored(one: datetime, other: datetime) -> None:
    """So that the database may compare them."""
    first, second = (Instant().process_bind_param(at, DIALECT) for at in (one, other))
    assert (one < other) == (first < second)


def test_an_instant_comes_back_in_utc() -> None:
    """Whatever zone it was said in."""
    said = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    stored = Instant().process_bind_param(said, DIALECT)
    found = Instant().process_result_value(stored, DIALECT)
    assert (found, found.tzinfo) == (datetime(2026, 7, 1, 10, tzinfo=UTC), UTC)


def test_a_naive_instant_is_refused() -> None:
    """It could mean any zone."""
    with pytest.raises(ValueError, match="aware"):
        Instant().process_bind_param(datetime(2026, 7, 1), DIALECT)  # noqa: DTZ001


@given(st.dates())
def test_a_day_survives(day: date) -> None:
    """Every date there is."""
    stored = Day().process_bind_param(day, DIALECT)
    assert Day().process_result_value(stored, DIALECT) == day


@given(st.timedeltas(timedelta(0), timedelta(days=3650)))
def test_a_span_survives(span: timedelta) -> None:
    """To the microsecond."""
    stored = Span().process_bind_param(span, DIALECT)
    assert Span().process_result_value(stored, DIALECT) == span


@pytest.mark.parametrize("words", [(), ("openid",), ("å", 'quo"te', "a b")])
def test_words_survive(words: tuple[str, ...]) -> None:
    """In order, whatever characters they have."""
    stored = Words().process_bind_param(words, DIALECT)
    assert Words().process_result_value(stored, DIALECT) == words


@pytest.mark.parametrize("kind", [Instant(), Day(), Span(), Words()])
def test_nothing_is_nothing(kind: Instant | Day | Span | Words) -> None:
    """NULL is None both ways."""
    assert kind.process_bind_param(None, DIALECT) is None
    assert kind.process_result_value(None, DIALECT) is None
