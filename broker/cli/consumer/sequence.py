"""The whole examination in its order: what disturbs the service most comes last."""

from collections.abc import AsyncIterator

from broker.cli.consumer.caching import flood, keeping
from broker.cli.consumer.entering import door, still_open
from broker.cli.consumer.exam import Exam
from broker.cli.consumer.refusing import refusals
from broker.cli.consumer.removing import removal
from broker.cli.consumer.rotating import PLANNED, rotation
from broker.upkeep.finding import Finding, Outcome


async def examined(exam: Exam) -> AsyncIterator[Finding]:
    """Each finding as soon as it is made; only the door's where that does not open or shut."""
    failed: set[str] = set()
    for section in (door, keeping, refusals, rotation, removal, flood, still_open):
        if section is still_open and PLANNED in failed:
            return  # what signs now is not known there, and that has been said
        async for finding in section(exam):
            if finding.outcome is Outcome.ERROR:
                failed.add(finding.name)
            yield finding
        if section is door and failed:
            return
