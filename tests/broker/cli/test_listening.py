"""How uvicorn is to serve: what it must not do by itself."""

from pathlib import Path

from broker.cli.listening import server_config

from broker.cli.configuration import read_settings
from tests.broker.cli.conftest import Run


async def nothing(*_: object) -> None:
    """An application that is never called."""


def test_uvicorn_writes_no_requests_and_believes_no_headers(run: Run) -> None:
    """A query holds codes and states; a proxy header, whatever its sender likes."""
    assert run("init").exit_code == 0
    settings = read_settings(Path("farstu.toml"))
    config = server_config(nothing, settings, host="127.0.0.1", port=8000)
    assert (config.access_log, config.proxy_headers, config.server_header) == (False, False, False)
    assert config.timeout_graceful_shutdown is not None
