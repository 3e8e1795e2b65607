"""`farstu serve` as processes: kept alive, replaced, told to stop, told to read anew.

Most tests share a broker with one process and one with two workers; each leaves it serving.
"""

import os
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.house import a_key
from tests.running import Installation, Running, ask, free_port

pytestmark = pytest.mark.processes

_NO_WAITING_SECONDS = 12  # a supervisor that asks a worker which has ended waits for 15


@dataclass(frozen=True)
class Served:
    """A running broker, where it is installed, and how many processes answer."""

    at: Installation
    broker: Running
    workers: int
    metrics_port: int

    def count(self, event: str) -> int:
        """How often it was told."""
        return len(self.broker.told(event))

    def wait_for_one_more(self, event: str, before: int) -> dict[str, Any]:
        """The first of these after so many."""
        return self.broker.wait_for(event, before + 1)[before]

    def reconfigure(self, **changes: Any) -> None:
        """Write a changed configuration, and have it read."""
        self.at.settings = self.at.settings.model_copy(update=changes)
        self.at.write()
        self.broker.tell(signal.SIGHUP)


@pytest.fixture(scope="module", params=[1, 2], ids=["alone", "two workers"])
def served(
    request: pytest.FixtureRequest, house_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """With metrics on a port of their own; stopped by Ctrl-C at the end."""
    at, port = Installation(house_template, tmp_path_factory.mktemp("served")), free_port()
    telemetry = at.settings.telemetry.model_copy(update={"metrics_port": port})
    at.settings = at.settings.model_copy(update={"telemetry": telemetry})
    at.configure(workers=request.param)
    with at.serving() as broker:
        broker.wait_for("worker_started", request.param)
        yield Served(at, broker, request.param, port)
        assert ask(at.port, "/readyz").status_code == 200
        before = len(broker.told("worker_stopped"))
        broker.tell(signal.SIGINT)
        assert broker.end() == 0
        assert len(broker.told("worker_stopped")) == before + request.param
        assert [line for line in broker.written if not line.startswith("{")] == []


two_workers = pytest.mark.parametrize("served", [2], indirect=True, ids=["two workers"])


def _kill_one(served: Served) -> int:
    """Kill the first worker as the system does; wait until another has taken its place."""
    killed, before = served.broker.workers()[1], served.count("worker_started")
    os.kill(killed, signal.SIGKILL)
    assert ask(served.at.port, "/readyz").status_code == 200
    served.wait_for_one_more("worker_started", before)
    return killed


@two_workers
def test_a_worker_that_is_killed_is_replaced(served: Served) -> None:
    """Told in the log, another one under its number, and all the time somebody answers."""
    before = served.count("worker_died")
    killed = _kill_one(served)
    died = served.wait_for_one_more("worker_died", before)
    assert (died["worker"], died["worker_pid"], died["exit_code"]) == (1, killed, -9)
    assert served.broker.workers()[1] != killed


def test_header_limits_hold(served: Served) -> None:
    """Too many header bytes are refused by whoever answers, on a real socket."""
    for _ in range(4):
        with socket.create_connection(("127.0.0.1", served.at.port), 10) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + b"c" * 40_000)
            assert connection.recv(4096).startswith(b"HTTP/1.1 431 ")


def _counted(served: Served) -> dict[str, float]:
    lines = ask(served.metrics_port, "/metrics").text.splitlines()
    samples = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in samples}


def test_metrics_of_all_have_a_port_of_their_own(served: Served) -> None:
    """What each process counted, together; nothing of it on the public port."""
    asked = 'farstu_request_duration_seconds_count{method="GET",route="/jwks",status="2xx"}'
    before = _counted(served).get(asked, 0)
    for _ in range(6):
        assert ask(served.at.port, "/jwks").status_code == 200
    counted = _counted(served)
    assert counted[asked] == before + 6
    assert counted["farstu_requests_under_way"] == 0
    assert 'farstu_build_info{version="' in "".join(counted)
    names = ("worker-1",) if served.workers == 1 else ("supervisor", "worker-1", "worker-2")
    for name in names:
        assert counted[f'farstu_process_resident_memory_bytes{{process="{name}"}}'] > 10_000_000
    assert ask(served.metrics_port, "/").status_code == 404
    assert ask(served.at.port, "/metrics").status_code == 404


@two_workers
def test_what_a_dead_worker_counted_stays_counted(served: Served) -> None:
    """Counters never go back; what it had under way is over."""
    started = 'farstu_log_events_total{kind="worker_started",level="info"}'
    died = 'farstu_log_events_total{kind="worker_died",level="error"}'
    before, died_before = _counted(served)[started], _counted(served)[died]
    _kill_one(served)
    counted = _counted(served)
    assert counted[died] == died_before + 1
    assert counted[started] == before + 1
    assert counted["farstu_requests_under_way"] == 0


def _doors(served: Served) -> str:
    return httpx2.get(f"{served.at.issuer}/", trust_env=False).text


def test_a_changed_configuration_takes_force(served: Served) -> None:
    """SIGHUP: it is used when the log says so, and every worker has been replaced."""
    before, processes = served.count("reloaded"), served.broker.workers()
    assert "Nya Energi" not in _doors(served)
    client = served.at.settings.clients["portal"].model_copy(update={"name": "Nya Energi"})
    old = served.at.settings.clients
    served.reconfigure(clients={"portal": client})
    served.wait_for_one_more("reloaded", before)
    assert "Nya Energi" in _doors(served)
    if served.workers > 1:
        assert set(served.broker.workers().values()).isdisjoint(processes.values())
    served.reconfigure(clients=old)
    served.wait_for_one_more("reloaded", before + 1)


