"""A worker: a process that answers from a socket that its supervisor opened.

It is given the settings that the supervisor has judged, so that all workers have the same ones,
whatever stands in the file by then. It ends by itself when its supervisor is gone.
"""

import os
import signal
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from socket import socket

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Process

from broker.cli.serving.ending import tell_end
from broker.cli.speaking import CommandFailed
from broker.settings.problem import SettingsInvalid
from broker.settings.schema import Settings


@dataclass(frozen=True, slots=True)
class Duty:
    """What a worker is to do. `tells` says what fails in words, to whoever has just started us."""

    number: int
    settings: Settings
    tells: bool


class Worker(Process):
    """Both sides of it: the supervisor's handle, and what runs in the process (`target`)."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket], duty: Duty) -> None:
        self.duty = duty
        self.began_at = time.monotonic()
        super().__init__(config, sockets)

    def leave(self) -> None:
        """Tell it that it will be stopped soon: it is not ready any more."""
        if self.process.exitcode is None and self.process.pid is not None:
            os.kill(self.process.pid, signal.SIGUSR1)

    def target(self, sockets: list[socket] | None = None) -> None:
        """The process itself."""
        # A terminal tells everybody, whoever is in the middle of beginning too. Only the supervisor
        # reads anew, and it ends those of us who do not serve yet.
        for each in (signal.SIGHUP, signal.SIGINT):
            signal.signal(each, signal.SIG_IGN)
        self.parent_conn.close()
        threading.Thread(target=self.always_pong, daemon=True).start()
        sys.exit(self._work(sockets or []))

    def pong(self) -> None:
        """Answer the supervisor whether we serve yet."""
        self.child_conn.recv()
        self.child_conn.send(self._server is not None and self._server.started)

    def always_pong(self) -> None:
        """Answer for as long as there is a supervisor, and end when there is none."""
        with suppress(EOFError, OSError):
            super().always_pong()
        os.kill(os.getpid(), signal.SIGTERM)

    def _work(self, sockets: list[socket]) -> int:
        # Imported here, in the worker alone: the supervisor stays small.
        from broker.cli.serving.working import serve_as_worker, tell_in_log  # noqa: PLC0415

        try:
            serve_as_worker(self.duty.number, self.duty.settings, sockets, self._take)
        except (CommandFailed, SettingsInvalid) as failed:
            if self.duty.tells:
                tell_end(failed)
            else:
                tell_in_log(self.duty.number, self.duty.settings.telemetry, failed)
            return STARTUP_FAILURE
        return 0

    def _take(self, server: uvicorn.Server) -> None:
        self._server = server
