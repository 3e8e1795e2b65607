"""Traces, received as a collector would: spans of requests and calls, without anything private."""

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from broker.telemetry.tracing import Tracing
from tests.running import Installation

pytestmark = pytest.mark.processes

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


class Collector:
    """An OTLP/HTTP receiver; keeps what came, decoded and raw."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.raw = b""
        receiver = self

        class Receiving(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.keep(body)
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Be quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Receiving)
        self.endpoint = f"http://127.0.0.1:{self.server.server_address[1]}/v1/traces"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def keep(self, body: bytes) -> None:
        request = ExportTraceServiceRequest()
        request.ParseFromString(body)
        self.raw += body
        self.spans += [
            span
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


@pytest.fixture
def collector() -> Iterator[Collector]:
    """One on a free port."""
    receiving = Collector()
    yield receiving
    receiving.server.shutdown()
    receiving.server.server_close()


def _attributes(span: Span) -> dict[str, str]:
    return {
        each.key: str(each.value.string_value or each.value.int_value) for each in span.attributes
    }


def test_a_call_stands_within_its_request(collector: Collector) -> None:
    """The caller's trace goes on; a provider's name and endpoint, route and status, no more."""
    tracing = Tracing(collector.endpoint, "1.2.3")
    with tracing.request("GET", PARENT) as ended:
        tracing.called("google", "token", "unavailable", 0.25)
        ended("/callback/{provider}", 503, "AB12-CD34")
    tracing.close()
    call, request = collector.spans
    assert {span.trace_id.hex() for span in collector.spans} == {TRACE}
    assert call.parent_span_id == request.span_id
    assert call.end_time_unix_nano - call.start_time_unix_nano == 250_000_000
    assert _attributes(call) == {
        "farstu.provider": "google",
        "farstu.endpoint": "token",
        "farstu.outcome": "unavailable",
    }
    assert request.name == "GET /callback/{provider}"
    assert _attributes(request) == {
        "http.request.method": "GET",
        "http.route": "/callback/{provider}",
        "http.response.status_code": "503",
        "farstu.request_id": "AB12-CD34",
    }
    assert request.status.code == call.status.code == 2


def test_a_fault_tells_nothing_of_itself(collector: Collector) -> None:
    """An exception's message may hold anything: it is in no span."""
    tracing = Tracing(collector.endpoint, "1.2.3")
    with pytest.raises(RuntimeError), tracing.request("GET", ""):
        raise RuntimeError("the code is s3cr3t")
    tracing.close()
    assert collector.spans
    assert b"s3cr3t" not in collector.raw


async def test_a_login_is_traced_and_tells_nobody(
    collector: Collector, installation: Installation
) -> None:
    """A whole first login of a running broker: no token, code, number, cookie, address in it.

    A visitor's own `traceparent` is not taken up.
    """
    telemetry = installation.settings.telemetry.model_copy(
        update={"otlp_endpoint": collector.endpoint}
    )
    installation.settings = installation.settings.model_copy(update={"telemetry": telemetry})
    installation.write()
    browser = installation.browser()
    browser.client.headers["traceparent"] = PARENT
    with installation.upstream(), installation.serving() as broker:
        await asyncio.to_thread(broker.wait_for, "worker_started")
        tokens = await installation.sign_in("load-1", browser)
        cookies = [cookie.value or "" for cookie in browser.client.cookies.jar]
        broker.process.terminate()
        assert await asyncio.to_thread(broker.end) == 0
    names = {span.name for span in collector.spans}
    assert {"GET /callback/{provider}", "POST /token", "google token"} <= names
    assert TRACE not in {span.trace_id.hex() for span in collector.spans}
    secrets = [*cookies, *browser.query.values(), tokens["access_token"], tokens["id_token"]]
    canaries = [*secrets, "100245", "1007001", "load-1", "@gmail.com", "state=", "code="]
    assert [each for each in canaries if each and each.encode() in collector.raw] == []
