"""A folder of its own for each test, and the program to run in it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from broker.cli.main import app

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
