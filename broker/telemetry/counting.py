"""Counting: log events, requests and calls become the metrics of the list.

One stream feeds both: who writes an event need not know that it is counted. All that is counted
belongs to one registry, made here, so that nothing is shared between two of these.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase

from broker.telemetry import metrics
from broker.telemetry.codes import CodeDispatched, CodeWithheld
from broker.telemetry.events import GROUPS
from broker.telemetry.instruments import Ended
from broker.telemetry.log import (
    ChoreDone,
    ChoreFailed,
    Event,
    FollowingFailed,
    Log,
    RequestRefused,
    StorageDown,
    VerificationTried,
)
from broker.telemetry.logins import CodeRedeemed, LoginBegun, LoginCompleted
from broker.telemetry.metrics import Metric
from broker.telemetry.notices import (
    NoticeDelayed,
    NoticeGivenUp,
    NoticeSent,
    NoticeUnreadable,
    NoticeWithheld,
)

METHODS: Final = frozenset({"GET", "HEAD", "POST"})


class Counting:
    """A process's counters. `registry` is what `/metrics` is made of."""

    def __init__(self, version: str) -> None:
        self.registry = CollectorRegistry()
        self._made: dict[Metric, Any] = {
            metric: _make(metric, self.registry)
            for metric in metrics.METRICS
            if metric not in metrics.PROCESS
        }
        self._made[metrics.BUILD].labels(version).set(1)
        self._begin_at_zero()

    def _begin_at_zero(self) -> None:
        """What somebody waits for must have been 0 once: Prometheus sees no rise from nothing."""
        for kind, level in {(each.kind, each.level) for _, found in GROUPS for each in found}:
            if level != Event.level:
                self._made[metrics.EVENTS].labels(kind, level)
        for during in ("request", "chore", "following"):
            self._made[metrics.STORAGE_FAILURES].labels(during)

    def count(self, metric: Metric, *labels: str) -> None:
        """One more."""
        made = self._made[metric]
        (made.labels(*labels) if labels else made).inc()

    @contextmanager
    def request(self, method: str, _traceparent: str) -> Iterator[Ended]:
        """Count a request, and how long it takes."""
        under_way = self._made[metrics.UNDER_WAY]
        under_way.inc()
        began = time.perf_counter()

        def ended(route: str, status: int, _reference: str) -> None:
            self._made[metrics.REQUESTS].labels(
                route or "none",
                method if method in METHODS else "other",
                f"{status // 100}xx" if status else "gone",
            ).observe(time.perf_counter() - began)

        try:
            yield ended
        finally:
            under_way.dec()

    def called(self, provider: str, endpoint: str, outcome: str, seconds: float) -> None:
        """Count a call to a provider."""
        self._made[metrics.CALLS].labels(provider, endpoint, outcome).observe(seconds)

    def outbox(self, waiting: int, oldest_seconds: float) -> None:
        """Show how many messages have not left."""
        self._made[metrics.OUTBOX_WAITING].set(waiting)
        self._made[metrics.OUTBOX_AGE].set(oldest_seconds)

    def pressure(self, failures: int, beyond_first: int, threshold: int) -> None:
        """Show how many tries of everybody failed, and from how many on more is asked for."""
        self._made[metrics.PRESSURE].labels("any").set(failures)
        self._made[metrics.PRESSURE].labels("second_item").set(beyond_first)
        self._made[metrics.PRESSURE_THRESHOLD].set(threshold)

    def counting(self, log: Log) -> Log:
        """The same log, counted."""
        return _CountedLog(log, self)


class _CountedLog:
    def __init__(self, log: Log, counting: Counting) -> None:
        self._log = log
        self._counting = counting

    def write(self, event: Event) -> None:
        """Write, and count."""
        self._log.write(event)
        self._counting.count(metrics.EVENTS, event.kind, event.level)
        for metric, *labels in _counted(event):
            self._counting.count(metric, *labels)


def _counted(event: Event) -> Iterator[tuple[Any, ...]]:
    """What an event counts as, beside being an event."""
    match event:
        case RequestRefused(code="busy"):
            yield (metrics.SHED,)
        case RequestRefused(path="/token", code=code):
            yield metrics.TOKEN_REFUSALS, code
        case LoginBegun(provider=provider):
            yield metrics.LOGINS_BEGUN, provider
        case LoginCompleted(provider=provider, how=how):
            yield metrics.LOGINS_COMPLETED, provider, how
        case CodeRedeemed(access_algorithm=access, id_algorithm=identity):
            yield (metrics.CODES_REDEEMED,)
            yield metrics.TOKENS, "access", access
            if identity:
                yield metrics.TOKENS, "id", identity
        case _:
            yield from _counted_proofs(event)


def _counted_proofs(event: Event) -> Iterator[tuple[Any, ...]]:
    match event:
        case VerificationTried(outcome=outcome, evidence=evidence, cause=cause):
            yield metrics.VERIFICATIONS, outcome, evidence
            if cause:
                yield metrics.PRESSED, outcome, cause
        case CodeDispatched(medium=medium):
            yield metrics.CODES, medium, "sent"
        case CodeWithheld(medium=medium, reason=reason):
            yield metrics.CODES, medium, reason
        case _:
            yield from _counted_upkeep(event)


def _counted_upkeep(event: Event) -> Iterator[tuple[Any, ...]]:
    match event:
        case ChoreDone(chore=chore):
            yield metrics.CHORES, chore, "done"
        case ChoreFailed(chore=chore):
            yield metrics.CHORES, chore, "failed"
            yield metrics.STORAGE_FAILURES, "chore"
        case FollowingFailed():
            yield metrics.STORAGE_FAILURES, "following"
        case StorageDown():
            yield metrics.STORAGE_FAILURES, "request"
        case _:
            yield from _counted_notices(event)


def _counted_notices(event: Event) -> Iterator[tuple[Any, ...]]:
    match event:
        case NoticeSent(channel=channel):
            yield metrics.NOTICES, "sent", channel
        case NoticeDelayed(channel=channel):
            yield metrics.NOTICES, "delayed", channel or "none"
        case NoticeGivenUp():
            yield metrics.NOTICES, "given_up", "none"
        case NoticeWithheld():
            yield metrics.NOTICES, "withheld", "none"
        case NoticeUnreadable():
            yield metrics.NOTICES, "unreadable", "none"
        case _:
            pass


def _make(metric: Metric, registry: CollectorRegistry) -> MetricWrapperBase:
    labels = metric.label_names
    match metric.kind:
        case "counter":
            return Counter(metric.name, metric.help, labels, registry=registry)
        case "histogram":
            return Histogram(
                metric.name, metric.help, labels, registry=registry, buckets=metric.buckets
            )
        case "gauge":
            # Of several workers: what those that live have, together; what all say, once.
            is_one = metric is not metrics.UNDER_WAY
            return Gauge(
                metric.name,
                metric.help,
                labels,
                registry=registry,
                multiprocess_mode="livemax" if is_one else "livesum",
            )
