"""The views of a register elsewhere, for a command that reads all of them.

Opened only if both are there with their columns, as `farstu doctor` looks at them: a row without
its columns is one that cannot be read, and every row would be passed over in silence.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from broker.cli.speaking import CommandFailed
from broker.registers.distant.source import SourceFailed
from broker.settings.schema import Settings
from broker.upkeep.register_checks import judge_columns
from broker.wiring.registers import companies_of, opened_sql_source

if TYPE_CHECKING:
    from broker.registers.distant.sql import SqlSource


@asynccontextmanager
async def sound_views(settings: Settings, name: str) -> "AsyncIterator[SqlSource]":
    """Open a register of kind `sql`. Raises CommandFailed where it cannot be read as it is."""
    # Imported here: the driver takes a tenth of a second that others spare.
    from broker.registers.distant.view_facts import read_view_facts  # noqa: PLC0415

    async with opened_sql_source(settings, name) as source:
        try:
            facts = await read_view_facts(source, companies_of(settings, name))
        except SourceFailed as failed:
            raise unanswered(name, failed) from None
        if found := judge_columns(name, source.views, facts):
            raise CommandFailed(
                f"Register {name} cannot be read: {'; '.join(each.what for each in found)}.",
                found[0].remedy,
            )
        yield source


def unanswered(name: str, failed: SourceFailed) -> CommandFailed:
    """What to say of a register that gives no answer that can be used."""
    return CommandFailed(
        f"Register {name} cannot be read: {failed.cause}.",
        "`farstu doctor` says what is wrong with it.",
    )
