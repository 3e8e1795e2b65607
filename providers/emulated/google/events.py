"""Google's Cross-Account Protection (RISC): configuration, and security event tokens to the app.

The issuer has a slash at its end, unlike in ID tokens. Sends right ones and the odd ones that a
receiver must live with: long expired, sent twice, meant for somebody else.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from providers.emulated import jws
from providers.emulated.consoles import Registration
from providers.emulated.forgery import STRANGER, Claims
from providers.emulated.google.claims import subject_for
from providers.emulated.google.metadata import CERTS, RING
from providers.emulated.outbound import Outbound
from providers.emulated.people import Person
from providers.emulated.streams import Stream
from providers.emulated.upstream import Upstream

SCHEMA = "https://schemas.openid.net/secevent"
PUSH = f"{SCHEMA}/risc/delivery-method/push"
MANAGEMENT = "/risc.googleapis.com/v1beta"
EVENT_TYPES = {
    "sessions-revoked": f"{SCHEMA}/risc/event-type/sessions-revoked",
    "tokens-revoked": f"{SCHEMA}/oauth/event-type/tokens-revoked",
    "account-disabled": f"{SCHEMA}/risc/event-type/account-disabled",
    "account-enabled": f"{SCHEMA}/risc/event-type/account-enabled",
    "account-purged": f"{SCHEMA}/risc/event-type/account-purged",
    "credential-change": f"{SCHEMA}/risc/event-type/account-credential-change-required",
    "verification": f"{SCHEMA}/risc/event-type/verification",
}
FLAWS = ("none", "expired", "twice", "audience")
DAY = 86_400


@dataclass(frozen=True, slots=True)
class Events:
    """The transmitter."""

    upstream: Upstream
    outbound: Outbound

    async def configuration(self, _request: Request) -> Response:
        """Answer `/.well-known/risc-configuration`."""
        base = self.upstream.base
        return JSONResponse(
            {
                "issuer": f"{base}/",
                "jwks_uri": f"{base}{CERTS}",
                "delivery_methods_supported": [PUSH],
                "add_subject_endpoint": f"{base}{MANAGEMENT}/stream/subjects:add",
                "configuration_endpoint": f"{base}{MANAGEMENT}/stream",
                "status_endpoint": f"{base}{MANAGEMENT}/stream/status",
            }
        )

    async def send(
        self, app: Registration, person: Person, kind: str, flaw: str = "none"
    ) -> tuple[int, ...]:
        """Push an event about a person; return the receiver's status, twice where sent twice.

        Empty where the app's stream is stopped, or was ordered without this type of event.
        """
        if kind == "verification":
            return await self.verify(app, secrets.token_hex(8), flaw)
        stream = self.find_stream(app)
        if stream is None or not stream.carries(EVENT_TYPES[kind]):
            return ()
        subject = {"subject_type": "iss-sub", "iss": self._issuer, "sub": subject_for(person)}
        event: Claims = {"subject": subject}
        if kind == "account-disabled":
            event["reason"] = "hijacking"
        return await self._push(stream, self._describe(app, kind, event, flaw), flaw)

    async def verify(self, app: Registration, state: str, flaw: str = "none") -> tuple[int, ...]:
        """Push a verification event, which goes to every stream that is not stopped."""
        stream = self.find_stream(app)
        if stream is None or not stream.enabled:
            return ()
        claims = self._describe(app, "verification", {"state": state}, flaw)
        return await self._push(stream, claims, flaw)

    def find_stream(self, app: Registration) -> Stream | None:
        """Return the stream that the app has ordered, else the console's, which has every event."""
        ordered = self.upstream.streams.get(app.client_id)
        if ordered is None and app.events_uri:
            return Stream(app.events_uri, tuple(EVENT_TYPES.values()))
        return ordered

    async def _push(self, stream: Stream, claims: Claims, flaw: str) -> tuple[int, ...]:
        token = jws.sign(claims, self.upstream.rings[RING].signer()).encode()
        copies = 2 if flaw == "twice" else 1
        answers = [
            await self.outbound.post(stream.url, token, "application/secevent+jwt")
            for _ in range(copies)
        ]
        return tuple(answer.status for answer in answers)

    def _describe(
        self, app: Registration, kind: str, event: Mapping[str, object], flaw: str
    ) -> Claims:
        now = self.upstream.clock.stamp()
        claims: Claims = {
            "iss": self._issuer,
            "aud": STRANGER if flaw == "audience" else app.client_id,
            "iat": now,
            "jti": secrets.token_hex(16),
            "events": {EVENT_TYPES[kind]: event},
        }
        return {**claims, "exp": now - DAY} if flaw == "expired" else claims

    @property
    def _issuer(self) -> str:
        return f"{self.upstream.base}/"
