"""What a process is watched with: its log, and whoever counts or traces requests and calls.

Shapes only: `counting` and `tracing` fill them when they are configured, and cost nothing else.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

import structlog

from broker.telemetry.log import Log, StructuredLog

Ended = Callable[[str, int, str], None]
"""How a request ended: the route's template, the status (0 if nobody waited), its reference."""


class RequestWatcher(Protocol):
    """Watches a request from its first byte to its answer."""

    def request(self, method: str, traceparent: str) -> AbstractContextManager[Ended]:
        """`traceparent` (W3C Trace Context) only where whoever sent it is trusted."""
        ...


class CallWatcher(Protocol):
    """Is told of each call to a provider, after it."""

    def called(self, provider: str, endpoint: str, outcome: str, seconds: float) -> None: ...


class OutboxWatcher(Protocol):
    """Is told now and then how many messages have not left, and how old the oldest is."""

    def outbox(self, waiting: int, oldest_seconds: float) -> None: ...


class PressureWatcher(Protocol):
    """Is told now and then how many tries of everybody failed in a day, and the threshold."""

    def pressure(self, failures: int, beyond_first: int, threshold: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Instruments:
    """All of them."""

    log: Log
    requests: tuple[RequestWatcher, ...] = ()
    calls: tuple[CallWatcher, ...] = ()
    outbox: tuple[OutboxWatcher, ...] = ()
    pressure: tuple[PressureWatcher, ...] = ()


def only_a_log() -> Instruments:
    """What there is when nothing is configured."""
    return Instruments(StructuredLog(structlog.get_logger()))
