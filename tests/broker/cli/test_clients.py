"""`farstu clients`: what is made, what is shown, what is kept."""

import hashlib
import json
import re
import sqlite3
import tomllib
from collections.abc import Callable
from pathlib import Path

from typer.testing import Result

Run = Callable[..., Result]
PORTAL = (
    *("clients", "add", "mina-sidor", "--name", "Mina sidor", "--company", "exempel-elnat"),
    *("--redirect-uri", "https://minasidor.example.se/callback"),
)


def secret_in(shown: str) -> str:
    """Return the secret on a portal's sheet."""
    found = re.search(r"^client_secret\s+(\S+)$", shown, re.MULTILINE)
    assert found
    return found[1]


def table_in(shown: str) -> str:
    """Return the TOML table among what was shown."""
    return shown.partition("[clients.")[1] + shown.partition("[clients.")[2].partition("\n\n")[0]


def test_table_can_be_pasted(installed: Run) -> None:
    """The printed table makes the configuration know the client, without a word changed."""
    shown = installed(*PORTAL).stdout
    with Path("farstu.toml").open("a") as file:
        file.write(table_in(shown))
    assert installed("config", "check").exit_code == 0
    assert "mina-sidor" in installed("clients", "list").stdout


def test_configuration_gets_the_digest_only(installed: Run) -> None:
    """The secret is on the portal's sheet; the table has its SHA-256."""
    shown = installed(*PORTAL).stdout
    secret = secret_in(shown)
    entry = tomllib.loads(table_in(shown))["clients"]["mina-sidor"]
    assert entry["secret_digests"] == [hashlib.sha256(secret.encode()).hexdigest()]
    assert shown.count(secret) == 1


def test_sheet_has_what_a_portal_needs(installed: Run) -> None:
    """Issuer, discovery and endpoints are there to paste."""
    shown = installed(*PORTAL).stdout
    for path in ("/.well-known/openid-configuration", "/authorize", "/token", "/userinfo", "/jwks"):
        assert f"http://localhost:8000{path}\n" in shown


def test_missing_facts_are_asked_for(installed: Run) -> None:
    """Without options, the three facts are asked for."""
    result = installed(
        *("clients", "add", "app"),
        answers="Appen\nexempel-elnat\nhttps://app.example.se/cb\n",
    )
    assert result.exit_code == 0
    assert "[clients.app]" in result.stdout


def test_public_client_has_no_secret(installed: Run) -> None:
    """An app gets PKCE in place of a secret."""
    shown = installed(*PORTAL, "--public").stdout
    assert "secret_digests" not in shown
    assert "PKCE" in shown


def test_unsafe_client_is_refused(installed: Run) -> None:
    """A client that the configuration would refuse is not made, and no secret is shown."""
    result = installed(*PORTAL, "--redirect-uri", "http://minasidor.example.se/")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "clients.mina-sidor.redirect_uris[1]" in result.stderr


def test_stored_client_lives_and_goes(installed: Run) -> None:
    """A client can be registered, listed, not registered twice, and removed."""
    assert installed(*PORTAL, "--store").exit_code == 0
    assert "mina-sidor" in installed("clients", "list").stdout
    assert installed(*PORTAL, "--store").exit_code == 1
    assert installed("clients", "remove", "mina-sidor").exit_code == 0
    assert installed("clients", "remove", "mina-sidor").exit_code == 1
    assert "mina-sidor" not in installed("clients", "list").stdout


def test_stored_client_holds_no_secret(installed: Run) -> None:
    """Whoever reads the database cannot be the portal."""
    secret = secret_in(installed(*PORTAL, "--store").stdout)
    database = sqlite3.connect("farstu.db")
    dump = "\n".join(database.iterdump())
    database.close()
    assert "mina-sidor" in dump
    assert secret not in dump


def test_stored_client_is_one_that_the_broker_reads(installed: Run) -> None:
    """What is stored is an entry of the configuration, as the registry takes it."""
    from broker.cli.configuration import read_settings  # noqa: PLC0415 - after the folder is made
    from broker.wiring.clients import stored_client  # noqa: PLC0415

    secret = secret_in(installed(*PORTAL, "--store").stdout)
    database = sqlite3.connect("farstu.db")
    ((metadata,),) = database.execute("SELECT metadata FROM clients").fetchall()
    database.close()
    client = stored_client(read_settings(None))("mina-sidor", metadata)
    assert client is not None
    assert json.loads(metadata)["name"] == client.name
    assert client.secret_hashes == (hashlib.sha256(secret.encode()).digest(),)


def test_configured_client_is_not_removed(installed: Run) -> None:
    """A client of the configuration is removed there."""
    shown = installed(*PORTAL).stdout
    with Path("farstu.toml").open("a") as file:
        file.write(table_in(shown))
    result = installed("clients", "remove", "mina-sidor")
    assert result.exit_code == 1
    assert "[clients.mina-sidor]" in result.stderr
    assert installed(*PORTAL).exit_code == 1


def test_a_server_is_asked_for_its_clients(installed: Run) -> None:
    """A database that is no file is not taken for one that was never made."""
    config = Path("farstu.toml")
    address = "postgresql://farstu@127.0.0.1:1/farstu?sslmode=disable"
    config.write_text(config.read_text().replace("sqlite:///farstu.db", address))
    result = installed("clients", "list")
    assert result.exit_code == 1
    assert "The storage cannot be used" in result.stderr


def test_resource_before_there_is_any(run: Run) -> None:
    """It is said which table comes first."""
    run("init")
    result = run(*PORTAL, "--resource", "invoices")
    assert result.exit_code == 1
    assert "First write its table, [resources.NAME]." in result.stderr
