"""What every test may rely on: no network but loopback."""

import pytest
import pytest_socket


@pytest.fixture(autouse=True)
def _loopback_only() -> None:
    """Fail loudly on any connection that leaves this machine."""
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
