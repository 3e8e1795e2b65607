"""Three places in the browser for logins under way: several tabs work, and a flood stays bounded.

Pure: cookie texts in, cookie texts out. A slot holds an `Outbound` until the callback and from then
on only the handle of a `Progress`; which is which is sealed with it. All three together stay within
6 KiB, the oldest giving way.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from broker.sealed import NotOurs, Sealer

SLOTS = ("flow0", "flow1", "flow2")
PURPOSE = "flow slot"
MAX_ONE = 3800
MAX_ALL = 6144
ATTEMPT_ROOM = 900
"""What leaving for a provider adds to a slot, at most: a request that fits must fit until then."""


class DoesNotFit(Exception):
    """The request is too large to travel in a cookie."""


class Slot(msgspec.Struct, frozen=True, array_like=True):
    """A login in a slot: `outbound` until the callback, then `handle`; the other one is empty.

    `spent` is the key of the state that the login came back with, so that a second arrival of the
    same return (Back, a reload) can be told from a foreign one.
    """

    flow: str
    placed_at: int
    outbound: bytes = b""
    handle: str = ""
    spent: bytes = b""


_DECODER = msgspec.msgpack.Decoder(Slot)


@dataclass(frozen=True, slots=True)
class Slots:
    """The browser's slots as they came in, opened."""

    sealer: Sealer
    texts: Mapping[str, str]
    opened: Mapping[str, Slot]

    def find(self, flow: str) -> Slot | None:
        """The slot of this login."""
        return next((slot for slot in self.opened.values() if slot.flow == flow), None)

    def returned_with(self, spent: bytes) -> Slot | None:
        """The slot of the login that has come back with this state already."""
        return next((slot for slot in self.opened.values() if slot.spent == spent), None)

    def place(self, slot: Slot, *, spare: int = 0) -> dict[str, str]:
        """Cookies to set (empty text: delete) so that this login stands in a slot.

        Raises DoesNotFit when it would not fit with `spare` characters more.
        """
        text = self.sealer.seal(PURPOSE, msgspec.msgpack.encode(slot))
        if len(text) + spare > MAX_ONE:
            raise DoesNotFit
        name = self._name_for(slot.flow)
        changes = {name: text}
        changes |= self._make_room({**self.texts, **changes}, keep=name)
        return changes

    def clear(self, flow: str) -> dict[str, str]:
        """Cookies to delete so that this login is gone."""
        return {name: "" for name, slot in self.opened.items() if slot.flow == flow}

    def _name_for(self, flow: str) -> str:
        """Its own slot, a free one, or the oldest."""
        own = [name for name, slot in self.opened.items() if slot.flow == flow]
        free = [name for name in SLOTS if name not in self.opened]
        return (own + free + self._by_age())[0]

    def _make_room(self, texts: Mapping[str, str], *, keep: str) -> dict[str, str]:
        total = sum(len(name) + len(text) for name, text in texts.items())
        dropped = {}
        for name in self._by_age():
            if total <= MAX_ALL:
                break
            if name != keep:
                total -= len(name) + len(texts[name])
                dropped[name] = ""
        return dropped

    def _by_age(self) -> list[str]:
        return sorted(self.opened, key=lambda name: self.opened[name].placed_at)


def open_slots(sealer: Sealer, texts: Mapping[str, str]) -> Slots:
    """Open what opens; what does not (another key, tampered, rolled) counts as free."""
    opened: dict[str, Slot] = {}
    for name in SLOTS:
        text = texts.get(name, "")
        if not text or len(text) > MAX_ONE:
            continue
        try:
            opened[name] = _DECODER.decode(sealer.open(PURPOSE, text))
        except (NotOurs, msgspec.DecodeError):
            continue
    return Slots(sealer, {name: texts[name] for name in opened}, opened)
