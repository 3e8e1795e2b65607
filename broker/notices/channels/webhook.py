"""A web address that takes messages over: a gateway for text messages, or a company's own mailing.

It gets JSON, signed: `Farstu-Signature: t=SECONDS,v1=HEX`, the HMAC-SHA256 of `SECONDS.BODY` under
the shared secret. It answers 2xx when it has taken the message, 422 when this recipient can never
be reached; after anything else the same message comes again, with the same `id`.
"""

import asyncio
import hmac
from dataclasses import dataclass, field
from typing import ClassVar, Final

import httpx2
import msgspec

from broker.notices.channels.causes import comes_from_tls
from broker.notices.envelope import Envelope
from broker.notices.outcomes import Later, Outcome, Refused, Sent
from broker.notices.recipients import EmailAddress, Letter, PhoneNumber

SIGNATURE: Final = "Farstu-Signature"
VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class WebhookChannel:
    """`seconds` is how long the whole of one try may take."""

    client: httpx2.AsyncClient
    url: str
    secret: str = field(repr=False)
    seconds: float
    name: ClassVar[str] = "webhook"

    async def send(self, envelope: Envelope) -> Outcome:
        body = msgspec.json.encode(_said(envelope))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": envelope.id,
            SIGNATURE: signature(self.secret, int(envelope.at.timestamp()), body),
        }
        request = self.client.build_request(
            "POST", self.url, content=body, headers=headers, timeout=self.seconds
        )
        try:
            async with asyncio.timeout(self.seconds):
                # Streamed and closed: of the answer nothing but the status is ever read.
                response = await self.client.send(request, stream=True, follow_redirects=False)
                await response.aclose()
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            return Later("tls" if comes_from_tls(error) else "unreachable", unreachable=True)
        except (TimeoutError, httpx2.TimeoutException):
            return Later("timeout")
        except httpx2.TransportError:
            return Later("connection_lost")
        return _outcome(response.status_code)


def signature(secret: str, seconds: int, body: bytes) -> str:
    """The header's value; the time is signed too, so that the receiver can refuse old ones."""
    signed = b"%d.%b" % (seconds, body)
    return f"t={seconds},v1={hmac.digest(secret.encode(), signed, 'sha256').hex()}"


def _said(envelope: Envelope) -> dict[str, str | int]:
    company, wording = envelope.sender.company, envelope.wording
    said: dict[str, str | int] = {
        "version": VERSION,
        "id": envelope.id,
        "kind": envelope.kind,
        "company": company.id,
        "company_name": company.name,
    }
    match envelope.to:
        case EmailAddress(address):
            text = {"subject": wording.subject, "text": wording.text}
            return said | {"medium": "email", "to": address, "from": envelope.sender.address} | text
        case PhoneNumber(number):
            return said | {"medium": "sms", "to": number, "text": wording.short}
        case Letter():
            raise TypeError("letters do not go this way")


def _outcome(status: int) -> Outcome:
    if httpx2.codes.is_success(status):
        return Sent()
    if status == httpx2.codes.UNPROCESSABLE_CONTENT:
        return Refused("webhook_422")
    return Later(f"webhook_{status}")
