"""OpenTelemetry, where it is configured: a span per request, a span per call to a provider.

A span holds the route's template, never a path with values, a query, a header or a cookie. Nothing
global is set, and nothing of OpenTelemetry is imported unless this module is.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.trace.status import StatusCode

from broker.telemetry.instruments import Ended

_FAULT = 500
_EXPORT_SECONDS = 3
"""How long a receiver that does not answer is tried: it must not hold up who leaves."""

_CALL_FAULTS = frozenset({"unavailable", "unusable"})


class Tracing:
    """Sends spans to one OTLP receiver; `close` sends what is left."""

    def __init__(self, endpoint: str, version: str) -> None:
        about = Resource.create({"service.name": "farstu", "service.version": version})
        self._provider = TracerProvider(resource=about, shutdown_on_exit=False)
        exporter = OTLPSpanExporter(endpoint=endpoint, timeout=_EXPORT_SECONDS)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("farstu", version)

    @contextmanager
    def request(self, method: str, traceparent: str) -> Iterator[Ended]:
        """The span of a request, within the caller's trace where there is a trusted one."""
        above = Context()
        if traceparent:
            carrier = {"traceparent": traceparent}
            above = TraceContextTextMapPropagator().extract(carrier, context=above)
        with self._tracer.start_as_current_span(
            method,
            context=above,
            kind=SpanKind.SERVER,
            record_exception=False,  # its message may hold anything
            set_status_on_exception=False,
        ) as span:

            def ended(route: str, status: int, reference: str) -> None:
                span.update_name(f"{method} {route}".rstrip())
                span.set_attribute("http.request.method", method)
                span.set_attribute("http.route", route)
                span.set_attribute("farstu.request_id", reference)
                if status:
                    span.set_attribute("http.response.status_code", status)
                if status >= _FAULT:
                    span.set_status(StatusCode.ERROR)

            yield ended

    def called(self, provider: str, endpoint: str, outcome: str, seconds: float) -> None:
        """The span of a call that has ended, within the request that made it."""
        now = time.time_ns()
        span = self._tracer.start_span(
            f"{provider} {endpoint}",
            kind=SpanKind.CLIENT,
            start_time=now - int(seconds * 1e9),
            attributes={
                "farstu.provider": provider,
                "farstu.endpoint": endpoint,
                "farstu.outcome": outcome,
            },
        )
        if outcome in _CALL_FAULTS:
            span.set_status(StatusCode.ERROR)
        span.end(end_time=now)

    def close(self) -> None:
        """Send what is left, for some seconds at most."""
        self._provider.shutdown()
