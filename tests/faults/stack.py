"""Everything that runs: two brokers, PostgreSQL, Redis, the emulated providers; all on loopback."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx2
from pydantic import SecretStr

from broker.dev.fresh import as_toml
from broker.dev.upstreams import emulated_providers
from broker.settings.operating import StorageSettings
from broker.settings.schema import Settings
from tests.house import make_template, settings_for
from tests.servers.ports import free_port, is_open
from tests.servers.postgresql import PASSWORD, PostgreSQL, postgresql
from tests.servers.redis import RedisServer, redis_server

ROOT = Path(__file__).parents[2]
PROGRAM = ("-m", "tests.faults.machine")


class Machine:
    """A broker as a process, started and killed by the scenarios."""

    def __init__(
        self, settings: Path, log: Path, *, tree: Path = ROOT, program: Sequence[str] = PROGRAM
    ) -> None:
        self.port = free_port()
        self._settings = settings
        self._log = log
        self._tree = tree
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *before: str) -> None:
        """Start, behind another program if one is given; does not wait."""
        command = [*before, sys.executable, *self._program]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, str(self._settings), str(self.port)],
                cwd=self._tree,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Tell it, and wait."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, how)
            self._process.wait(timeout=40)


@dataclass
class Stack:
    """The parts, by name. `database` and `redis` are None on SQLite."""

    issuer: str
    upstreams: str
    emulators: int
    machines: list[Machine]
    folder: Path
    database: PostgreSQL | None
    redis: RedisServer | None

    def control(self, **order: object) -> None:
        """Give the emulated providers an order."""
        httpx2.post(
            f"http://127.0.0.1:{self.emulators}/__control",
            json=order,
            headers={"host": httpx2.URL(self.upstreams).netloc.decode()},
        ).raise_for_status()


@contextmanager
def grown() -> Iterator[Stack]:
    """Two brokers on PostgreSQL and Redis."""
    with ExitStack() as stack:
        database = stack.enter_context(postgresql(fsync=True))
        database.run("CREATE DATABASE broker")
        redis = stack.enter_context(redis_server("--appendonly", "no"))
        storage = StorageSettings(
            database=database.url("broker"),
            database_password=SecretStr(PASSWORD),
            transient=redis.url,
        )
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="farstu-faults-")))
        yield stack.enter_context(_running(folder, storage, database, redis))


@contextmanager
def embedded(folder: Path) -> Iterator[Stack]:
    """Two brokers on SQLite files in this folder."""
    storage = StorageSettings(database=f"sqlite:///{folder}/farstu.db")
    with _running(folder, storage, None, None) as stack:
        yield stack


@contextmanager
def _running(
    folder: Path, storage: StorageSettings, database: PostgreSQL | None, redis: RedisServer | None
) -> Iterator[Stack]:
    settings, upstreams = somewhere(folder, storage)
    issuer = settings.issuer
    asyncio.run(make_template(folder, storage=storage))
    with ExitStack() as stack:
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="farstu-logs-")))
        port = stack.enter_context(emulators(upstreams, issuer))
        machines = [_machine(settings, logs, number) for number in (1, 2)]
        for machine in machines:
            machine.start()
            stack.callback(machine.stop, signal.SIGKILL)
        wait_until_open(*(machine.port for machine in machines))
        yield Stack(issuer, upstreams, port, machines, folder, database, redis)


def somewhere(folder: Path, storage: StorageSettings) -> tuple[Settings, str]:
    """Settings with an issuer of their own, and the providers' origin."""
    issuer, upstreams = (f"http://localhost:{free_port()}" for _ in range(2))
    update = {"issuer": issuer, "storage": storage, "providers": emulated_providers(upstreams)}
    return settings_for(folder).model_copy(update=update), upstreams


def _machine(settings: Settings, logs: Path, number: int) -> Machine:
    file = logs / f"settings-{number}"
    file.write_text(as_toml(settings))
    return Machine(file, logs / f"log-{number}")


@contextmanager
def emulators(origin: str, broker: str, *, port: int = 0) -> Iterator[int]:
    """The emulated providers, behind the address that everybody knows."""
    port = port or free_port()
    command = [
        sys.executable, "-m", "providers.emulated", "--port", str(port), "--origin", origin,
        "--broker", broker,
    ]  # fmt: skip
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until_open(port)
        yield port
    finally:
        process.kill()
        process.wait()


def wait_until_ready(port: int) -> None:
    """Wait as an orchestrator does before it goes on to the next: until the broker says so."""
    give_up_at = time.monotonic() + 60
    while time.monotonic() < give_up_at:
        with suppress(httpx2.HTTPError):
            if httpx2.get(f"http://127.0.0.1:{port}/readyz").is_success:
                return
        time.sleep(0.1)
    raise RuntimeError("a broker did not become ready")


def wait_until_open(*ports: int) -> None:
    """Wait until all of them listen."""
    give_up_at = time.monotonic() + 60
    while not all(is_open(port) for port in ports):
        if time.monotonic() > give_up_at:
            raise RuntimeError("a server did not start")
        time.sleep(0.05)
