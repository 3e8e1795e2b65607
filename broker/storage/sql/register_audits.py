"""Figures of register audits (`broker.storage.register_ports.RegisterAudits`), a row a company."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from broker.storage.register_ports import KeptAudit
from broker.storage.sql.register_tables import audits
from broker.storage.sql.transaction import SqlTransaction
from broker.storage.sql.upsert import insert


class SqlRegisterAudits:
    """`RegisterAudits` on SQL."""

    def __init__(self, transaction: SqlTransaction) -> None:
        self._transaction = transaction

    async def keep(self, company: str, figures: str, *, at: datetime) -> None:
        row = insert(audits).values(company=company, at=at, figures=figures)
        await self._transaction.change(
            row.on_conflict_do_update(
                index_elements=[audits.c.company],
                set_={"at": row.excluded.at, "figures": row.excluded.figures},
            )
        )

    async def kept(self) -> Mapping[str, KeptAudit]:
        rows = await self._transaction.ask(select(audits))
        return {row.company: KeptAudit(row.at, row.figures) for row in rows}
