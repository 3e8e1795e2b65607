"""A PostgreSQL of the tests' own: a cluster in a temporary folder, on a free port of loopback."""

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.ports import free_port, is_open

PASSWORD = "a-password-with-@-and-/-in-it"
_USER = "farstu"


def programs() -> Path:
    """The folder of the newest PostgreSQL's programs, as Debian lays them."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4]))
    if not found:
        raise RuntimeError("PostgreSQL is missing: apt-get install postgresql")
    return found[-1].parent


class PostgreSQL:
    """A running server; `fsync` off is for tests that pull no plug."""

    def __init__(self, folder: Path, *, fsync: bool = False) -> None:
        self.port = free_port()
        self._folder = folder
        self._fsync = fsync
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._initialise()

    def url(self, database: str) -> str:
        """The address of one of its databases, without the password."""
        return f"postgresql://{_USER}@127.0.0.1:{self.port}/{database}"

    def url_with_password(self, database: str) -> str:
        """The address as the storage takes it."""
        quoted = PASSWORD.replace("@", "%40").replace("/", "%2F")
        return self.url(database).replace("@", f":{quoted}@", 1)

    def new_database(self, *, template: str = "template1") -> str:
        """Create a database; returns its name."""
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return name

    def drop(self, database: str) -> None:
        """Drop a database, whoever is connected."""
        self.run(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def run(self, statement: str, *, database: str = "postgres") -> str:
        """Run a statement as the superuser; returns what psql prints of it."""
        command = [
            programs() / "psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align",
            "--set=ON_ERROR_STOP=1", f"--host={self._folder}", f"--port={self.port}",
            f"--username={_USER}", f"--dbname={database}", f"--command={statement}",
        ]  # fmt: skip
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def start(self) -> None:
        """Start, and wait until it answers."""
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self._folder),
            "fsync": "on" if self._fsync else "off",
            "shared_buffers": "64MB",
            "max_connections": "200",
            "log_min_messages": "fatal",
        }
        settings = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [programs() / "postgres", "-D", self._folder / "data", *settings],
                stdout=log,
                stderr=log,
                **_as_postgres(),
            )
        self._wait()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT is a fast shutdown, SIGQUIT a crash of all its processes."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(timeout=60)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """All its processes stand still, as behind a network that swallows everything."""
        assert self._process is not None
        first = self._process.pid
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        everybody = [first, *map(int, children)]
        try:
            for pid in everybody:
                os.kill(pid, signal.SIGSTOP)
            yield
        finally:
            for pid in everybody:
                os.kill(pid, signal.SIGCONT)

    def terminate_connections(self) -> None:
        """End every client's connection, as an administrator would."""
        self.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND datname <> 'postgres'"
        )

    def _initialise(self) -> None:
        secret = self._folder / "password"
        secret.write_text(PASSWORD)
        if os.getuid() == 0:
            for path in (self._folder, secret):
                shutil.chown(path, "postgres", "postgres")
        command = [
            programs() / "initdb", "-D", self._folder / "data", "--no-sync", "--encoding=UTF8",
            "--locale=C.UTF-8", f"--username={_USER}", f"--pwfile={secret}",
            "--auth-local=trust", "--auth-host=scram-sha-256",
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, **_as_postgres())

    def _wait(self) -> None:
        give_up_at = time.monotonic() + 60
        while time.monotonic() < give_up_at:
            if is_open(self.port) and self._answers():
                return
            time.sleep(0.05)
        raise RuntimeError((self._folder / "log").read_text())

    def _answers(self) -> bool:
        try:
            return self.run("SELECT 1") == "1"
        except subprocess.CalledProcessError:
            return False


@contextmanager
def postgresql(*, fsync: bool = False) -> Iterator[PostgreSQL]:
    """A server while the context lasts; its folder is one that another user may enter."""
    folder = Path(tempfile.mkdtemp(prefix="farstu-postgresql-"))
    server = PostgreSQL(folder, fsync=fsync)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _as_postgres() -> dict[str, object]:
    """PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return {}
    return {"user": "postgres", "group": "postgres", "extra_groups": [], "cwd": "/"}
