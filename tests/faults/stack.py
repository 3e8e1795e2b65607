"""Everything that runs: two brokers of two workers each, PostgreSQL, Redis, the emulated providers.

All on loopback, on free ports, each broker as its operator runs it.
"""

import asyncio
import json
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
from typing import Any

import httpx2
from pydantic import SecretStr

from broker.dev.fresh import as_toml
from broker.dev.upstreams import emulated_providers
from broker.settings.operating import ServerSettings, StorageSettings
from broker.settings.schema import Settings
from tests.house import make_template, settings_for
from tests.running import sound
from tests.servers.ports import free_port, is_open
from tests.servers.postgresql import PASSWORD, PostgreSQL, postgresql
from tests.servers.redis import RedisServer, redis_server
from tests.servers.sentinels import Watched, watched

ROOT = Path(__file__).parents[2]
WORKERS = 2
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
        """Tell the supervisor, or kill all of it; and wait."""
        if self._process is None or self._process.poll() is not None:
            return
        if how == signal.SIGKILL:
            os.killpg(self._process.pid, how)
        else:
            os.kill(self._supervisor(), how)
        self._process.wait(timeout=40)

    def kill_worker(self, number: int) -> None:
        """Kill -9 of one of its workers, if it lives just now."""
        pid = self._workers().get(number)
        if pid and _parent_of(pid) == self._supervisor():
            os.kill(pid, signal.SIGKILL)

    def _supervisor(self) -> int:
        """The process that was started; its child, when that is a program before it."""
        assert self._process
        first = self._process.pid
        told = [int(each["pid"]) for each in self._events("starting")]
        return next((pid for pid in reversed(told) if first in {pid, _parent_of(pid)}), first)

    def _workers(self) -> dict[int, int]:
        """The process of each worker that started last under its number, as the log says."""
        return {int(each["worker"]): int(each["pid"]) for each in self._events("worker_started")}

    def _events(self, name: str) -> list[dict[str, str]]:
        lines = self._log.read_text().splitlines()
        events = [json.loads(line) for line in lines if line.startswith("{")]
        return [each for each in events if each["event"] == name]


def _parent_of(pid: int) -> int:
    """0 when there is no such process."""
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


@dataclass
class Stack:
    """The parts, by name. No `database` on SQLite; `redis` is one server, `watched` two of them."""

    issuer: str
    upstreams: str
    emulators: int
    machines: list[Machine]
    folder: Path
    database: PostgreSQL | None
    redis: RedisServer | None = None
    watched: Watched | None = None

    def control(self, **order: object) -> None:
        """Give the emulated providers an order."""
        httpx2.post(
            f"http://127.0.0.1:{self.emulators}/__control",
            json=order,
            headers={"host": httpx2.URL(self.upstreams).netloc.decode()},
        ).raise_for_status()


@contextmanager
def grown(*, sentinels: bool = False, **changes: Any) -> Iterator[Stack]:
    """Two brokers on PostgreSQL and Redis: one server, or two that sentinels look after.

    `changes` replace parts of the settings.
    """
    with ExitStack() as stack:
        database = stack.enter_context(postgresql(fsync=True))
        database.run("CREATE DATABASE broker")
        if sentinels:
            redis: RedisServer | Watched = stack.enter_context(watched())
        else:
            redis = stack.enter_context(redis_server("--appendonly", "no"))
        storage = StorageSettings(
            database=database.url("broker"),
            database_password=SecretStr(PASSWORD),
            transient=redis.url,
        )
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="farstu-faults-")))
        running = stack.enter_context(_running(folder, storage, **changes))
        running.database = database
        if isinstance(redis, Watched):
            running.watched = redis
        else:
            running.redis = redis
        yield running


@contextmanager
def embedded() -> Iterator[Stack]:
    """Two brokers on SQLite files, in a file system of 48 MB of memory. Needs root."""
    with tempfile.TemporaryDirectory(prefix="farstu-disk-") as name:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", name], check=True)
        try:
            storage = StorageSettings(database=f"sqlite:///{name}/farstu.db")
            with _running(Path(name), storage) as stack:
                yield stack
        finally:
            subprocess.run(["umount", "-l", name], check=True)


@contextmanager
def _running(folder: Path, storage: StorageSettings, **changes: Any) -> Iterator[Stack]:
    settings, upstreams = somewhere(folder, storage)
    settings = settings.model_copy(
        update={"server": ServerSettings(workers=WORKERS, leave_seconds=1)} | changes
    )
    issuer = settings.issuer
    asyncio.run(make_template(folder, storage=storage))
    with ExitStack() as stack:
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="farstu-logs-")))
        port = stack.enter_context(emulators(upstreams, issuer))
        machines = [_machine(settings, logs, number) for number in (1, 2)]
        for machine in machines:
            machine.start()
            stack.callback(machine.stop, signal.SIGKILL)
        for machine in machines:
            wait_until_ready(machine.port)
        yield Stack(issuer, upstreams, port, machines, folder, None)


def somewhere(folder: Path, storage: StorageSettings) -> tuple[Settings, str]:
    """Settings with an issuer of their own, and the providers' origin."""
    issuer, upstreams = (f"http://localhost:{free_port()}" for _ in range(2))
    update = {"issuer": issuer, "storage": storage, "providers": emulated_providers(upstreams)}
    return sound(settings_for(folder)).model_copy(update=update), upstreams


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
