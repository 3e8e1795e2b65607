"""Commands that look: keys, the audit trail, providers."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from broker.cli.clock import now
from broker.cli.configuration import read_settings
from broker.cli.database import opened
from broker.storage.ports import AuditEvent
from broker.wiring.keys import workshop
from keys import Algorithm, ensure_keys

Run = Callable[..., Result]


def add_events(count: int) -> None:
    """Append to the trail as the broker does."""

    async def append() -> None:
        async with opened(read_settings(None)) as storage:
            for number in range(count):
                await storage.audit.append(AuditEvent(f"tested_{number}", now(), "tester"))

    asyncio.run(append())


def add_keys() -> None:
    """Make the first keys as the broker does."""

    async def make() -> None:
        settings = read_settings(None)
        async with opened(settings) as storage:
            await ensure_keys(workshop(settings, storage), [Algorithm.ES256], now=now())

    asyncio.run(make())


def test_keys_are_listed_without_private_parts(installed: Run) -> None:
    """State, algorithm, date, `kid` and master key name of each key."""
    add_keys()
    lines = installed("keys", "list").stdout.splitlines()
    states = sorted(line.split()[:2] for line in lines)
    assert states == [["announced", "ES256"], ["signing", "ES256"]]
    assert all("(k01)" in line for line in lines)


def test_no_keys_yet(installed: Run) -> None:
    """Before the first start there is none, and that is said."""
    assert "no key yet" in installed("keys", "list").stdout


def test_whole_trail(installed: Run) -> None:
    """A trail that nobody touched is whole, and its head can be given back later."""
    add_events(3)
    result = installed("audit", "verify")
    assert result.exit_code == 0
    head = result.stdout.splitlines()[-1]
    assert head.startswith("3:")
    add_events(1)
    assert installed("audit", "verify", "--since", head).exit_code == 0


def test_changed_trail(installed: Run) -> None:
    """A record that was changed is found, with its number and exit code 1."""
    add_events(3)
    with sqlite3.connect("farstu.db") as database:
        database.execute("UPDATE audit SET actor = 'nobody' WHERE number = 2")
    database.close()
    result = installed("audit", "verify")
    assert result.exit_code == 1
    assert "record 2" in result.stderr


def test_head_that_is_none(installed: Run) -> None:
    """Something else than a head is a usage error."""
    assert installed("audit", "verify", "--since", "3").exit_code == 2


@pytest.mark.parametrize("name", ["microsoft", "google", "facebook", "yahoo"])
def test_guide_has_this_installations_addresses(name: str, run: Run) -> None:
    """The guide can be followed before the provider is on, and has what to paste."""
    run("init")
    result = run("providers", "guide", name)
    assert result.exit_code == 0
    assert f"http://localhost:8000/callback/{name}" in result.stdout
    assert "http://localhost:8000/help/privacy#radering" in result.stdout


def test_guide_of_an_unknown_provider(run: Run) -> None:
    """The nearest name is offered."""
    run("init")
    result = run("providers", "guide", "goggle")
    assert result.exit_code == 1
    assert 'Did you mean "google"?' in result.stderr


def test_check_without_a_provider(run: Run) -> None:
    """With nothing to check, the command fails and says how to begin."""
    run("init")
    assert run("providers", "check").exit_code == 1
    assert run("providers", "check", "google").exit_code == 1
    assert run("providers", "check", "goggle").exit_code == 1


def test_check_of_a_provider_that_is_down(run: Run) -> None:
    """A provider that does not answer is an error with a remedy, and exit code 1."""
    run("init")
    entry = (
        '[providers.own]\nkind = "oidc"\nclient_id = "x"\nclient_secrets = ["y"]\n'
        'issuer = "http://127.0.0.1:9"\n'
    )
    with Path("farstu.toml").open("a") as file:
        file.write(entry)
    result = run("providers", "check")
    assert result.exit_code == 1
    assert "✗" in result.stdout
    assert "→" in result.stdout
    assert "own" in result.stderr
