"""`farstu db`: prepare the database, say where it stands, back it up and put it back."""

import asyncio
import json
from dataclasses import asdict
from typing import Annotated

import typer

from broker import __version__
from broker.cli.backup import backup
from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.database import telling_failures
from broker.cli.restore import restore
from broker.cli.speaking import CommandFailed, say
from broker.settings.schema import Settings
from broker.storage import Standing, migrate_storage, read_standings
from broker.wiring.storage import shown_urls, storage_urls

app = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown")


@app.callback()
def db() -> None:
    """Prepare the database, back it up and put it back."""


@app.command()
def migrate(config: ConfigOption = None) -> None:
    """Bring the database to this release's schema; create it if there is none.

    Safe while brokers run, those of the previous release included, and safe to repeat.
    """
    settings = read_settings(config)
    for url, standing in _standings(settings):
        if standing.needed and not standing.schema.is_usable:
            say(f"{url}: from revision {standing.revision or 'nothing'} to {standing.needed}.")
    with telling_failures(settings):
        asyncio.run(migrate_storage(*storage_urls(settings)))
    say("The database is ready.")


@app.command()
def status(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
    config: ConfigOption = None,
) -> None:
    """Say where the database stands; ends with 1 when `farstu db migrate` is needed."""
    standings = _standings(read_settings(config))
    if as_json:
        places = [{"address": url, **asdict(standing)} for url, standing in standings]
        database, transient = places
        say(json.dumps({"release": __version__, "database": database, "transient": transient}))
    else:
        for url, standing in standings:
            say(f"{url}: {_told(standing)}")
    if not all(standing.schema.is_usable for _, standing in standings):
        raise CommandFailed(
            "The database is not prepared for this release.", "Run `farstu db migrate`."
        )


app.command(epilog="Example: farstu db backup /srv/backups/2026-11-23.farstu")(backup)
app.command(epilog="Example: farstu db restore --verify /srv/backups/2026-11-23.farstu")(restore)


def _standings(settings: Settings) -> list[tuple[str, Standing]]:
    """The durable and the transient one, each with its address without password."""
    with telling_failures(settings):
        found = asyncio.run(read_standings(*storage_urls(settings)))
    return list(zip(shown_urls(settings), found, strict=True))


def _told(standing: Standing) -> str:
    if not standing.needed:
        return "has no schema (`farstu doctor` says whether it answers)"
    at = f"revision {standing.revision}" if standing.revision else "never migrated"
    return f"{standing.schema} ({at}; release {__version__} needs {standing.needed})"
