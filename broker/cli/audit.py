"""`farstu audit`: is the trail of what was changed whole."""

import asyncio
import re
from typing import Annotated

import typer

from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.database import opened
from broker.cli.speaking import CommandFailed, say
from broker.settings.schema import Settings
from broker.storage.chain import Broken, Intact, verify_chain
from broker.storage.ports import AuditHead

app = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown")

_HEAD = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


@app.callback()
def audit() -> None:
    """Verify the audit trail."""


@app.command(epilog="Example: farstu audit verify --since 1042:9f86d081…")
def verify(
    since: Annotated[
        str, typer.Option(help="A head printed earlier and kept elsewhere; begin after it.")
    ] = "",
    config: ConfigOption = None,
) -> None:
    """Read the whole trail and compute every hash again.

    The head that it prints belongs in a place that whoever writes the database cannot write to:
    only against such a head is a trail that was written anew found out.
    """
    head = _head(since) if since else None
    match asyncio.run(_verify(read_settings(config), head)):
        case Intact(found):
            say(f"The trail is whole, {found.number} records.")
            if found.number:
                say(f"{found.number}:{found.hash.hex()}")
        case Broken(number):
            raise CommandFailed(
                f"The trail is broken at record {number}: changed, removed or inserted.",
                "Keep a copy of the database as it is, and compare with a backup.",
            )


async def _verify(settings: Settings, since: AuditHead | None) -> Intact | Broken:
    async with opened(settings) as storage:
        return await verify_chain(storage.audit, since=since)


def _head(text: str) -> AuditHead:
    match = _HEAD.fullmatch(text)
    if match is None:
        raise typer.BadParameter("A head is `number:hash`, as `farstu audit verify` prints it.")
    return AuditHead(int(match[1]), bytes.fromhex(match[2]))
