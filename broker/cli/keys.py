"""`farstu keys`: the signing keys, to look at. What changes them is not here."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer

from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.database import opened
from broker.cli.speaking import say
from broker.settings.schema import Settings
from keys.model import KeyRecord

app = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown")


@app.callback()
def keys() -> None:
    """Look at the signing keys."""


@app.command("list")
def list_keys(
    *,
    gone: Annotated[bool, typer.Option("--all", help="Removed keys too.")] = False,
    config: ConfigOption = None,
) -> None:
    """List the keys by age: state, algorithm, when made, and the `kid` that tokens name."""
    records = asyncio.run(_read(read_settings(config)))
    shown = [each for each in records if gone or each.removed_at is None]
    for each in sorted(shown, key=lambda each: (each.created_at.date(), each.algorithm)):
        made = f"{each.created_at:%Y-%m-%d}"
        say(f"{each.state:<10}  {each.algorithm:<6}  {made}  {each.kid}  ({each.master_key})")
    if not shown:
        say("There is no key yet: the broker makes them when it first starts.")


async def _read(settings: Settings) -> Sequence[KeyRecord]:
    async with opened(settings) as storage:
        return await storage.keys.all()
