"""What codes need from the world: a place where they are kept, hashed, and messages are wished for.

Tags and hashes are keyed (`linking.codes.keys`); a code itself is kept sealed, only to be sent once
more. Every verb takes part in the `Transaction` it is called within, if any.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from linking.codes.sending import Medium

WISHED: Final = b"wish "
"""How the asker of a register begins where a wish is behind the question, and nobody waits."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody asks that a code be sent to whoever has this number at the company."""

    id: str
    company: str
    number: str = field(repr=False)
    medium: Medium
    at: datetime


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A code of a customer. It holds until `expires_at`, and for one success."""

    id: str
    company: str
    customer_tag: bytes
    hashed: bytes
    code: str = field(repr=False)
    medium: Medium
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class HeldCode:
    """A code that holds, as it is found when it is typed."""

    id: str
    issued_at: datetime
    medium: Medium


@dataclass(frozen=True, slots=True)
class Waiting:
    """Wishes whose turn it is; `unopened` are ids of those whose key is not there."""

    wishes: tuple[Wish, ...] = ()
    unopened: tuple[str, ...] = ()


class CodeStore(Protocol):
    """Codes and the wishes for them, durable."""

    async def wish(self, wish: Wish, *, customer_tag: bytes, asker_tag: bytes) -> None:
        """Put a wish at the end of its asker's own row.

        Where one for the same customer and medium waits, nothing is added; it moves to the place
        that this one would have had, if that is nearer.
        """
        ...

    async def wishes(
        self, *, now: datetime, limit: int, passing_over: Collection[str] = ()
    ) -> Waiting:
        """Those that wait, none of these companies'.

        Everybody's first comes before anybody's second, whatever they asked for at one company;
        within that, the oldest first.
        """
        ...

    async def put_off(self, wishes: Collection[str], *, until: datetime) -> None:
        """Let these wait, and stand one place further back from then on."""
        ...

    async def settle(self, wish: str) -> bool:
        """Take a wish away; False if somebody else has."""
        ...

    async def issue(self, code: IssuedCode) -> None: ...

    async def live(
        self, customer_tag: bytes, medium: Medium, *, now: datetime
    ) -> Sequence[IssuedCode]:
        """A customer's codes that still hold, newest first."""
        ...

    async def matching(self, hashes: Collection[bytes], *, now: datetime) -> Sequence[HeldCode]:
        """Codes that hold and have one of these hashes. The same work for none."""
        ...

    async def spent(self, hashes: Collection[bytes], *, since: datetime) -> bool:
        """Whether a code with one of these hashes was used after `since`."""
        ...

    async def use(self, code: str, *, at: datetime) -> bool:
        """Let it hold no longer; False if it did not hold: one winner."""
        ...

    async def sent(self, customer_tag: bytes, medium: Medium, *, at: datetime) -> None: ...

    async def times_sent(self, customer_tag: bytes, medium: Medium, *, since: datetime) -> int:
        """How often one was sent after `since`, and after the latest that was used."""
        ...

    async def void(self, customer_tags: Collection[bytes]) -> None:
        """Forget the codes, wishes and sendings of these customers."""
        ...
