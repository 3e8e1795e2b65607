"""The running state of one emulated provider: what its console, its browsers and its faults hold.

Each provider's endpoints share one `Upstream`; the control endpoint reads and changes it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from itertools import count

from starlette.responses import Response

from providers.emulated.clock import ShiftedClock
from providers.emulated.consoles import Registration
from providers.emulated.faults import FaultQueue
from providers.emulated.grants import AccessTokens, Codes
from providers.emulated.keys import KeyStock
from providers.emulated.pages import Pages
from providers.emulated.people import Person, find_person
from providers.emulated.rings import KeyRing
from providers.emulated.sessions import Sessions
from providers.emulated.streams import Stream
from providers.emulated.tickets import Tickets

EVERYBODY_NEW = "new"


@dataclass(slots=True)
class Upstream:
    """One provider at one base address.

    `rings` are its signing keys by purpose. `next_person` signs in at the next page instead of
    somebody clicking; `auto_approve` does so every time (the word "new": a new load-test person
    each time). `weak_kid` names the weak key where it has a fixed name;
    `shows_weak_key` is set once a token was signed with it. `streams` are the event streams that
    clients have ordered, by client id.
    """

    name: str
    base: str
    registrations: Mapping[str, Registration]
    clock: ShiftedClock
    sleep: Callable[[float], Awaitable[None]]
    stock: KeyStock
    pages: Pages
    sessions: Sessions
    tickets: Tickets
    rings: Mapping[str, KeyRing]
    throttle: Callable[["Upstream"], Response]
    old_issuer: str
    weak_kid: str = ""
    faults: FaultQueue = field(default_factory=FaultQueue)
    codes: Codes = field(default_factory=Codes)
    tokens: AccessTokens = field(default_factory=AccessTokens)
    refresh_tokens: AccessTokens = field(default_factory=AccessTokens)
    streams: dict[str, Stream] = field(default_factory=dict)
    next_person: str = ""
    auto_approve: str = ""
    shows_weak_key: bool = False
    key_set_fetches: int = 0
    _serial: "count[int]" = field(default_factory=lambda: count(1))

    def take_person(self) -> Person | None:
        """Return who signs in without a click, if anybody; uses `next_person` up."""
        key, self.next_person = self.next_person or self.auto_approve, ""
        if key == EVERYBODY_NEW:
            key = f"load-{next(self._serial)}"
        person = find_person(key)
        return person if person is not None and self.name in person.accounts else None

    def reset(self) -> None:
        """Forget everything but the keys and the console."""
        for memory in (self.faults, self.codes, self.tokens, self.refresh_tokens, self.sessions):
            memory.clear()
        self.streams.clear()
        self.next_person = self.auto_approve = ""
        self.shows_weak_key = False
        self.key_set_fetches = 0
