"""What an operator should know once an import is current: what it is for, what is missing."""

import shlex
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from broker.cli.database import opened
from broker.cli.speaking import say
from broker.registers.bearing import Bearing
from broker.settings.schema import Settings
from broker.upkeep.second_items import judge_second_item
from broker.wiring.guessing import kept_bearings


@dataclass(frozen=True, slots=True)
class Known:
    """`measured` are the companies whose register an audit was kept of; `bearings` of them all."""

    measured: Collection[str]
    bearings: Sequence[Bearing]


async def known(settings: Settings) -> Known:
    """What is kept, now that the import is current."""
    async with opened(settings) as storage:
        return Known(await storage.audits.kept(), await kept_bearings(settings, storage))


def say_what_is_left(
    settings: Settings,
    named: Sequence[str],
    known: Known,
    files: tuple[Path, Path],
) -> None:
    """Of the companies that the import named: whose rows nobody is verified by, who is unmeasured.

    Rows of a company whose register is elsewhere say only who is restricted (docs/register.md).
    """
    for company in named:
        if elsewhere := settings.companies[company].customer_register:
            say(
                f"{company} has its register elsewhere ({elsewhere}): nobody is verified by these "
                "rows. They only keep restricted who is closed, deceased or protected in them and "
                "unknown there.",
                style="yellow",
            )
    for each in known.bearings:
        if each.company in named and each.is_imported and not each.is_everywhere:
            found = judge_second_item(each)
            say(f"{found.name}: {found.what}. {found.remedy}", style="yellow")
    if unmeasured := [
        each
        for each in named
        if each not in known.measured and settings.companies[each].customer_register is None
    ]:
        say(
            f"Nobody has measured what guessing is worth here ({', '.join(unmeasured)}): farstu "
            f"register audit {shlex.join(map(str, files))} --save",
            style="yellow",
        )
