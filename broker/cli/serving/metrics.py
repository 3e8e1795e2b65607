"""The operator's port, for as long as the broker runs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from broker.cli.speaking import CommandFailed
from broker.settings.operating import TelemetrySettings
from broker.telemetry.instruments import only_a_log
from broker.telemetry.process import MetricsListening

if TYPE_CHECKING:
    from prometheus_client.registry import Collector

    from broker.telemetry.counting import Counting


def of_one(counters: "Counting") -> "Collector":
    """What the only process counts and uses."""
    from broker.telemetry.exposing import ProcessUse  # noqa: PLC0415 - only where it is wanted

    counters.registry.register(ProcessUse(lambda: {"worker-1": os.getpid()}))
    return counters.registry


@contextmanager
def metrics_port(telemetry: TelemetrySettings, source: "Collector") -> Iterator[None]:
    """Answer `/metrics`. Raises CommandFailed where the port cannot be had."""
    from broker.telemetry.exposing import MetricsPort  # noqa: PLC0415 - only where it is wanted

    host, port = telemetry.metrics_host, telemetry.metrics_port
    try:
        opened = MetricsPort(host, port, source)
    except OSError as error:
        raise CommandFailed(
            f"Metrics cannot be offered on {host}, port {port}: {str(error.strerror).lower()}.",
            "Choose another `telemetry.metrics_port`, or 0 for none.",
        ) from None
    only_a_log().log.write(MetricsListening(host, opened.port))
    try:
        yield
    finally:
        opened.close()
