"""What start-up promises when several workers begin at once on an empty disk."""

import sqlite3
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tests.contracts import workers
from tests.contracts.workers import URLs


@pytest.mark.processes
def test_four_processes_migrate_at_once(
    four_processes: ProcessPoolExecutor, tmp_path: Path
) -> None:
    """Each is told that it is done; the tables are there once."""
    urls = URLs.within(tmp_path)
    for future in [four_processes.submit(workers.run_migration, urls) for _ in range(4)]:
        future.result(timeout=60)
    with closing(sqlite3.connect(tmp_path / "durable.db")) as connection:
        assert connection.execute("SELECT count(*) FROM audit_head").fetchone() == (1,)
