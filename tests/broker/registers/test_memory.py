"""How much memory an import takes: as much for many customers as for few."""

import subprocess
import sys
from pathlib import Path

import pytest

from broker.registers.generator import sister_companies, write_register
from tests.broker.registers.test_on_storage import NOW

ROOT = Path(__file__).parents[3]


def most_memory(folder: Path, households: int) -> int:
    """Import a register of so many households alone; the KiB that it took at most."""
    write_register(
        folder, sister_companies()[1:2], households=households, today=NOW.date(), months=1
    )
    done = subprocess.run(
        [sys.executable, "-m", "tests.broker.registers.alone", str(folder)],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return int(done.stdout)


@pytest.mark.processes
def test_memory_does_not_grow_with_the_register(tmp_path: Path) -> None:
    """Eight times as many customers take a few megabytes more, not eight times as many."""
    few = most_memory(tmp_path / "few", 4_000)
    many = most_memory(tmp_path / "many", 32_000)
    assert many - few < 5 * 1024
