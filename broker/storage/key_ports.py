"""What the broker keeps beside the key ring: who publishes it, and who has fetched it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from keys.ports import KeyStore

NOTHING_YET: Final = -1
"""Which ring a worker publishes that has seen none."""

REGULAR_AFTER: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StrangeKey:
    """A key of an algorithm that this release does not know: a newer one wrote it."""

    kid: str
    algorithm: str


class KeptKeys(KeyStore, Protocol):
    """The ring, without what this release cannot know. A state that it does not know raises."""

    async def strange(self) -> Sequence[StrangeKey]:
        """What `all` leaves out, of the keys that are in use."""
        ...


class Workers(Protocol):
    """Every worker that is alive, on every machine, and which ring it publishes.

    Times are the database's, so that no machine's own clock matters.
    """

    async def show(self, name: str, ring: int, masters: Sequence[str] = ()) -> None:
        """This worker lives, and publishes the ring as it was after so many changes of keys.

        `masters`: a mark for each master key that it has, by which others know it, and no more.
        """
        ...

    async def leave(self, name: str) -> None:
        """This worker publishes nothing any more."""
        ...

    async def behind(self) -> Sequence[str]:
        """Those that do not publish the ring as it is now, by name."""
        ...

    async def without(self, master: str) -> Sequence[str]:
        """Those that have not told this mark: they could not open what that master key seals."""
        ...

    async def time(self) -> datetime:
        """What time it is by the database's clock."""
        ...

    async def alive(self) -> Sequence[str]:
        """All of them, by name."""
        ...


class FirstPrints(Protocol):
    """By what the secrets can be recognised that this installation began with."""

    async def first(self, name: str, print_: bytes) -> bytes:
        """The print that was kept first under this name: this one, if there was none."""
        ...

    async def kept(self, name: str) -> bytes | None:
        """The print that was kept first, or None; a look keeps nothing."""
        ...

    async def replace(self, name: str, print_: bytes) -> None:
        """From now on it is this one."""
        ...


@dataclass(frozen=True, slots=True)
class Fetches:
    """How often somebody has fetched the JWK Set, and when.

    `consumer` is what they call themselves, or by what they can be told apart; nobody has proved
    it. `longest` is the longest time between one fetch and the next, None before there are two.
    """

    consumer: str
    count: int
    first_at: datetime
    last_at: datetime
    longest: timedelta | None = None

    @property
    def is_regular(self) -> bool:
        """Whether they have come on another day before: no crowd of new names takes their place."""
        return self.last_at - self.first_at >= REGULAR_AFTER


class KeyFetches(Protocol):
    """Who has fetched the JWK Set: a bounded number of consumers."""

    async def note(self, fetches: Sequence[Fetches], *, registered: Collection[str] = ()) -> None:
        """Add what was counted since the last time; one for each consumer.

        There is always room for those that are `registered`.
        """
        ...

    async def all(self) -> Sequence[Fetches]:
        """Everybody, who fetched last first."""
        ...

    async def purge(self, now: datetime) -> int:
        """Forget those who have not fetched for long; how many."""
        ...
