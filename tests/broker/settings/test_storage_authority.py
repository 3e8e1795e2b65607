"""An authority of the operator's own for database and Redis: it is used, or it is refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme

from broker.settings.problem import Problem

Judge = Callable[[dict[str, Any]], list[Problem]]

POSTGRESQL = "postgresql://farstu@db.example/farstu"


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """The file of one."""
    file = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(file)
    return file


def test_a_connection_in_tls_may_name_it(problems_with: Judge, authority: Path) -> None:
    """Of PostgreSQL, where it alone already means TLS, and of Redis."""
    for address in ("", "sslmode=verify-full&"):
        database = f"{POSTGRESQL}?{address}sslrootcert={authority}"
        assert problems_with({"storage/database": database}) == []
    for address in ("rediss://cache:6380/1", "rediss+sentinel://one,two/main/0"):
        assert problems_with({"storage/transient": f"{address}?ca={authority}"}) == []


@pytest.mark.parametrize(
    ("key", "address"),
    [
        ("database", f"{POSTGRESQL}?sslmode=disable&sslrootcert="),
        ("transient", "redis://cache/0?ca="),
        ("transient", "redis+cluster://one,two?ca="),
    ],
)
def test_a_connection_in_clear_has_no_use_for_it(
    key: str, address: str, problems_with: Judge, authority: Path
) -> None:
    """Who names one believes that the connection is in TLS."""
    (problem,) = problems_with({f"storage/{key}": f"{address}{authority}"})
    assert problem.path == f"storage.{key}"
    assert "TLS" in problem.reason


@pytest.mark.parametrize(
    ("key", "address"),
    [("database", f"{POSTGRESQL}?sslrootcert="), ("transient", "rediss://cache/0?ca=")],
)
@pytest.mark.parametrize("file", ["nowhere.pem", "."])
def test_one_that_cannot_be_read_is_told_before_it_is_needed(
    key: str, address: str, file: str, problems_with: Judge, tmp_path: Path
) -> None:
    """By its name, in the check; not by a stack trace in the first command that connects."""
    (problem,) = problems_with({f"storage/{key}": f"{address}{tmp_path / file}"})
    assert problem.path == f"storage.{key}"
    assert str(tmp_path) in problem.reason
