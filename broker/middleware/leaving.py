"""`/readyz` while we leave: 503, so that a load balancer sends nobody here any more.

Everything else is answered as before: who came is served, and `/livez` stays as it is, since a
process that is leaving must not be killed for it.
"""

from dataclasses import dataclass

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class Departure:
    """Whether this process has been told to stop."""

    def __init__(self) -> None:
        self.has_begun = False

    def begin(self) -> None:
        """From now on."""
        self.has_begun = True


@dataclass(frozen=True, slots=True)
class ReadyUntilDeparture:
    """Answers one path, once the departure has begun."""

    app: ASGIApp
    departure: Departure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Not ready, or as before."""
        if self.departure.has_begun and scope["type"] == "http" and scope["path"] == "/readyz":
            answer = PlainTextResponse("leaving\n", 503, headers={"Cache-Control": "no-store"})
            await answer(scope, receive, send)
            return
        await self.app(scope, receive, send)
