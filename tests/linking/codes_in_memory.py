"""`linking.code_ports.CodeStore` in memory; what it holds can be looked at."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from linking.code_ports import IssuedCode, Wish
from linking.sending import Medium


@dataclass
class CodesInMemory:
    """Wishes by customer and medium, codes by id, and what was sent when."""

    wished: dict[tuple[bytes, Medium], Wish] = field(default_factory=dict)
    issued: dict[str, IssuedCode] = field(default_factory=dict)
    sendings: list[tuple[bytes, Medium, datetime]] = field(default_factory=list)

    async def wish(self, wish: Wish, *, customer_tag: bytes) -> None:
        self.wished.setdefault((customer_tag, wish.medium), wish)

    async def wishes(self, *, limit: int) -> Sequence[Wish]:
        return sorted(self.wished.values(), key=lambda wish: wish.at)[:limit]

    async def settle(self, wish: str) -> bool:
        before = len(self.wished)
        self.wished = {key: each for key, each in self.wished.items() if each.id != wish}
        return len(self.wished) < before

    async def issue(self, code: IssuedCode) -> None:
        self.issued[code.id] = code

    async def live(
        self, customer_tag: bytes, medium: Medium, *, now: datetime
    ) -> Sequence[IssuedCode]:
        mine = [
            code
            for code in self.issued.values()
            if (code.customer_tag, code.medium) == (customer_tag, medium) and code.expires_at > now
        ]
        return sorted(mine, key=lambda code: code.issued_at, reverse=True)

    async def matching(self, hashes: Collection[bytes], *, now: datetime) -> Sequence[str]:
        return [c.id for c in self.issued.values() if c.hashed in hashes and c.expires_at > now]

    async def use(self, code: str, *, at: datetime) -> bool:
        known = self.issued.get(code)
        if known is None or known.expires_at <= at:
            return False
        self.issued[code] = replace(known, expires_at=at)
        return True

    async def sent(self, customer_tag: bytes, medium: Medium, *, at: datetime) -> None:
        self.sendings.append((customer_tag, medium, at))

    async def times_sent(self, customer_tag: bytes, medium: Medium, *, since: datetime) -> int:
        mine = (at for tag, what, at in self.sendings if (tag, what) == (customer_tag, medium))
        return sum(at > since for at in mine)
