"""The container's own health check, against a server that answers as told."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[2] / "deploy" / "healthcheck.py"

pytestmark = pytest.mark.processes


class _Answering(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        """Live on one path."""
        self.send_response(self.status if self.path == "/livez" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    """A server on a free port of loopback."""
    with HTTPServer(("127.0.0.1", 0), _Answering) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _run(**environment: str) -> int:
    command = [sys.executable, "-I", str(PROGRAM)]
    done = subprocess.run(command, env=environment, check=False, capture_output=True)
    return done.returncode


def test_the_port_is_the_configurations(server: HTTPServer, tmp_path: Path) -> None:
    """Where only the file names the port, it is asked there."""
    config = tmp_path / "farstu.toml"
    config.write_text(f"[server]\nport = {server.server_port}\n")
    assert _run(FARSTU_CONFIG=str(config)) == 0


def test_the_environment_goes_before_the_file(server: HTTPServer, tmp_path: Path) -> None:
    """As it does for the broker."""
    config = tmp_path / "farstu.toml"
    config.write_text("[server]\nport = 1\n")
    assert _run(FARSTU_CONFIG=str(config), FARSTU_SERVER__PORT=str(server.server_port)) == 0
    assert _run(FARSTU_CONFIG=str(config)) == 1


def test_another_answer_is_not_health(server: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only 200 counts."""
    monkeypatch.setattr(_Answering, "status", 503)
    assert _run(FARSTU_SERVER__PORT=str(server.server_port)) == 1
