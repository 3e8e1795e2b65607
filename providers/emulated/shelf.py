"""A bounded memory: the newest entries are kept, the oldest fall off.

Codes, tokens and browser sessions live here, so that a load test cannot fill the machine.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

CAPACITY = 20_000


class Shelf(Generic[T]):
    """Values by name; no more than `capacity` of them."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._entries: OrderedDict[str, T] = OrderedDict()

    def put(self, name: str, value: T) -> None:
        """Keep a value as the newest one."""
        self._entries[name] = value
        self._entries.move_to_end(name)
        while len(self._entries) > self._capacity:
            self._entries.popitem(last=False)

    def get(self, name: str) -> T | None:
        """Return the value, or None where there is none (any more)."""
        return self._entries.get(name)

    def drop(self, name: str) -> None:
        """Forget a value; unknown names are fine."""
        self._entries.pop(name, None)

    def drop_where(self, matches: Callable[[T], bool]) -> None:
        """Forget every value that matches."""
        for name in [name for name, value in self._entries.items() if matches(value)]:
            del self._entries[name]

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()

    def __len__(self) -> int:
        return len(self._entries)
