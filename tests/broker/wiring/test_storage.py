"""Addresses with their passwords for the storage, and without for people."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from broker.settings.operating import StorageSettings
from broker.wiring.storage import shown_urls, storage_urls
from tests.house import settings_for

POSTGRESQL = "postgresql://farstu@db.example:5433/farstu?sslmode=disable"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"database": "sqlite:///a.db"}, ("sqlite:///a.db", "sqlite:///a-transient.db")),
        ({"database": POSTGRESQL}, (POSTGRESQL, POSTGRESQL)),
        (
            {"database": POSTGRESQL, "database_password": "a@/:%"},
            (POSTGRESQL.replace("@", ":a%40%2F%3A%25@", 1),) * 2,
        ),
        (
            {"database": "sqlite:///a.db", "transient": "redis://c/1", "transient_password": "p/"},
            ("sqlite:///a.db", "redis://:p%2F@c/1"),
        ),
        (
            {
                "database": "sqlite:///a.db",
                "transient": "redis+sentinel://a,b:1/main/0",
                "transient_user": "farstu",
                "transient_password": "p",
            },
            ("sqlite:///a.db", "redis+sentinel://farstu:p@a,b:1/main/0"),
        ),
    ],
)
def test_addresses(given: dict[str, str], expected: tuple[str, str], tmp_path: Path) -> None:
    """What is not configured has its place, and a password is quoted."""
    storage = StorageSettings(
        **{k: SecretStr(v) if "password" in k else v for k, v in given.items()}  # type: ignore[arg-type]
    )
    settings = settings_for(tmp_path).model_copy(update={"storage": storage})
    assert storage_urls(settings) == expected
    assert not any("p%2F" in url or "a%40" in url or ":p@" in url for url in shown_urls(settings))
