"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta


class Moment:
    """Callable as the application's clock."""

    def __init__(self, now: datetime | None = None) -> None:
        self.now = now or datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **spans: float) -> None:
        """Move on by the spans of `timedelta`."""
        self.now += timedelta(**spans)
