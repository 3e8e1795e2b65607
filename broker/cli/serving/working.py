"""What a worker's process runs: the application opened, served, closed. Only workers import it."""

import signal
from collections.abc import Callable
from socket import socket

import uvicorn
import uvloop

from broker.app import opened
from broker.cli.serving.answering import outlive_signals, server
from broker.cli.serving.ending import one_line
from broker.cli.serving.starting import telling_what_fails
from broker.cli.serving.tls import tls_context
from broker.cli.serving.watched import counted, counting, watched
from broker.cli.speaking import CommandFailed
from broker.middleware.leaving import Departure
from broker.settings.operating import TelemetrySettings
from broker.settings.problem import SettingsInvalid
from broker.settings.schema import Settings
from broker.telemetry.instruments import Instruments, only_a_log
from broker.telemetry.lines import write_json_lines
from broker.telemetry.process import ReloadRefused, WorkerCannotStart, WorkerStarted, WorkerStopped

Take = Callable[[uvicorn.Server], None]


def serve_as_worker(number: int, settings: Settings, sockets: list[socket], take: Take) -> None:
    """Serve until a signal. Raises CommandFailed or SettingsInvalid when it cannot begin."""
    write_json_lines()
    with (
        telling_what_fails(settings),
        watched(settings.telemetry, counting(settings.telemetry)) as instruments,
    ):
        uvloop.run(_serve(number, settings, sockets, take, instruments))


def tell_in_log(
    number: int, telemetry: TelemetrySettings, failed: CommandFailed | SettingsInvalid
) -> None:
    """Say why this worker cannot begin, where nobody reads words."""
    log = counted(only_a_log().log, counting(telemetry))
    if isinstance(failed, CommandFailed):
        log.write(WorkerCannotStart(number, one_line(failed.reason), failed.remedy))
        return
    for problem in failed.problems:
        log.write(ReloadRefused(problem.path, problem.reason))


async def _serve(
    number: int, settings: Settings, sockets: list[socket], take: Take, instruments: Instruments
) -> None:
    departure = Departure()
    async with opened(settings, instruments=instruments) as app:
        outlive_signals()
        # The supervisor says when all of us leave; told to stop, this one just stops.
        signal.signal(signal.SIGUSR1, lambda _signal, _frame: departure.begin())
        tls = tls_context(settings.server)
        serving = server(app, settings, departure, tls, leave_seconds=0)
        take(serving)
        instruments.log.write(WorkerStarted(number))
        await serving.serve(sockets)
    instruments.log.write(WorkerStopped(number))
