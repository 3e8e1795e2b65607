"""A folder of its own for each test, and the program to run in it."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from broker.cli.clock import now
from broker.cli.configuration import read_settings
from broker.cli.database import opened
from broker.cli.main import app
from broker.wiring.keys import workshop
from keys import Algorithm, ensure_keys
from tests.broker.cli.keyring import DAY

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `farstu` with these arguments in a fresh folder, wide enough that nothing is cut."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("FARSTU_CONFIG", raising=False)

    def invoke(*arguments: str, answers: str = "") -> Result:
        return CliRunner().invoke(app, arguments, input=answers, prog_name="farstu")

    return invoke


@pytest.fixture
def installed(run: Run) -> Run:
    """Run `farstu` where `init` and `db migrate` have been run."""
    assert run("init").exit_code == 0
    assert run("db", "migrate").exit_code == 0
    return run


@pytest.fixture
def ring(installed: Run) -> Run:
    """With keys that were made a week ago, as a broker that has run leaves them."""

    async def make() -> None:
        settings = read_settings(None)
        async with opened(settings) as storage:
            shop = workshop(settings, storage)
            await ensure_keys(shop, list(Algorithm), now=now() - 7 * DAY)

    asyncio.run(make())
    return installed
