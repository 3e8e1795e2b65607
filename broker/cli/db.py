"""`farstu db`: prepare the database, and say where it stands."""

import asyncio

import typer

from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.database import telling_failures
from broker.cli.speaking import CommandFailed, say
from broker.storage import migrate_storage, read_schemas
from broker.wiring.storage import shown_urls, storage_urls

app = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown")


@app.callback()
def db() -> None:
    """Prepare the database."""


@app.command()
def migrate(config: ConfigOption = None) -> None:
    """Bring the database to this release's schema; create it if there is none.

    Safe while brokers run, those of the previous release included, and safe to repeat.
    """
    settings = read_settings(config)
    with telling_failures(settings):
        asyncio.run(migrate_storage(*storage_urls(settings)))
    say("The database is ready.")


@app.command()
def status(config: ConfigOption = None) -> None:
    """Say where the database stands; ends with 1 when `farstu db migrate` is needed."""
    settings = read_settings(config)
    with telling_failures(settings):
        schemas = asyncio.run(read_schemas(*storage_urls(settings)))
    for url, schema in zip(
        shown_urls(settings), (schemas.database, schemas.transient), strict=True
    ):
        say(f"{url}: {schema}")
    if not (schemas.database.is_usable and schemas.transient.is_usable):
        raise CommandFailed(
            "The database is not prepared for this release.", "Run `farstu db migrate`."
        )
