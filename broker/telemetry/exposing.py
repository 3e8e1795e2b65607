"""`/metrics` as Prometheus reads it, on a port of its own, by a thread beside the work.

One process: its own registry. Several: the files that the workers count in, put together. What
processes use is read from the system when somebody asks.
"""

import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from broker.telemetry.metrics import PROCESS

_SECONDS = 10
Processes = Callable[[], Mapping[str, int]]
"""Process ids by what the process is called."""


class ProcessUse(Collector):
    """Memory, processor and files of each process."""

    def __init__(self, processes: Processes) -> None:
        self._processes = processes

    def collect(self) -> Iterator[GaugeMetricFamily | CounterMetricFamily]:
        """Ask the system."""
        found = {name: _use_of(pid) for name, pid in self._processes().items()}
        for metric in PROCESS:
            is_counter = metric.kind == "counter"
            kind = CounterMetricFamily if is_counter else GaugeMetricFamily
            family = kind(metric.name, metric.help, labels=metric.label_names)
            for name, use in found.items():
                if metric.name in use:
                    family.add_metric([name], use[metric.name])
            yield family


def _use_of(pid: int) -> dict[str, float]:
    """What the system says of a process; nothing of one that has ended."""
    families = ProcessCollector(namespace="farstu", pid=lambda: pid, registry=None).collect()
    return {sample.name: sample.value for family in families for sample in family.samples}


def of_workers(directory: Path, processes: Processes) -> CollectorRegistry:
    """What all workers counted, those that have ended included."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(directory))  # type: ignore[no-untyped-call]
    registry.register(ProcessUse(processes))
    return registry


def forget_worker(directory: Path, pid: int) -> None:
    """A worker has ended: what it had under way is over; what it counted stays counted."""
    mark_process_dead(pid, path=str(directory))  # type: ignore[no-untyped-call]


class MetricsPort:
    """The open port. Raises OSError where it cannot be opened."""

    def __init__(self, host: str, port: int, registry: Collector) -> None:
        class Answers(_Answers):
            source = registry

        self._server = _Server((host, port), Answers)
        self.port = int(self._server.server_address[1])
        self._thread = Thread(target=self._server.serve_forever, name="metrics", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Close it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Who hangs up is told as a library would tell it, not as a trace."""
        logging.getLogger("farstu.metrics").warning("not answered", exc_info=sys.exc_info())


class _Answers(BaseHTTPRequestHandler):
    source: Collector
    timeout = _SECONDS

    def do_GET(self) -> None:
        """Answer one path, and no other."""
        if self.path.partition("?")[0] != "/metrics":
            self._send(HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"Only /metrics\n")
            return
        encode, content_type = choose_encoder(self.headers.get("Accept", ""))
        self._send(HTTPStatus.OK, content_type, encode(self.source))

    def _send(self, status: HTTPStatus, content_type: str, body: bytes) -> None:
        self.send_response_only(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: who scrapes is no event of ours."""
