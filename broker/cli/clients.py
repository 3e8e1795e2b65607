"""`farstu clients`: portals and services that redirect to us for login."""

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from broker.cli.clock import now
from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.database import opened
from broker.cli.portal_sheet import portal_sheet, toml_table
from broker.cli.speaking import CommandFailed, say
from broker.settings.demo_digests import digest
from broker.settings.fresh import new_key
from broker.settings.problem import SettingsInvalid
from broker.settings.rules.clients import client_problems
from broker.settings.rules.resources import LOGIN_SCOPES
from broker.settings.schema import ClientSettings, Settings
from broker.settings.wording import misshapen
from broker.storage.ports import StoredClient

app = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown")


@app.callback()
def clients() -> None:
    """Register portals and services."""


@app.command(
    epilog="Example: farstu clients add mina-sidor --name 'Mina sidor' --company elnat "
    "--redirect-uri https://minasidor.example.se/callback"
)
def add(
    client_id: Annotated[str, typer.Argument(help="Its id, such as mina-sidor.")],
    name: Annotated[str, typer.Option(prompt="Name on the pages", help="Name on the pages.")],
    company: Annotated[
        str, typer.Option(prompt="Company (id)", help="Id of the company behind it.")
    ],
    redirect_uri: Annotated[
        list[str] | None,
        typer.Option(help="Exact redirect address; may be repeated. Asked for when missing."),
    ] = None,
    *,
    post_logout_redirect_uri: Annotated[
        list[str] | None, typer.Option(help="Where a signed-out browser may go; may be repeated.")
    ] = None,
    home_uri: Annotated[str, typer.Option(help="Its front page.")] = "",
    resource: Annotated[str, typer.Option(help="Id of the API that its tokens are for.")] = "",
    public: Annotated[
        bool, typer.Option("--public", help="No secret: an app or a page in a browser.")
    ] = False,
    store: Annotated[
        bool, typer.Option("--store", help="Register it in the database, at once in force.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Make a client: a table for the configuration, and the settings to paste in the portal.

    The secret is shown this once; the configuration gets its digest only.
    """
    settings = read_settings(config)
    secret = "" if public else new_key()
    given = {
        "name": name,
        "company": company,
        "redirect_uris": redirect_uri or [typer.prompt("Redirect address")],
        "post_logout_redirect_uris": post_logout_redirect_uri or [],
        "home_uri": home_uri,
        "resource": resource or None,
        "scopes": _scopes(settings, resource),
        "secret_digests": [digest(secret)] if secret else [],
    }
    entry = _judged(client_id, given, settings)
    if store:
        asyncio.run(_store(settings, client_id, given))
        say(f"{client_id} is registered.")
    else:
        say("For the configuration of the broker:\n", style="bold")
        say(toml_table(client_id, given))
    say("\nFor the portal:\n", style="bold")
    say(portal_sheet(settings.issuer, client_id, entry, secret))


@app.command("list")
def list_clients(config: ConfigOption = None) -> None:
    """List the clients of the configuration and those registered in the database."""
    settings = read_settings(config)
    found = bool(settings.clients)
    for client_id, entry in settings.clients.items():
        say(f"{client_id}  {entry.name}  (configuration)")
    for stored in asyncio.run(_stored(settings)):
        if stored.client_id not in settings.clients:
            name = json.loads(stored.metadata).get("name", "")
            say(f"{stored.client_id}  {name}  (since {stored.created_at:%Y-%m-%d})")
            found = True
    if not found:
        say("There is no client yet: `farstu clients add` makes one.")


@app.command()
def remove(
    client_id: Annotated[str, typer.Argument(help="Its id.")], config: ConfigOption = None
) -> None:
    """Remove a client that was registered in the database."""
    settings = read_settings(config)
    if client_id in settings.clients:
        raise CommandFailed(
            f"{client_id} is in the configuration.", f"Remove the table [clients.{client_id}]."
        )
    if not asyncio.run(_remove(settings, client_id)):
        raise CommandFailed(f"There is no client {client_id}.", "See `farstu clients list`.")
    say(f"{client_id} is removed.")


def _scopes(settings: Settings, resource: str) -> list[str]:
    known = settings.resources.get(resource)
    return [*LOGIN_SCOPES, *(known.scopes if known else ())]


def _judged(client_id: str, given: dict[str, Any], settings: Settings) -> ClientSettings:
    """Return the client if it would pass as part of the configuration."""
    if client_id in settings.clients:
        raise CommandFailed(f"{client_id} is there already.", "Choose another id.")
    try:
        entry = ClientSettings.model_validate(given)
    except ValidationError as error:
        raise SettingsInvalid([each for _, each in misshapen(error)]) from None
    if problems := list(client_problems(client_id, entry, settings)):
        raise SettingsInvalid(problems)
    return entry


async def _store(settings: Settings, client_id: str, given: dict[str, Any]) -> None:
    record = StoredClient(client_id, json.dumps(given), now())
    async with opened(settings) as storage:
        if not await storage.clients.add(record):
            raise CommandFailed(f"{client_id} is there already.", "Choose another id.")


async def _stored(settings: Settings) -> list[StoredClient]:
    if not _has_database(settings):
        return []
    async with opened(settings) as storage:
        return list(await storage.clients.all())


async def _remove(settings: Settings, client_id: str) -> bool:
    async with opened(settings) as storage:
        return await storage.clients.remove(client_id)


def _has_database(settings: Settings) -> bool:
    """A file that was never made holds no client; a server is asked."""
    database = settings.storage.database
    return not database.startswith("sqlite:") or Path(database.removeprefix("sqlite:///")).exists()
