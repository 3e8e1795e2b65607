"""`linking.codes.ports.CodeStore` in memory; what it holds can be looked at."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from linking.codes.ports import HeldCode, IssuedCode, Waiting, Wish
from linking.codes.sending import Medium


@dataclass(frozen=True)
class Place:
    """A wish and where it stands."""

    wish: Wish
    asker: bytes
    turn: int
    not_before: datetime | None = None


@dataclass
class CodesInMemory:
    """Wishes by customer and medium, codes by id, and what was sent and used when."""

    wished: dict[tuple[bytes, Medium], Place] = field(default_factory=dict)
    unopened: set[str] = field(default_factory=set)
    issued: dict[str, IssuedCode] = field(default_factory=dict)
    used: list[tuple[bytes, Medium, datetime]] = field(default_factory=list)
    spendings: list[tuple[bytes, datetime]] = field(default_factory=list)
    sendings: list[tuple[bytes, Medium, datetime]] = field(default_factory=list)

    async def wish(self, wish: Wish, *, customer_tag: bytes, asker_tag: bytes) -> None:
        row = (asker_tag, wish.company)
        turn = sum((each.asker, each.wish.company) == row for each in self.wished.values())
        put = Place(wish, asker_tag, turn)
        known = self.wished.setdefault((customer_tag, wish.medium), put)
        moved = replace(known, turn=min(known.turn, turn))
        self.wished[customer_tag, wish.medium] = moved

    async def wishes(
        self, *, now: datetime, limit: int, passing_over: Collection[str] = ()
    ) -> Waiting:
        places = sorted(self.wished.values(), key=lambda each: (each.turn, each.wish.at))
        wishes = [
            each.wish
            for each in places
            if (each.not_before is None or each.not_before <= now)
            and each.wish.company not in passing_over
        ][:limit]
        return Waiting(
            tuple(each for each in wishes if each.id not in self.unopened),
            tuple(each.id for each in wishes if each.id in self.unopened),
        )

    async def put_off(self, wishes: Collection[str], *, until: datetime) -> None:
        self.wished = {
            key: replace(each, turn=each.turn + 1, not_before=until)
            if each.wish.id in wishes
            else each
            for key, each in self.wished.items()
        }

    async def settle(self, wish: str) -> bool:
        before = len(self.wished)
        self.wished = {key: each for key, each in self.wished.items() if each.wish.id != wish}
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

    async def matching(self, hashes: Collection[bytes], *, now: datetime) -> Sequence[HeldCode]:
        return [
            HeldCode(c.id, c.issued_at, c.medium)
            for c in self.issued.values()
            if c.hashed in hashes and c.expires_at > now
        ]

    async def spent(self, hashes: Collection[bytes], *, since: datetime) -> bool:
        return any(at > since for hashed, at in self.spendings if hashed in hashes)

    async def use(self, code: str, *, at: datetime) -> bool:
        known = self.issued.get(code)
        if known is None or known.expires_at <= at:
            return False
        self.issued[code] = replace(known, expires_at=at)
        self.spendings.append((known.hashed, at))
        self.used.append((known.customer_tag, known.medium, at))
        return True

    async def sent(self, customer_tag: bytes, medium: Medium, *, at: datetime) -> None:
        self.sendings.append((customer_tag, medium, at))

    async def times_sent(self, customer_tag: bytes, medium: Medium, *, since: datetime) -> int:
        who = (customer_tag, medium)
        used = [at for tag, what, at in self.used if (tag, what) == who]
        mine = (at for tag, what, at in self.sendings if (tag, what) == who)
        return sum(at > max([since, *used]) for at in mine)

    async def void(self, customer_tags: Collection[bytes]) -> None:
        self.wished = {k: each for k, each in self.wished.items() if k[0] not in customer_tags}
        self.issued = {
            k: each for k, each in self.issued.items() if each.customer_tag not in customer_tags
        }
        self.sendings = [each for each in self.sendings if each[0] not in customer_tags]
