"""A worker that follows, with a database, clocks and a log that the test turns and reads."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from broker.chores.following import KNOWS_FOR_SECONDS, Following, Presence
from broker.storage.errors import StorageUnavailable
from broker.storage.ports import Revision
from broker.storage.sql.workers import COUNTED_FOR
from keys import Lease
from tests.broker.chores.notebook import Notebook

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def _nothing() -> None:
    """It is answered at once."""


class Row:
    """The revision row, turned by hand; None does not answer. `meanwhile` happens once."""

    def __init__(self) -> None:
        self.now: Revision | None = Revision(1, 1, NOW)
        self.fault: Exception | None = None
        self.meanwhile: Callable[[], None] = _nothing

    async def read(self) -> Revision:
        if self.fault is not None:
            raise self.fault
        if self.now is None:
            raise StorageUnavailable
        answer, happens, self.meanwhile = self.now, self.meanwhile, _nothing
        happens()
        return answer


class Watch:
    """Seconds, turned by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Shown:
    """`Workers`, which keeps what is said. `meanwhile` happens once."""

    def __init__(self) -> None:
        self.said: list[tuple[str, int]] = []
        self.left: list[str] = []
        self.masters: Sequence[str] = ()
        self.fault: Exception | None = None
        self.meanwhile: Callable[[], None] = _nothing

    async def show(self, name: str, ring: int, masters: Sequence[str] = ()) -> None:
        if self.fault is not None:
            raise self.fault
        self.said.append((name, ring))
        self.masters = masters
        happens, self.meanwhile = self.meanwhile, _nothing
        happens()

    async def leave(self, name: str) -> None:
        self.left.append(name)

    async def behind(self) -> Sequence[str]:
        raise AssertionError

    async def time(self) -> datetime:
        raise AssertionError

    async def without(self, master: str) -> Sequence[str]:
        raise AssertionError(master)

    async def alive(self) -> Sequence[str]:
        raise AssertionError


class Worker:
    """A follower, and what it was told."""

    def __init__(self) -> None:
        self.row, self.watch, self.log, self.shown = Row(), Watch(), Notebook(), Shown()
        self.calls: list[str] = []
        self.now = NOW
        counted = Lease(COUNTED_FOR.total_seconds(), clocks=(self.watch,))
        counted.renew(counted.now())
        self.following = Following(
            self.row,
            reload_keys=self._reload,
            forget_clients=lambda: self.calls.append("clients"),
            presence=Presence(
                "me",
                self.shown,
                Lease(KNOWS_FOR_SECONDS, clocks=(self.watch,)),
                counted,
                seen=Revision(1, 1, NOW - timedelta(minutes=1)),
                masters=("k01 cafe",),
            ),
            clock=lambda: self.now,
            log=self.log,
        )

    async def _reload(self) -> None:
        self.calls.append("keys")

    def wait(self, seconds: float) -> None:
        """So much passes on its clocks; the row is as it was."""
        self.watch.now += seconds
        self.now += timedelta(seconds=seconds)

    def be_right(self) -> None:
        """The database's clock says what this worker's does."""
        self.row.now = Revision(1, 1, self.now)
