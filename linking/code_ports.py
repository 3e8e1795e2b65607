"""What codes need from the world: a place where they are kept, hashed, and messages are wished for.

Tags and hashes are keyed (`linking.code_keys`); a code itself is kept sealed, only to be sent once
more. Every verb takes part in the `Transaction` it is called within, if any.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from linking.sending import Medium


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


class CodeStore(Protocol):
    """Codes and the wishes for them, durable."""

    async def wish(self, wish: Wish, *, customer_tag: bytes) -> None:
        """Put a wish; where one for the same customer and medium waits, nothing is added."""
        ...

    async def wishes(self, *, limit: int) -> Sequence[Wish]:
        """Those that wait, oldest first."""
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

    async def matching(self, hashes: Collection[bytes], *, now: datetime) -> Sequence[str]:
        """The ids of codes that hold and have one of these hashes. The same work for none."""
        ...

    async def use(self, code: str, *, at: datetime) -> bool:
        """Let it hold no longer; False if it did not hold: one winner."""
        ...

    async def sent(self, customer_tag: bytes, medium: Medium, *, at: datetime) -> None: ...

    async def times_sent(self, customer_tag: bytes, medium: Medium, *, since: datetime) -> int: ...
