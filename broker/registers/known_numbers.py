"""Which customer numbers were read, one bit each, for a register of any size.

Invoices come in the order of billing, each customer's far apart, so every row asks whether its
customer was read. Numbers are handed out in sequence, more or less: ten million of them are two
megabytes of bits where a set of them would be a gigabyte, and a question to the database each
would be most of an import.

All bits lie in one piece. Pages of their own, each made among rows that come and go, would keep
what surrounds them from being used again: some twenty times their size.
"""

from collections.abc import Iterable

ROOM = 32_768
"""Pages of 4,096 numbers, half a kilobyte each, that are held at most: some 20 MB."""

_PAGE_BITS = 12
_NEW_PAGE = bytes(1 << _PAGE_BITS >> 3)
_LONGEST = 18
_LENGTH_BITS = 5


class KnownNumbers:
    """A set of customer numbers that says so when it cannot tell.

    Numbers with letters, and those far apart from all others once the room for pages is taken, are
    not held.
    """

    def __init__(self, room: int | None = None) -> None:
        self._room = ROOM if room is None else room
        self._pages: dict[int, int] = {}
        self._bits = bytearray()
        self._is_whole = True

    def add(self, numbers: Iterable[str]) -> None:
        """Remember customer numbers, as far as they can be."""
        pages, bits = self._pages, self._bits
        for number in numbers:
            if not (number.isascii() and number.isdigit() and len(number) <= _LONGEST):
                self._is_whole = False
                continue
            value = int(number)
            place = value >> _PAGE_BITS << _LENGTH_BITS | len(number)
            page = pages.get(place)
            if page is None:
                if len(pages) >= self._room:
                    self._is_whole = False
                    continue
                page = pages[place] = len(bits)
                bits += _NEW_PAGE
            bits[page + (value >> 3 & 511)] |= 1 << (value & 7)

    def sort_out(self, numbers: Iterable[str]) -> tuple[set[str], set[str]]:
        """Those that were added for certain, and those of which somebody else must be asked."""
        known, doubtful = set(), set()
        pages, bits = self._pages, self._bits
        for number in numbers:
            page = None
            value = 0
            if number.isascii() and number.isdigit() and len(number) <= _LONGEST:
                value = int(number)
                page = pages.get(value >> _PAGE_BITS << _LENGTH_BITS | len(number))
            if page is None:
                if not self._is_whole:
                    doubtful.add(number)
            elif bits[page + (value >> 3 & 511)] >> (value & 7) & 1:
                known.add(number)
        return known, doubtful
