"""The emulated providers' clock: real time, plus a shift that the control endpoint sets."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def read_system_time() -> datetime:
    """Return the machine's time, aware and in UTC."""
    return datetime.now(UTC)


class ShiftedClock:
    """Tells what time the emulated providers believe it is."""

    def __init__(self, source: Callable[[], datetime] = read_system_time) -> None:
        self._source = source
        self.shift = timedelta()

    def __call__(self) -> datetime:
        """Return the believed time, aware and in UTC."""
        return self._source() + self.shift

    def stamp(self) -> int:
        """Return the believed time as seconds since 1970 (a NumericDate, RFC 7519 section 2)."""
        return int(self().timestamp())
