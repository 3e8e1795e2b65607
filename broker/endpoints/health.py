"""`/livez` and `/readyz`: whether this process lives, and whether it can serve.

Ready is what a login needs of our own: never an upstream or the register.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response


@dataclass(frozen=True, slots=True)
class Health:
    """`is_ready` asks what of our own a login needs."""

    is_ready: Callable[[], Awaitable[bool]]

    async def live(self, _request: Request) -> Response:
        """This process answers."""
        return PlainTextResponse("live\n", headers={"Cache-Control": "no-store"})

    async def ready(self, _request: Request) -> Response:
        """Storage, schema, a ring that is known to be current, and the clock."""
        is_ready = await self.is_ready()
        return PlainTextResponse(
            "ready\n" if is_ready else "not ready\n",
            200 if is_ready else 503,
            headers={"Cache-Control": "no-store"},
        )
