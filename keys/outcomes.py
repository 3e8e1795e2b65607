"""What comes of moving a key by hand."""

from dataclasses import dataclass
from datetime import datetime

from keys.model import KeyRecord
from keys.workshop import Activated


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """This announced key never signs."""

    key: KeyRecord


@dataclass(frozen=True, slots=True)
class TooYoung:
    """This key has not been announced for long enough: some caches may not have it."""

    key: KeyRecord
    ready_at: datetime


@dataclass(frozen=True, slots=True)
class NotEverywhere:
    """Some workers do not publish this key yet; a second later they should."""

    key: KeyRecord
    behind: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotThere:
    """The key is not in a state in which this can be done, or there is no spare (None)."""

    key: KeyRecord | None


Outcome = Activated | Withdrawn | TooYoung | NotEverywhere | NotThere
