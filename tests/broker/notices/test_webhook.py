"""Messages by a web address: signed JSON, and three answers that it can give."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
import respx

from broker.notices.channels.webhook import WebhookChannel
from broker.notices.outcomes import Later, Outcome, Refused, Sent
from tests.broker.notices.samples import HER_PHONE, NOW, envelope
from tests.certificates import Certificates

URL = "https://sms.example.se/farstu"
SECRET = "a-webhook-secret-of-more-than-32-characters"
pytestmark = pytest.mark.httpx2(base_url="https://sms.example.se")


@pytest.fixture
async def channel() -> AsyncIterator[WebhookChannel]:
    """The way there."""
    async with httpx2.AsyncClient() as client:
        yield WebhookChannel(client, URL, SECRET, 5.0)


async def test_a_text_message(channel: WebhookChannel, httpx2_mock: respx.MockRouter) -> None:
    """What a gateway needs, and nothing of the customer beyond the number it is sent to."""
    route = httpx2_mock.post("/farstu").respond(202)
    assert await channel.send(envelope(HER_PHONE)) == Sent()
    request = route.calls.last.request
    said = json.loads(request.content)
    assert said == {
        "version": 1,
        "id": "n_4hJ2kWq7Zr0aTn5s",
        "kind": "delegation_by_invoice",
        "company": "elnat",
        "company_name": "Provberga Elnät",
        "medium": "sms",
        "to": "+46701740605",
        "text": envelope().wording.short,
    }
    assert request.headers["idempotency-key"] == "n_4hJ2kWq7Zr0aTn5s"
    assert request.headers["content-type"] == "application/json"


async def test_an_e_mail(channel: WebhookChannel, httpx2_mock: respx.MockRouter) -> None:
    """For a company's own mailing."""
    route = httpx2_mock.post("/farstu").respond(200)
    assert await channel.send(envelope()) == Sent()
    said: dict[str, Any] = json.loads(route.calls.last.request.content)
    assert (said["medium"], said["to"]) == ("email", "astrid@brev.example")
    assert said["from"] == "svara-inte@elnat.example"
    assert said["subject"] == envelope().wording.subject
    assert said["text"] == envelope().wording.text


async def test_the_signature_covers_time_and_body(
    channel: WebhookChannel, httpx2_mock: respx.MockRouter
) -> None:
    """As docs/notices.md tells receivers to check it."""
    route = httpx2_mock.post("/farstu").respond(204)
    await channel.send(envelope(HER_PHONE))
    request = route.calls.last.request
    seconds = int(NOW.timestamp())
    signed = f"{seconds}.".encode() + request.content
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert request.headers["farstu-signature"] == f"t={seconds},v1={expected}"
    assert SECRET not in repr(channel)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (422, Refused("webhook_422")),
        (302, Later("webhook_302")),
        (400, Later("webhook_400")),
        (401, Later("webhook_401")),
        (404, Later("webhook_404")),
        (429, Later("webhook_429")),
        (503, Later("webhook_503")),
    ],
)
async def test_what_a_status_means(
    status: int, outcome: Outcome, channel: WebhookChannel, httpx2_mock: respx.MockRouter
) -> None:
    """422 alone is final: all else is somebody's mistake or a bad day. Nobody is followed."""
    httpx2_mock.post("/farstu").respond(status, headers={"location": "https://evil.example/"})
    assert await channel.send(envelope(HER_PHONE)) == outcome


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (httpx2.ConnectError("no"), Later("unreachable", unreachable=True)),
        (httpx2.ConnectTimeout("no"), Later("unreachable", unreachable=True)),
        (httpx2.ReadTimeout("no"), Later("timeout")),
        (httpx2.ReadError("no"), Later("connection_lost")),
        (httpx2.RemoteProtocolError("no"), Later("connection_lost")),
    ],
)
async def test_no_answer(
    error: Exception, outcome: Outcome, channel: WebhookChannel, httpx2_mock: respx.MockRouter
) -> None:
    """Where nothing could be reached, nothing else is tried just now."""
    httpx2_mock.post("/farstu").mock(side_effect=error)
    assert await channel.send(envelope(HER_PHONE)) == outcome


@pytest.mark.parametrize("listens", [True, False])
async def test_a_certificate_that_proves_nothing_is_named(*, listens: bool) -> None:
    """Whoever looks for a firewall would look for long."""
    context = Certificates(["localhost"], foreign=[]).of("localhost")
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    if not listens:
        server.close()
        await server.wait_closed()
    async with server, httpx2.AsyncClient(trust_env=False) as client:
        channel = WebhookChannel(client, f"https://localhost:{port}/farstu", SECRET, 5.0)
        outcome = await channel.send(envelope(HER_PHONE))
    assert outcome == Later("tls" if listens else "unreachable", unreachable=True)