def test_after_a_reload_a_command_takes_nothing_away(served: Served) -> None:
    """The database's log stays the one that the server writes to."""
    before = served.count("reloaded")
    served.broker.tell(signal.SIGHUP)
    served.wait_for_one_more("reloaded", before)
    served.at.run("keys", "list")
    for process in [served.broker.process.pid, *served.broker.workers().values()]:
        for each in Path(f"/proc/{process}/fd").iterdir():
            assert "(deleted)" not in str(each.readlink()), each.readlink()


def test_a_broken_configuration_changes_nothing(served: Served) -> None:
    """SIGHUP: each problem is told by its path and no value is; the same processes go on.

    A worker that dies then is replaced by one with what was judged, not with what stands there.
    """
    before, started = served.count("reload_refused"), served.count("worker_started")
    served.at.path.write_text(served.at.path.read_text() + 'nonsense = "s3cr3t-value"\n')
    served.broker.tell(signal.SIGHUP)
    assert served.wait_for_one_more("reload_refused", before)["path"] == "nonsense"
    assert served.count("worker_started") == started
    assert "s3cr3t-value" not in "".join(served.broker.written)
    if served.workers > 1:
        _kill_one(served)
    assert ask(served.at.port, "/readyz").status_code == 200
    served.at.write()


def test_a_reload_without_the_master_key_changes_nothing(served: Served) -> None:
    """One line says which is missing and the way out; whoever has the keys open goes on."""
    failed, before = served.count("worker_cannot_start"), served.count("reloaded")
    secrets = served.at.settings.secrets
    served.reconfigure(secrets=secrets.model_copy(update={"master_keys": {"m2": a_key("new")}}))
    told = served.wait_for_one_more("worker_cannot_start", failed)
    assert "cannot be opened: the master key 'm1' is missing" in told["reason"]
    assert "farstu keys revoke --scope master --master NAME" in told["remedy"]
    assert ask(served.at.port, "/readyz").status_code == 200
    served.reconfigure(secrets=secrets)
    served.wait_for_one_more("reloaded", before)


def test_what_a_reload_cannot_change_is_named(served: Served) -> None:
    """A new port is read only at the start: the log says so, and the old one stays open."""
    needed, before = served.count("restart_needed"), served.count("reloaded")
    server = served.at.settings.server
    served.reconfigure(server=server.model_copy(update={"port": free_port()}))
    assert served.wait_for_one_more("restart_needed", needed)["path"] == "server.port"
    served.wait_for_one_more("reloaded", before)
    assert ask(served.at.port, "/livez").status_code == 200
    served.reconfigure(server=server)
    served.wait_for_one_more("reloaded", before + 1)


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _until_gone(pid: int) -> None:
    deadline = time.monotonic() + 15
    while _is_there(pid):
        assert time.monotonic() < deadline, f"{pid} is still there"
        time.sleep(0.05)


def test_workers_do_not_outlive_their_supervisor(installation: Installation) -> None:
    """Kill -9 of the supervisor: nobody is left who holds the port."""
    with installation.serving("--workers", "2") as broker:
        broker.wait_for("worker_started", 2)
        os.kill(broker.process.pid, signal.SIGKILL)
        broker.end()
        for pid in broker.workers().values():
            _until_gone(pid)


@pytest.mark.parametrize("what", [signal.SIGINT, signal.SIGTERM], ids=lambda what: what.name)
def test_a_signal_to_all_of_them_ends_all_in_peace(
    what: signal.Signals, installation: Installation
) -> None:
    """Ctrl-C in a terminal reaches workers too: that they end is no death, and takes no waiting."""
    with installation.serving("--workers", "2") as broker:
        broker.wait_for("worker_started", 2)
        for pid in (*broker.workers().values(), broker.process.pid):
            os.kill(pid, what)
        told_at = time.monotonic()
        assert broker.end() == 0
        assert time.monotonic() - told_at < _NO_WAITING_SECONDS
    assert len(broker.told("worker_stopped")) == 2
    assert broker.told("worker_died") == []
    assert [line for line in broker.written if not line.startswith("{")] == []


def test_what_fails_at_the_start_is_told_once(installation: Installation) -> None:
    """Several workers and a database that is not prepared: one sentence, exit code 1, no loop."""
    (installation.folder / "farstu.db").unlink()
    with installation.serving("--workers", "3") as broker:
        assert broker.end() == 1
    said = "".join(line for line in broker.written if not line.startswith("{"))
    assert said.count("farstu db migrate") == 1
    assert "Traceback" not in said
    assert broker.told("worker_started") == []
    [ended] = broker.told("cannot_serve")
    assert "farstu db migrate" in ended["remedy"]


def _refused(broker: Running) -> None:
    assert broker.end() == 1
    assert "address already in use" in "".join(broker.written)


@pytest.mark.parametrize("first", [(), ("--share-port",)], ids=["alone", "sharing"])
def test_a_second_broker_on_the_port_is_refused(
    first: tuple[str, ...], installation: Installation
) -> None:
    """By accident nobody shares a port: it takes the option on both sides."""
    with installation.serving(*first) as broker:
        broker.wait_for("worker_started")
        second = () if first else ("--share-port",)
        with installation.serving(*second) as other:
            _refused(other)
        assert ask(installation.port, "/livez").status_code == 200


def test_the_next_release_takes_over_the_port(installation: Installation) -> None:
    """Two brokers share the port on purpose; when the older one has stopped, the newer serves."""
    with installation.serving("--share-port") as older:
        older.wait_for("worker_started")
        with installation.serving("--share-port", "--workers", "2") as newer:
            newer.wait_for("worker_started", 2)
            older.tell(signal.SIGTERM)
            assert older.end() == 0
            for _ in range(10):
                assert ask(installation.port, "/readyz").status_code == 200
