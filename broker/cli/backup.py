"""`farstu db backup`: one file with everything that the database holds."""

import asyncio
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from broker import __version__
from broker.cli.clock import now
from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.database import opened
from broker.cli.row_progress import row_progress
from broker.cli.speaking import CommandFailed, say
from broker.cli.whole_file import written_whole
from broker.settings.schema import Settings
from broker.storage.archive import BackupFile, BackupRefused, Manifest, Origin
from broker.storage.archive.taking import Progress
from broker.upkeep.losses import CONSEQUENCES
from broker.wiring.secret_prints import secret_prints


def backup(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="The file to write.")],
    *,
    without_register: Annotated[
        bool, typer.Option("--without-register", help="Leave out what an import brings anew.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a file of this name.")] = False,
    config: ConfigOption = None,
) -> None:
    """Write everything that the database holds into one file, while brokers run.

    The file fits every engine: a backup of SQLite can be restored to PostgreSQL, and the other
    way. It is readable for you alone. The secrets that open what is sealed in it are not in it.
    """
    settings = read_settings(config)
    with written_whole(file, force=force) as stream, row_progress("Backing up") as show:
        manifest = asyncio.run(
            _take(settings, stream, with_register=not without_register, show=show)
        )
    size = file.stat().st_size / 1_000_000
    say(f"Wrote {file}: {manifest.total:,} rows, {size:,.1f} MB.", style="bold green")
    if without_register:
        say("The register is not in it: import it anew after a restore.")
    _say_what_to_keep(settings)


async def _take(
    settings: Settings, stream: BackupFile, *, with_register: bool, show: Progress
) -> Manifest:
    origin = Origin(__version__, settings.issuer, now(), secret_prints(settings))
    async with opened(settings) as storage:
        try:
            return await storage.archive.take(
                stream, origin, with_register=with_register, on_progress=show
            )
        except BackupRefused as refused:
            raise CommandFailed(
                f"This release cannot back it up: {refused}.",
                "Use the program of the newest release that has run on this database.",
            ) from refused


def _say_what_to_keep(settings: Settings) -> None:
    say("Keep these, from [secrets], as long as the backup, and in another place:")
    for purpose, prints in groupby(secret_prints(settings), key=lambda each: each.purpose):
        names = ", ".join(each.name for each in prints if each.name)
        say(f"  {f'{purpose} {names}'.rstrip()}. Without it: {CONSEQUENCES[purpose]}.")
