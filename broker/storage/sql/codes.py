"""Codes that were sent to customers, and the wishes for them (`linking.codes.ports.CodeStore`).

A wish has a turn: how many of its asker's waited when it was put. A code is found by its keyed
hash. It is kept sealed besides, because the same one is sent again; what a wish is about is sealed
too. Either opens for its own row alone.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import case, delete, func, or_, select, update

from broker.sealed import NotOurs
from broker.storage.notices import Open, Seal
from broker.storage.sql.batches import delete_in_batches
from broker.storage.sql.pressure_tables import code_sendings, code_wishes, codes
from broker.storage.sql.statements import Row
from broker.storage.sql.transaction import SqlTransaction
from broker.storage.sql.upsert import insert
from linking.codes.ports import HeldCode, IssuedCode, Waiting, Wish
from linking.codes.sending import TERMS, Medium

_LONGEST_WITHIN: Final = max(terms.within for terms in TERMS.values())
_SHOWN_FOR: Final = timedelta(days=7)
"""How long a code that holds no longer is kept, for who looks into what happened."""

_AT_ONCE: Final = 5_000
"""Customers in one statement: far from what it may hold."""

_WISHED_FOR: Final = timedelta(days=1)
"""How long a wish waits for a register that is down."""


class SqlCodeStore:
    """`CodeStore` on SQL."""

    def __init__(self, transaction: SqlTransaction, *, seal: Seal, open_sealed: Open) -> None:
        self._transaction = transaction
        self._seal = seal
        self._open = open_sealed

    async def wish(self, wish: Wish, *, customer_tag: bytes, asker_tag: bytes) -> None:
        c = code_wishes.c
        before = select(func.count()).where(c.asker_tag == asker_tag, c.company == wish.company)
        row = insert(code_wishes).values(
            id=wish.id,
            company=wish.company,
            customer_tag=customer_tag,
            sealed=self._seal(wish.number.encode(), wish.id.encode()),
            medium=wish.medium,
            at=wish.at,
            asker_tag=asker_tag,
            turn=before.scalar_subquery(),
        )
        nearer = case((row.excluded.turn < c.turn, row.excluded.turn), else_=c.turn)
        await self._transaction.change(
            row.on_conflict_do_update(
                index_elements=[c.customer_tag, c.medium], set_={"turn": nearer}
            )
        )

    async def wishes(
        self, *, now: datetime, limit: int, passing_over: Collection[str] = ()
    ) -> Waiting:
        c = code_wishes.c
        query = (
            select(code_wishes)
            .where(or_(c.not_before.is_(None), c.not_before <= now), c.company.not_in(passing_over))
            .order_by(c.turn, c.at, c.id)
            .limit(limit)
        )
        found = {row.id: self._wish(row) for row in await self._transaction.ask(query)}
        return Waiting(
            tuple(wish for wish in found.values() if wish is not None),
            tuple(each for each, wish in found.items() if wish is None),
        )

    async def put_off(self, wishes: Collection[str], *, until: datetime) -> None:
        c = code_wishes.c
        await self._transaction.change(
            update(code_wishes).where(c.id.in_(wishes)).values(not_before=until, turn=c.turn + 1)
        )

    async def settle(self, wish: str) -> bool:
        gone = await self._transaction.change(delete(code_wishes).where(code_wishes.c.id == wish))
        return gone.rowcount == 1

    async def issue(self, code: IssuedCode) -> None:
        await self._transaction.change(
            codes.insert().values(
                id=code.id,
                company=code.company,
                customer_tag=code.customer_tag,
                hash=code.hashed,
                sealed=self._seal(code.code.encode(), code.id.encode()),
                medium=code.medium,
                issued_at=code.issued_at,
                expires_at=code.expires_at,
            )
        )

    async def live(
        self, customer_tag: bytes, medium: Medium, *, now: datetime
    ) -> Sequence[IssuedCode]:
        c = codes.c
        query = (
            select(codes)
            .where(
                c.customer_tag == customer_tag,
                c.medium == medium,
                c.expires_at > now,
                c.used_at.is_(None),
            )
            .order_by(c.issued_at.desc())
        )
        found = (self._code(row) for row in await self._transaction.ask(query))
        return [code for code in found if code is not None]

    async def matching(self, hashes: Collection[bytes], *, now: datetime) -> Sequence[HeldCode]:
        c = codes.c
        query = select(c.id, c.issued_at, c.medium).where(
            c.hash.in_(hashes), c.expires_at > now, c.used_at.is_(None)
        )
        return [
            HeldCode(row.id, row.issued_at, Medium(row.medium))
            for row in await self._transaction.ask(query)
        ]

    async def spent(self, hashes: Collection[bytes], *, since: datetime) -> bool:
        c = codes.c
        query = select(c.id).where(c.hash.in_(hashes), c.used_at > since).limit(1)
        return bool((await self._transaction.ask(query)).all())

    async def use(self, code: str, *, at: datetime) -> bool:
        used = await self._transaction.change(
            update(codes)
            .where(codes.c.id == code, codes.c.used_at.is_(None), codes.c.expires_at > at)
            .values(used_at=at, sealed=b"")
        )
        return used.rowcount == 1

    async def sent(self, customer_tag: bytes, medium: Medium, *, at: datetime) -> None:
        await self._transaction.change(
            code_sendings.insert().values(customer_tag=customer_tag, medium=medium, at=at)
        )

    async def times_sent(self, customer_tag: bytes, medium: Medium, *, since: datetime) -> int:
        c, of = code_sendings.c, codes.c
        used_since = select(of.id).where(
            of.customer_tag == customer_tag, of.medium == medium, of.used_at >= c.at
        )
        query = select(func.count().label("times")).where(
            c.customer_tag == customer_tag,
            c.medium == medium,
            c.at > since,
            ~used_since.exists(),
        )
        return int((await self._transaction.ask(query)).one().times)

    async def void(self, customer_tags: Collection[bytes]) -> None:
        tags = list(customer_tags)
        async with self._transaction.writing() as connection:
            for start in range(0, len(tags), _AT_ONCE):
                for table in (code_wishes, codes, code_sendings):
                    some = table.c.customer_tag.in_(tags[start : start + _AT_ONCE])
                    await connection.execute(delete(table).where(some))

    async def purge(self, now: datetime) -> int:
        """Delete what holds no longer, and what counts no longer; how many codes."""
        for table, kept in ((code_wishes, _WISHED_FOR), (code_sendings, _LONGEST_WITHIN)):
            await delete_in_batches(
                self._transaction, table, table.c.at <= now - kept, by=table.c.at
            )
        is_over = codes.c.expires_at <= now - _SHOWN_FOR
        return await delete_in_batches(self._transaction, codes, is_over, by=codes.c.expires_at)

    def _wish(self, row: Row) -> Wish | None:
        try:
            number = self._open(row.sealed, row.id.encode()).decode()
        except NotOurs:
            return None
        return Wish(row.id, row.company, number, Medium(row.medium), row.at)

    def _code(self, row: Row) -> IssuedCode | None:
        """None where the key that it was sealed with is gone: a new one is made then."""
        try:
            code = self._open(row.sealed, row.id.encode()).decode()
        except NotOurs:
            return None
        return IssuedCode(
            id=row.id,
            company=row.company,
            customer_tag=row.customer_tag,
            hashed=row.hash,
            code=code,
            medium=Medium(row.medium),
            issued_at=row.issued_at,
            expires_at=row.expires_at,
        )
