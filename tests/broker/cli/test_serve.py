"""`farstu serve` as a process: it starts, answers, stops, and says why it cannot."""

import http.client
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from typer.testing import Result

from broker.cli.configuration import read_settings
from broker.settings.fresh import new_key
from tests.servers.ports import free_port

Run = Callable[..., Result]
PROGRAM = "from broker.cli.main import main; main()"
ROOT = Path(__file__).parents[3]

pytestmark = pytest.mark.processes


@contextmanager
def serving(port: int) -> Iterator[subprocess.Popen[str]]:
    """Run the broker in the test's folder, and end it."""
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "FARSTU_ISSUER": f"http://localhost:{port}",
        "FARSTU_SERVER__PORT": str(port),
    }
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "serve"],
        env=environ,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def told(out: str) -> list[dict[str, str]]:
    """The lines of the log."""
    return [json.loads(line) for line in out.splitlines()]


def ask(port: int, path: str, *, patience: float = 15.0) -> tuple[int, http.client.HTTPMessage]:
    """Ask until somebody answers."""
    deadline = time.monotonic() + patience
    while True:
        connection = http.client.HTTPConnection("localhost", port, timeout=patience)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return answer.status, answer.headers
        finally:
            connection.close()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_serves_until_told_to_stop(how: signal.Signals, installed: Run) -> None:
    """It answers, names no server software, and ends with 0 on the usual signals."""
    port = free_port()
    with serving(port) as broker:
        status, headers = ask(port, "/readyz")
        assert status == 200
        assert "server" not in headers
        assert "date" in headers
        broker.send_signal(how)
        out, err = broker.communicate(timeout=15)
    assert (broker.returncode, err) == (0, "")
    assert "/readyz" not in out


def test_database_is_not_prepared(run: Run) -> None:
    """Without its schema it does not start; the remedy is one line, not a trace."""
    run("init")
    with serving(free_port()) as broker:
        out, err = broker.communicate(timeout=15)
    assert broker.returncode == 1
    assert "farstu db migrate" in err
    assert "Traceback" not in err
    starting, ended = told(out)
    assert (starting["event"], ended["event"]) == ("starting", "cannot_serve")
    assert "farstu db migrate" in ended["remedy"]


def test_a_configuration_that_is_not_in_order(installed: Run) -> None:
    """For who reads lines alone: one, with every problem's place."""
    with Path("farstu.toml").open("a", encoding="utf-8") as file:
        file.write("\n[server]\nworkers = 0\nx = 1\n")
    with serving(free_port()) as broker:
        out, err = broker.communicate(timeout=15)
    assert broker.returncode == 1
    assert "There are 2 problems" in err
    [ended] = told(out)
    assert ended["event"] == "cannot_serve"
    assert "server.workers: " in ended["reason"]
    assert "server.x: " in ended["reason"]


def test_master_key_is_gone(installed: Run) -> None:
    """Without the key that seals its signing keys it does not start, and says which is missing."""
    port = free_port()
    with serving(port):
        ask(port, "/livez")
    text = Path("farstu.toml").read_text()
    Path("farstu.toml").write_text(text.replace("k01 =", "k02 ="))
    with serving(port) as broker:
        out, err = broker.communicate(timeout=15)
    assert broker.returncode == 1
    assert "k01" in err
    ended = told(out)[-1]
    assert ended["reason"].startswith(
        "The signing keys cannot be used: signing keys cannot be opened: "
    )
    assert "farstu keys revoke --scope master --master NAME" in ended["remedy"]
    assert ended["remedy"] in err
    assert "Traceback" not in err


def test_a_key_in_a_state_that_is_not_known(installed: Run) -> None:
    """It does not start either; nobody is sent to look for a master key."""
    port = free_port()
    with serving(port):
        ask(port, "/livez")
    database = read_settings(None).storage.database.removeprefix("sqlite:///")
    with closing(sqlite3.connect(database, isolation_level=None)) as kept:
        kept.execute("UPDATE signing_keys SET state = 'new' WHERE algorithm = 'PS256'")
    with serving(port) as broker:
        out, err = broker.communicate(timeout=15)
    assert broker.returncode == 1
    ended = told(out)[-1]
    assert "'new', which this release does not know: use the program" in ended["reason"]
    assert "No master key helps" in ended["remedy"]
    assert "Traceback" not in err


def test_another_pairwise_salt(installed: Run) -> None:
    """The line of the log names the way out: the configuration's check knows no database."""
    port = free_port()
    with serving(port):
        ask(port, "/livez")
    text = Path("farstu.toml").read_text()
    Path("farstu.toml").write_text(re.sub(r'(pairwise_salt = )"[^"]+"', rf'\1"{new_key()}"', text))
    with serving(port) as broker:
        out, err = broker.communicate(timeout=15)
    assert broker.returncode == 1
    ended = told(out)[-1]
    assert ended["event"] == "cannot_serve"
    assert "farstu keys accept-salt" in ended["remedy"]
    assert "Put the first one back" in ended["remedy"]
    assert "farstu keys accept-salt" in err


def test_port_is_taken(installed: Run) -> None:
    """A port in use ends the start with an error."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with serving(taken.getsockname()[1]) as broker:
            out, err = broker.communicate(timeout=15)
    assert broker.returncode == 1
    assert "address already in use" in err
    assert [each["event"] for each in told(out)] == ["cannot_serve"]
