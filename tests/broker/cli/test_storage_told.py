"""Storage that cannot be used: an operator is told what the driver said, and what fits it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from broker.cli.configuration import read_settings
from broker.cli.database import telling_failures
from broker.cli.speaking import CommandFailed
from broker.settings.schema import Settings
from broker.storage.errors import StorageUnavailable
from tests.servers.ports import free_port
from tests.servers.redis import redis_server

Run = Callable[..., Result]


@pytest.fixture
def values_in_order(run: Run) -> Settings:
    """What `init` wrote."""
    run("init")
    return read_settings(None)


def use_database(address: str) -> None:
    """Name another database in the configuration that `init` wrote."""
    path = Path("farstu.toml")
    path.write_text(path.read_text().replace("sqlite:///farstu.db", address))


def test_a_file_that_is_no_database(run: Run) -> None:
    """Neither folder nor room is to blame."""
    run("init")
    Path("farstu.db").write_text("Something else altogether, and long enough to be looked at.")
    result = run("db", "status")
    assert result.exit_code == 1
    assert "farstu-transient.db (file is not a database)." in result.stderr
    assert "→ `farstu doctor --offline` says which file is damaged" in result.stderr


def test_a_folder_that_cannot_be_made(run: Run) -> None:
    """What concerns files is told, and nothing of servers."""
    run("init")
    use_database("sqlite:///farstu.toml/farstu.db")
    result = run("db", "migrate")
    assert result.exit_code == 1
    assert "→ See that the folder exists" in result.stderr
    assert "server" not in result.stderr


def test_a_server_that_does_not_run(run: Run) -> None:
    """The reason is the system's, and nothing of files is told."""
    run("init")
    use_database(f"postgresql://farstu@127.0.0.1:{free_port()}/farstu?sslmode=disable")
    result = run("db", "status")
    assert result.exit_code == 1
    assert "Connect call failed" in result.stderr
    assert "→ See that the server runs" in result.stderr
    assert "folder" not in result.stderr


def test_a_redis_that_does_not_run(run: Run) -> None:
    """It alone is named: the database is not to blame."""
    run("init")
    run("db", "migrate")
    redis = f"redis://127.0.0.1:{free_port()}/0"
    use_database(f'sqlite:///farstu.db"\ntransient = "{redis}')
    result = run("keys", "list")
    assert result.exit_code == 1
    assert f"The storage cannot be used: {redis} (" in result.stderr
    assert "→ See that the server runs" in result.stderr
    assert "folder" not in result.stderr


def test_a_database_that_does_not_run_beside_a_redis(run: Run) -> None:
    """The database alone is named: nobody got so far as to ask Redis."""
    run("init")
    database = f"postgresql://farstu@127.0.0.1:{free_port()}/farstu?sslmode=disable"
    use_database(f'{database}"\ntransient = "redis://127.0.0.1:{free_port()}/0')
    result = run("db", "status")
    assert result.exit_code == 1
    assert f"The storage cannot be used: {database} (" in result.stderr


def test_a_server_without_room(values_in_order: Settings) -> None:
    """It runs, and everything in the address is right: something else is to be mended."""
    with pytest.raises(CommandFailed) as failed, telling_failures(values_in_order):
        raise StorageUnavailable(detail="sorry, too many clients already")
    assert "max_connections" in failed.value.remedy
    assert "storage.connections" in failed.value.remedy


def test_a_redis_that_refuses_the_password(run: Run) -> None:
    """A sentence, and what to compare; the password is not told."""
    run("init")
    run("db", "migrate")
    with redis_server(password="the-right-one") as server:
        address = f"redis://127.0.0.1:{server.port}/0"
        secret = 'transient_password = "another-one-than-its-own'
        use_database(f'sqlite:///farstu.db"\ntransient = "{address}"\n{secret}')
        result = run("keys", "list")
    assert result.exit_code == 1
    assert "(it does not take this user and password)." in result.stderr
    assert "→ Compare `storage.transient_user`" in result.stderr
    assert "another-one" not in result.output


@pytest.mark.parametrize(
    "command",
    [
        ("links", "find", "exempel-elnat", "100423"),
        ("keys", "list"),
        ("audit", "verify"),
        ("clients", "list"),
        ("register", "status"),
        ("db", "status"),
        ("db", "backup", "kept.farstu"),
        ("config", "check"),
        ("doctor", "--offline"),
    ],
)
def test_nothing_but_a_migration_makes_a_database(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """An empty file would look like a database; one in the wrong folder like a second."""
    run("init")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    result = run(*command, "--config", str(tmp_path / "farstu.toml"))
    answers_without = command in {("config", "check"), ("clients", "list")}
    assert result.exit_code == (0 if answers_without else 1), result.output
    assert {each.name for each in tmp_path.iterdir()} == {"farstu.toml", "elsewhere"}
    assert list(elsewhere.iterdir()) == []


def test_a_database_that_is_not_there_is_told_with_its_place(run: Run, tmp_path: Path) -> None:
    """So that somebody who named the wrong one does not prepare a second."""
    run("init")
    result = run("keys", "list")
    assert result.exit_code == 1
    assert f"not prepared for this release: sqlite:///{tmp_path}/farstu.db." in result.stderr
    assert "Run `farstu db migrate`; or, if yours is elsewhere" in result.stderr


def test_from_any_folder_it_is_the_same_database(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative path in the configuration starts at the configuration."""
    run("init")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    config = str(tmp_path / "farstu.toml")
    assert run("db", "migrate", "--config", config).exit_code == 0
    assert (tmp_path / "farstu.db").exists()
    assert (tmp_path / "farstu-transient.db").exists()
    assert run("keys", "list", "--config", config).exit_code == 0
    assert list(Path.cwd().iterdir()) == []
