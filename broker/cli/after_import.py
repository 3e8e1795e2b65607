"""What an operator should know once an import is current: what it is for, what is missing."""

import shlex
from collections.abc import Collection, Sequence
from pathlib import Path

from broker.cli.database import opened
from broker.cli.speaking import say
from broker.settings.schema import Settings


async def measured(settings: Settings) -> Collection[str]:
    """The companies whose register an audit was kept of."""
    async with opened(settings) as storage:
        return await storage.audits.kept()


def say_what_is_left(
    settings: Settings,
    named: Sequence[str],
    measured: Collection[str],
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
    if unmeasured := [
        each
        for each in named
        if each not in measured and settings.companies[each].customer_register is None
    ]:
        say(
            f"Nobody has measured what guessing is worth here ({', '.join(unmeasured)}): farstu "
            f"register audit {shlex.join(map(str, files))} --save",
            style="yellow",
        )
