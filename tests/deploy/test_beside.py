"""The walk that `make image` takes, around a broker that runs as a program of its own."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.console import Console

from broker.dev.beside import prepare, walk
from broker.dev.ports import take_free_ports

ROOT = Path(__file__).parents[2]
FARSTU = [sys.executable, "-c", "from broker.cli.main import main; main()"]

pytestmark = pytest.mark.processes


def _environment(directory: Path) -> dict[str, str]:
    config = str(directory / "etc" / "farstu.toml")
    return os.environ | {"PYTHONPATH": str(ROOT), "FARSTU_CONFIG": config}


def _farstu(directory: Path, *arguments: str) -> None:
    subprocess.run(
        [*FARSTU, *arguments],
        cwd=directory,
        env=_environment(directory),
        check=True,
        capture_output=True,
    )


@contextmanager
def _serving(directory: Path) -> Iterator[None]:
    with subprocess.Popen(
        [*FARSTU, "serve"],
        cwd=directory,
        env=_environment(directory),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        yield
        process.terminate()


def test_a_broker_of_its_own_signs_people_in(tmp_path: Path) -> None:
    """Prepared, migrated, imported and served by commands, it takes every walk of the demo."""
    port, listening = take_free_ports()
    for each in (socket for sockets in listening for socket in sockets):
        each.close()
    prepare(tmp_path, port)
    _farstu(tmp_path, "config", "check")
    _farstu(tmp_path, "db", "migrate")
    _farstu(tmp_path, "register", "import", "export")
    with _serving(tmp_path):
        assert asyncio.run(walk(tmp_path, Console(quiet=True)))
