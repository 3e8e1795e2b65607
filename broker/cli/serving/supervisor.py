"""The supervisor: keeps so many workers alive over one listening socket, and replaces them.

uvicorn's own, with three things of ours: a changed configuration goes to new workers, each of which
must serve before an old one is told to stop; a worker that cannot start is tried again ever less
often while the others go on; and whoever leaves is watched without waiting for it.
"""

import signal
import time
from dataclasses import dataclass
from socket import socket
from typing import Protocol

import uvicorn
from uvicorn.supervisors import Multiprocess

from broker.cli.serving.reading import Reading
from broker.cli.serving.worker import Duty, Worker
from broker.settings.schema import Settings
from broker.telemetry.log import Log
from broker.telemetry.process import Leaving, Reloaded, WorkerDied, WorkerKilled

_START_SECONDS = 60
_HANGS_AFTER_SECONDS = 15
_PATIENCE_SECONDS = 5
_STABLE_SECONDS = 10
_LONGEST_PAUSE = 30
_STOPS = (signal.SIGINT, signal.SIGTERM)


class NotStarted(Exception):
    """The first workers could not begin; they have said why."""


class Gone(Protocol):
    """Told of each worker that has ended."""

    def __call__(self, pid: int) -> None: ...


@dataclass(frozen=True, slots=True)
class _Retired:
    worker: Worker
    until: float


class Supervisor(Multiprocess):
    """Runs until a signal. Raises NotStarted."""

    processes: list[Worker]  # type: ignore[assignment]

    def __init__(
        self, settings: Settings, reading: Reading, sockets: list[socket], log: Log, gone: Gone
    ) -> None:
        config = uvicorn.Config(
            "",  # what a worker serves is its own to open
            workers=settings.server.workers,
            log_config=None,
            timeout_worker_healthcheck=_HANGS_AFTER_SECONDS,
        )
        super().__init__(config, sockets)
        self._settings = self._began_with = settings
        self._reading = reading
        self._log = log
        self._gone = gone
        self._retired: list[_Retired] = []
        self._is_reloading = False
        self._quick_deaths = 0
        self._not_before = 0.0

    def living(self) -> dict[str, int]:
        """The processes of all workers by name, for whoever looks at what they use."""
        return {f"worker-{each.duty.number}": each.pid for each in list(self.processes) if each.pid}

    def init_processes(self) -> None:
        """Start one, which tells what is wrong if anything is, and then the others."""
        if not self._begin(tells=True):
            return
        for _ in range(self.processes_num - 1):
            self.processes.append(self._started(tells=True))
        for worker in list(self.processes):
            if not self._wait_until_ready(worker) and not self._is_told_to_stop():
                self._give_up()

    def keep_subprocess_alive(self) -> None:
        """Let go of who has left; replace who has died, unless all are told to stop."""
        self._reap()
        # Ctrl-C tells every process of the terminal: they end by themselves, and none has died.
        if self.should_exit.is_set():
            return
        for worker in list(self.processes):
            if not worker.is_alive(self.config.timeout_worker_healthcheck):
                self._bury(worker)
        while len(self.processes) > self.processes_num:
            self._retire(self.processes.pop())
        if self._is_reloading and not self._retired:  # nobody answers as before any more
            self._is_reloading = False
            self._log.write(Reloaded())
        if len(self.processes) < self.processes_num and time.monotonic() >= self._not_before:
            self.processes.append(self._started())

    def handle_hup(self) -> None:
        """Read the configuration anew; if it can be used, give it to new workers, one by one."""
        settings = self._reading.read_again(self._began_with, self._log)
        if settings is None:
            return
        for old in list(self.processes):
            new = self._started(old.duty.number, settings)
            if not self._wait_until_ready(new):
                self._drop(new)  # it has said why; the old ones go on
                return
            self._settings = settings
            self.processes[self.processes.index(old)] = new
            self._retire(old)
        self.processes_num = max(1, settings.server.workers)
        self._is_reloading = True

    def terminate_all(self) -> None:
        """Be unready for `server.leave_seconds`, still answering; then stop all."""
        self._log.write(Leaving())
        for worker in self.processes:
            worker.leave()
        self._stay(self._settings.server.leave_seconds)
        for worker in list(self.processes):
            self._retire(worker)

    def join_all(self) -> None:
        """Wait until all have ended; who does not is killed."""
        while self._retired:
            self._reap()
            time.sleep(0.05)

    def handle_ttin(self) -> None:
        """Nothing: how many workers there are is said by the configuration."""

    def handle_ttou(self) -> None:
        """Nothing, as above."""

    def _begin(self, *, tells: bool) -> bool:
        """Start the first one; whether to go on."""
        first = self._started(tells=tells)
        self.processes.append(first)
        if self._wait_until_ready(first):
            return True
        if not self._is_told_to_stop():
            self._give_up()
        return False

    def _give_up(self) -> None:
        for worker in self.processes:
            worker.terminate()
        for worker in self.processes:
            worker.process.join(_PATIENCE_SECONDS)
            worker.process.kill()
        raise NotStarted

    def _started(
        self, number: int = 0, settings: Settings | None = None, *, tells: bool = False
    ) -> Worker:
        taken = {each.duty.number for each in self.processes}
        free = next(one for one in range(1, len(taken) + 2) if one not in taken)
        duty = Duty(number or free, settings or self._settings, tells)
        worker = Worker(self.config, self.sockets, duty)
        worker.start()
        return worker

    def _wait_until_ready(self, worker: Worker) -> bool:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and not self._is_told_to_stop():
            if not worker.process.is_alive():
                return False
            if worker.is_ready(timeout=1):
                return True
            time.sleep(0.05)
        return False

    def _is_told_to_stop(self) -> bool:
        return any(each in _STOPS for each in self.signal_queue)

    def _stay(self, seconds: float) -> None:
        """Wait; a second signal ends the waiting."""
        self.signal_queue.clear()
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._is_told_to_stop():
            time.sleep(0.05)

    def _retire(self, worker: Worker) -> None:
        """Tell it to stop, and go on."""
        worker.terminate()
        if worker in self.processes:
            self.processes.remove(worker)
        until = time.monotonic() + self._settings.server.drain_seconds + _PATIENCE_SECONDS
        self._retired.append(_Retired(worker, until))

    def _reap(self) -> None:
        """Let go of who has ended, and end who should have."""
        for each in list(self._retired):
            worker = each.worker
            if worker.process.is_alive():
                if time.monotonic() < each.until:
                    continue
                self._log.write(WorkerKilled(worker.duty.number, worker.pid or 0))
                worker.process.kill()
            worker.process.join()
            self._retired.remove(each)
            self._gone(worker.pid or 0)

    def _bury(self, worker: Worker) -> None:
        """It died or hangs: another one takes its place, at once unless this happens again."""
        self._drop(worker)
        self.processes.remove(worker)
        self._log.write(WorkerDied(worker.duty.number, worker.pid or 0, worker.exitcode or 0))
        lived = time.monotonic() - worker.began_at
        self._quick_deaths = self._quick_deaths + 1 if lived < _STABLE_SECONDS else 0
        pause = min(_LONGEST_PAUSE, 2**self._quick_deaths) if self._quick_deaths > 1 else 0
        self._not_before = time.monotonic() + pause

    def _drop(self, worker: Worker) -> None:
        worker.kill()
        worker.process.join()
        self._gone(worker.pid or 0)
