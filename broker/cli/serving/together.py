"""Several workers: the supervisor, and the metrics of all of them put together."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket

from broker.cli.serving.metrics import metrics_port
from broker.cli.serving.reading import Reading
from broker.cli.serving.supervisor import NotStarted, Supervisor
from broker.cli.serving.watched import counted, counting
from broker.settings.operating import TelemetrySettings
from broker.settings.schema import Settings
from broker.telemetry.instruments import only_a_log

_COUNTED_IN = "PROMETHEUS_MULTIPROC_DIR"


def serve_together(settings: Settings, reading: Reading, sockets: list[socket]) -> bool:
    """Serve until a signal; False when the first workers could not begin, and have said why."""
    with _counted(settings.telemetry) as directory:
        log = counted(only_a_log().log, counting(settings.telemetry))
        supervisor = Supervisor(
            settings, reading, sockets, log, lambda pid: _forget(directory, pid)
        )
        with _metrics(settings.telemetry, directory, supervisor):
            try:
                supervisor.run()
            except NotStarted:
                return False
    return True


@contextmanager
def _counted(telemetry: TelemetrySettings) -> Iterator[Path | None]:
    """A private folder in which we and our workers count, named before any of us counts."""
    if not telemetry.metrics_port:
        yield None
        return
    directory = Path(tempfile.mkdtemp(prefix="farstu-metrics-"))
    os.environ[_COUNTED_IN] = str(directory)
    try:
        yield directory
    finally:
        os.environ.pop(_COUNTED_IN, None)
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def _metrics(
    telemetry: TelemetrySettings, directory: Path | None, supervisor: Supervisor
) -> Iterator[None]:
    if directory is None:
        yield
        return
    from broker.telemetry.exposing import of_workers  # noqa: PLC0415 - only where it is wanted

    def processes() -> dict[str, int]:
        return {"supervisor": os.getpid(), **supervisor.living()}

    with metrics_port(telemetry, of_workers(directory, processes)):
        yield


def _forget(directory: Path | None, pid: int) -> None:
    if directory is not None:
        from broker.telemetry.exposing import forget_worker  # noqa: PLC0415 - as above

        forget_worker(directory, pid)
