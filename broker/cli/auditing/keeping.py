"""An audit's figures kept in the database: `farstu serve` and `farstu doctor` judge by them."""

from datetime import datetime

from broker.cli.auditing.answer import Answer
from broker.cli.database import opened
from broker.registers.audit.saving import written
from broker.settings.schema import Settings
from broker.storage.ports import AuditEvent


async def see_that_they_can_be_kept(settings: Settings) -> None:
    """Before minutes are spent on reading. Raises CommandFailed where there is no place."""
    async with opened(settings):
        return


async def save(settings: Settings, found: Answer, at: datetime) -> None:
    """Keep each company's figures, and note that in the trail: all or nothing."""
    async with opened(settings) as storage, storage.transaction():
        for each in found.companies:
            await storage.audits.keep(each.figures.company, written(each.figures), at=at)
            facts = {
                "targets": str(each.figures.targets),
                "papers": str(each.figures.papers),
                "takeovers": f"{each.bound.configured.takeovers:.3g}",
            }
            event = AuditEvent(
                "register_audited", at, "operator", each.figures.company, facts=facts
            )
            await storage.audit.append(event)
