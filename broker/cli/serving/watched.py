"""The instruments of a process that answers: its log, and what is configured beside it.

prometheus_client and OpenTelemetry are imported only where they are wanted, and prometheus_client
only after `PROMETHEUS_MULTIPROC_DIR` says where workers count.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from broker import __version__
from broker.settings.operating import TelemetrySettings
from broker.telemetry.instruments import Instruments, only_a_log
from broker.telemetry.log import Log

if TYPE_CHECKING:
    from broker.telemetry.counting import Counting


def counting(telemetry: TelemetrySettings) -> "Counting | None":
    """Return counters, where somebody can read them."""
    if not telemetry.metrics_port:
        return None
    from broker.telemetry.counting import Counting  # noqa: PLC0415 - see above

    return Counting(__version__)


def counted(log: Log, counters: "Counting | None") -> Log:
    """Return the log, counted where somebody counts."""
    return log if counters is None else counters.counting(log)


@contextmanager
def watched(telemetry: TelemetrySettings, counters: "Counting | None") -> Iterator[Instruments]:
    """All instruments while the process answers."""
    found = only_a_log()
    if counters is not None:
        each = (counters,)
        found = Instruments(counters.counting(found.log), each, each, each, each)
    if not telemetry.otlp_endpoint:
        yield found
        return
    from broker.telemetry.tracing import Tracing  # noqa: PLC0415 - see above

    tracing = Tracing(telemetry.otlp_endpoint, __version__)
    try:
        yield replace(found, requests=(*found.requests, tracing), calls=(*found.calls, tracing))
    finally:
        tracing.close()
