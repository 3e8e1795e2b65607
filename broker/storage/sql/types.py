"""Column types that mean the same on SQLite and PostgreSQL.

Instants are whole microseconds since 1970 in a BIGINT. SQLite has no time type, and its text form
loses the zone; TIMESTAMPTZ would be a second representation to test. Integers sort, compare, add
and round-trip exactly on both, and never depend on a session's time zone.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import BigInteger, Integer, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

# The number of a row that nobody outside the database sees: 64 bits on PostgreSQL; on SQLite it
# must be spelled INTEGER to be the rowid.
ROW_NUMBER: Final = BigInteger().with_variant(Integer, "sqlite")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_EPOCH_DAY = date(1970, 1, 1).toordinal()


def to_micros(at: datetime) -> int:
    """Microseconds since 1970, UTC; refuses a naive datetime, which could mean any zone."""
    if at.tzinfo is None:
        raise ValueError("a stored instant must be aware")
    return (at - _EPOCH) // _MICROSECOND


def to_day(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - _EPOCH_DAY


class Instant(TypeDecorator[datetime]):
    """An aware datetime, read back in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else _EPOCH + timedelta(microseconds=value)


class Span(TypeDecorator[timedelta]):
    """A duration in whole microseconds, so that it can be added to an `Instant` in SQL."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else value // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> timedelta | None:  # noqa: ARG002
        return None if value is None else timedelta(microseconds=value)


class Day(TypeDecorator[date]):
    """A calendar date as days since 1970: four bytes where text takes ten, times 10⁷ invoices."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else to_day(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> date | None:  # noqa: ARG002
        return None if value is None else date.fromordinal(value + _EPOCH_DAY)


class Words(TypeDecorator[tuple[str, ...]]):
    """A short list of words (scopes, actions) as a JSON array; only ever read whole."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:  # noqa: ARG002
        return None if value is None else msgspec.json.decode(value, type=tuple[str, ...])
