"""`farstu serve` with several workers: kept alive, replaced, told to stop, told to read anew."""

import os
import signal
import socket
import time

import httpx2
import pytest

from tests.running import Installation, Running, ask, free_port

pytestmark = pytest.mark.processes


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


def test_they_start_are_replaced_and_stop(installation: Installation) -> None:
    """Kill -9 of one: told in the log, another under its number. Ctrl-C: all close, and end with 0.

    Too many header bytes are refused by whoever answers.
    """
    with installation.serving("--workers", "2") as broker:
        broker.wait_for("worker_started", 2)
        killed = broker.workers()["1"]
        os.kill(killed, signal.SIGKILL)
        assert ask(installation.port, "/readyz").status_code == 200
        broker.wait_for("worker_started", 3)
        for _ in range(4):
            assert _too_many_headers(installation.port).startswith(b"HTTP/1.1 431 ")
        broker.tell(signal.SIGINT)
        assert broker.end() == 0
    [died] = broker.told("worker_died")
    assert (died["worker"], died["worker_pid"], died["exit_code"]) == ("1", str(killed), "-9")
    assert broker.workers()["1"] != killed
    assert len(broker.told("worker_stopped")) == 2
    assert [line for line in broker.written if not line.startswith("{")] == []


def _too_many_headers(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + b"c" * 40_000)
        return connection.recv(4096)


def test_workers_do_not_outlive_their_supervisor(installation: Installation) -> None:
    """Kill -9 of the supervisor: nobody is left who holds the port."""
    with installation.serving("--workers", "2") as broker:
        broker.wait_for("worker_started", 2)
        os.kill(broker.process.pid, signal.SIGKILL)
        broker.end()
        for pid in broker.workers().values():
            _until_gone(pid)


def _doors(installation: Installation) -> str:
    return httpx2.get(f"{installation.issuer}/", trust_env=False).text


@pytest.mark.parametrize("workers", [1, 2])
def test_a_changed_configuration_takes_force(workers: int, installation: Installation) -> None:
    """SIGHUP, in one process and in several: the new one is used, and one by one replaced."""
    installation.configure(workers=workers)
    with installation.serving() as broker:
        broker.wait_for("worker_started", workers)
        assert "Nya Energi" not in _doors(installation)
        before = broker.workers()
        client = installation.settings.clients["portal"].model_copy(update={"name": "Nya Energi"})
        installation.settings = installation.settings.model_copy(
            update={"clients": {"portal": client}}
        )
        installation.write()
        broker.tell(signal.SIGHUP)
        broker.wait_for("reloaded")
        assert "Nya Energi" in _doors(installation)
        assert ask(installation.port, "/readyz").status_code == 200
        if workers > 1:
            assert set(broker.workers().values()).isdisjoint(before.values())
        broker.tell(signal.SIGTERM)
        assert broker.end() == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_a_broken_configuration_changes_nothing(workers: int, installation: Installation) -> None:
    """SIGHUP: every problem is told by its path, no value is, and the same workers go on."""
    installation.configure(workers=workers)
    with installation.serving() as broker:
        broker.wait_for("worker_started", workers)
        text = installation.path.read_text()
        installation.path.write_text(text + 'nonsense = "s3cr3t-value"\n')
        broker.tell(signal.SIGHUP)
        [refused] = broker.wait_for("reload_refused")
        assert refused["path"] == "nonsense"
        assert ask(installation.port, "/readyz").status_code == 200
        assert len(broker.told("worker_started")) == workers
        assert "s3cr3t-value" not in "".join(broker.written)
        # A worker that dies now is replaced by one with what was judged, not what stands there.
        if workers > 1:
            os.kill(broker.workers()["1"], signal.SIGKILL)
            broker.wait_for("worker_started", workers + 1)
        assert ask(installation.port, "/readyz").status_code == 200


def test_what_a_reload_cannot_change_is_named(installation: Installation) -> None:
    """A new port is read only at the start: the log says so, and the old one stays open."""
    old = installation.port
    with installation.serving() as broker:
        broker.wait_for("worker_started")
        installation.configure(port=old + 1)
        broker.tell(signal.SIGHUP)
        [needed] = broker.wait_for("restart_needed")
        assert needed["path"] == "server.port"
        broker.wait_for("reloaded")
        assert ask(old, "/livez").status_code == 200


def test_what_fails_at_the_start_is_told_once(installation: Installation) -> None:
    """Several workers and a database that is not prepared: one sentence, exit code 1, no loop."""
    (installation.folder / "farstu.db").unlink()
    with installation.serving("--workers", "3") as broker:
        assert broker.end() == 1
    said = "".join(line for line in broker.written if not line.startswith("{"))
    assert said.count("farstu db migrate") == 1
    assert "Traceback" not in said
    assert broker.told("worker_started") == []


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


def test_metrics_of_all_workers_on_a_port_of_their_own(installation: Installation) -> None:
    """What each worker counted, together, also of one that has died; never on the public port."""
    port = free_port()
    telemetry = installation.settings.telemetry.model_copy(update={"metrics_port": port})
    installation.settings = installation.settings.model_copy(update={"telemetry": telemetry})
    installation.write()
    with installation.serving("--workers", "2") as broker:
        broker.wait_for("worker_started", 2)
        for _ in range(6):
            assert ask(installation.port, "/jwks").status_code == 200
        os.kill(broker.workers()["1"], signal.SIGKILL)
        broker.wait_for("worker_started", 3)
        told = ask(port, "/metrics").text
        assert ask(port, "/").status_code == 404
        assert ask(installation.port, "/metrics").status_code == 404
        broker.tell(signal.SIGTERM)
        assert broker.end() == 0
    assert 'route="/jwks",status="2xx"} 6.0' in told
    assert 'farstu_log_events_total{kind="worker_started",level="info"} 3.0' in told
    assert "farstu_requests_under_way 0.0" in told
    for process in ("supervisor", "worker-1", "worker-2"):
        assert f'farstu_process_resident_memory_bytes{{process="{process}"}}' in told
    assert 'farstu_build_info{version="' in told
