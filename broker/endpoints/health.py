"""`/livez` and `/readyz`: whether this process lives, and whether it can serve.

Ready is what a login needs of our own: never an upstream or the register.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from broker.storage import Check


@dataclass(frozen=True, slots=True)
class Health:
    """`check` says what of our own answers."""

    check: Callable[[], Awaitable[Check]]

    async def live(self, _request: Request) -> Response:
        """This process answers."""
        return PlainTextResponse("live\n", headers={"Cache-Control": "no-store"})

    async def ready(self, _request: Request) -> Response:
        """Storage can be reached and has the schema of this release."""
        is_ready = (await self.check()).is_ready
        return PlainTextResponse(
            "ready\n" if is_ready else "not ready\n",
            200 if is_ready else 503,
            headers={"Cache-Control": "no-store"},
        )
