"""Servers as processes of their own, each on its cores; what they cost, from `/proc`.

CPU time is a process tree's, user and system, in nanoseconds as the scheduler counts them; memory
is PSS, which shares out among the workers what they share.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

ROOT = Path(__file__).parents[2]
_PATIENCE = 60
_MIB = 1024
_SERVER_ERROR = 500

_CORES = sorted(os.sched_getaffinity(0))
SERVER_CORES = frozenset(_CORES[:1])
"""Where one worker runs."""
ALL_CORES = frozenset(_CORES)
"""Where two workers run."""
OTHER_CORES = frozenset(_CORES[1:] or _CORES)
"""Where everything else runs: the load, the stores, the emulated providers."""


@dataclass(slots=True)
class Running:
    """A server under way."""

    name: str
    origin: str
    process: subprocess.Popen[bytes]
    start_seconds: float
    start_cpu: float
    log: Path

    @property
    def pids(self) -> list[int]:
        """The process and all that came from it."""
        return _family(self.process.pid)

    def cpu_seconds(self) -> float:
        """CPU time so far, of the whole tree."""
        return _spent(self.process.pid)

    def pss_mib(self) -> float:
        """The largest process of the tree: a worker."""
        return max(_pss_kib(pid) for pid in self.pids) / _MIB


@contextmanager
def keep_to(cores: frozenset[int]) -> Iterator[None]:
    """Have this process, and what it starts meanwhile, run on these cores only."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def running(
    name: str,
    command: Sequence[str],
    *,
    port: int,
    log: Path,
    cores: frozenset[int] = SERVER_CORES,
    environment: Mapping[str, str] | None = None,
    ready: str = "/",
) -> Iterator[Running]:
    """Start a server on a port of localhost, wait for its first answer, and stop it at the end."""
    begun = time.perf_counter()
    with log.open("ab") as file, keep_to(cores):
        process = subprocess.Popen(  # our own programs
            command,
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    try:
        _wait(name, process, f"http://localhost:{port}{ready}", log)
        taken = time.perf_counter() - begun
        yield Running(name, f"http://localhost:{port}", process, taken, _spent(process.pid), log)
    finally:
        _stop(process)


def python(*arguments: str) -> list[str]:
    """This interpreter's command line."""
    return [sys.executable, *arguments]


def _wait(name: str, process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    give_up_at = time.monotonic() + _PATIENCE
    with httpx2.Client(trust_env=False, verify=False) as client:  # no TLS: nothing to load
        while not _answers(client, address):
            if process.poll() is not None or time.monotonic() > give_up_at:
                raise RuntimeError(f"{name} did not start:\n{log.read_text()[-4000:]}")
            time.sleep(0.005)


def _answers(client: httpx2.Client, address: str) -> bool:
    try:
        return client.get(address).status_code < _SERVER_ERROR
    except httpx2.TransportError:
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """As an operator would; then, if it does not listen, its whole tree."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _spent(pid: int) -> float:
    return sum(_cpu_nanoseconds(each) for each in _family(pid)) / 1e9


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in _family(int(child)))]


def _cpu_nanoseconds(pid: int) -> int:
    """All threads that live; none of a server's ends while it is measured."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(each.read_text().split()[0]) for each in threads)


def _pss_kib(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise RuntimeError(f"process {pid} tells no memory")
