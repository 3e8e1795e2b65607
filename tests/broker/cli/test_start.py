"""The first minutes with the program: help, init, check, the database."""

import os
import socket
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from broker.cli.first_config import id_from, toml_text
from broker.cli.lazy import COMMANDS
from broker.cli.serving.sockets import listening
from broker.cli.speaking import CommandFailed
from broker.settings.check import check
from broker.settings.schema import Settings

Run = Callable[..., Result]


def test_help_lists_every_command(run: Run) -> None:
    """`farstu --help` names every command with a line, and how to begin."""
    shown = run("--help").stdout
    assert all(name in shown and entry.help in shown for name, entry in COMMANDS.items())
    assert "farstu init" in shown


def test_help_loads_nothing_heavy() -> None:
    """Help is quick because no command is imported for it."""
    script = (
        "import sys; from broker.cli.main import app; from typer.testing import CliRunner;"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0;"
        "sys.exit(' '.join({'sqlalchemy', 'httpx2', 'starlette'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("command", [("config", "show"), ("db", "status")])
def test_an_answer_that_cannot_be_written_is_told(
    command: tuple[str, ...], unbuffered: str, installed: Run
) -> None:
    """A full disk is said in words; whoever closes the pipe (`| head`) has seen enough."""
    assert installed(*command).exit_code == 0
    script = "from broker.cli.main import main; main()"
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", script, *command],
            env={
                **os.environ,
                "PYTHONPATH": str(Path(__file__).parents[3]),
                "PYTHONUNBUFFERED": unbuffered,
            },
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.startswith("The answer cannot be written: No space left on device.")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_nobody_need_listen(closed: str) -> None:
    """With streams closed from the start, no file gets what was meant for the screen."""
    script = (
        "import sys; from broker.cli import main;"
        "main.app = lambda **_: sys.exit(open(sys.executable).fileno() < 3"
        " or None in (sys.stdin, sys.stdout, sys.stderr));"
        "main.main()"
    )
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$0" -W ignore -c "{script}" {closed}', sys.executable],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        check=False,
    )
    assert done.returncode == 0


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, run: Run) -> None:
    """Each command can be loaded and explains itself."""
    result = run(name, "--help")
    assert result.exit_code == 0
    assert f"farstu {name}" in result.stdout


def test_unknown_command_is_a_usage_error(run: Run) -> None:
    """A slip of the pen ends with 2, on standard error."""
    result = run("srve")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "srve" in result.stderr


def test_init_then_check(run: Run) -> None:
    """What `init` writes is in order, and the check says what is still to be done."""
    assert run("init").exit_code == 0
    result = run("config", "check")
    assert result.exit_code == 0
    assert "in order" in result.stdout
    assert "providers guide" in result.stdout


def test_init_for_a_real_installation(run: Run) -> None:
    """With the three facts of a real installation, the first file is in order as well."""
    result = run(
        *("init", "--issuer", "https://login.example.se"),
        *("--company", 'Kraft & "Ljus" AB', "--phone", "0771-12 34 56"),
    )
    assert result.exit_code == 0
    written = tomllib.loads(Path("farstu.toml").read_text())
    assert written["companies"]["kraft-ljus"]["name"] == 'Kraft & "Ljus" AB'
    assert check(Settings.model_validate(written)) == []


def test_init_secrets_are_fresh(run: Run) -> None:
    """Two installations share no secret."""
    run("init", "-o", "a.toml")
    run("init", "-o", "b.toml")
    first, second = (
        tomllib.loads(Path(name).read_text())["secrets"] for name in ("a.toml", "b.toml")
    )
    assert first["pairwise_salt"] != second["pairwise_salt"]
    assert first["cookie_keys"] != second["cookie_keys"]
    assert first["master_keys"] != second["master_keys"]
    assert first["peppers"] != second["peppers"]


def test_init_file_is_the_owners(run: Run) -> None:
    """Nobody else on the machine can read the secrets."""
    run("init")
    assert Path("farstu.toml").stat().st_mode & 0o777 == 0o600


def test_init_never_overwrites(run: Run) -> None:
    """A second `init` leaves the file, and its secrets, as they are."""
    run("init")
    before = Path("farstu.toml").read_text()
    result = run("init")
    assert result.exit_code == 1
    assert "--output" in result.stderr
    assert Path("farstu.toml").read_text() == before


def test_init_leaves_nothing_unusable(run: Run) -> None:
    """With an address that cannot be an issuer, no file is left behind."""
    result = run("init", "--issuer", "http://login.example.se")
    assert result.exit_code == 1
    assert "issuer" in result.stderr
    assert not Path("farstu.toml").exists()


def test_init_where_nothing_can_be_written(run: Run) -> None:
    """A folder that is not there is said in words."""
    result = run("init", "-o", "nowhere/farstu.toml")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "nowhere/farstu.toml" in result.stderr


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Exempel Elnät AB", "exempel-elnat"),
        ("AB", "ab"),
        ("Öresunds Värme & Kyla", "oresunds-varme-kyla"),
        ("电力", "company"),
        ("x" * 80, "x" * 40),
    ],
)
def test_company_id_of_a_name(name: str, expected: str) -> None:
    """An id that the schema takes comes of every name."""
    assert id_from(name) == expected


@pytest.mark.parametrize("text", ['"', "\\", "\x7f", "\x00", "å\n", "'''", "\u2028"])
def test_any_text_survives_toml(text: str) -> None:
    """What is quoted for TOML is read back as it was."""
    assert tomllib.loads(f"x = {toml_text(text)}") == {"x": text}


def test_database_from_nothing(run: Run) -> None:
    """Status asks for the migration, the migration can be repeated, and then all is well."""
    run("init")
    before = run("db", "status")
    assert before.exit_code == 1
    assert "farstu db migrate" in before.stderr
    first = run("db", "migrate")
    assert first.exit_code == 0
    assert f"sqlite:///{Path.cwd()}/farstu.db: from revision nothing to 0" in first.stdout
    assert run("db", "migrate").exit_code == 0
    assert run("db", "status").exit_code == 0


def test_database_that_cannot_be_opened(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A place where no database can be is said in words, not as a trace."""
    run("init")
    monkeypatch.setenv("FARSTU_STORAGE__DATABASE", "sqlite:///farstu.toml/farstu.db")
    result = run("db", "migrate")
    assert (result.exit_code, type(result.exception)) == (1, SystemExit)
    assert "farstu.toml/farstu.db" in result.stderr


def test_command_before_the_migration(run: Run) -> None:
    """A command that needs the database says which one comes first."""
    run("init")
    result = run("keys", "list")
    assert result.exit_code == 1
    assert "farstu db migrate" in result.stderr


def test_a_port_that_is_none(run: Run) -> None:
    """It is not taken for another one by leaving out what is too much."""
    result = run("serve", "--port", "99999")
    assert result.exit_code == 2
    assert "65535" in result.stderr


def test_a_port_that_only_root_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    """The remedy is of the port, and not of another program."""

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(CommandFailed) as told, listening("127.0.0.1", 443, share_port=False):
        pass
    assert "permission denied" in told.value.reason
    assert "choose a higher one" in told.value.remedy
