"""`/livez` and `/readyz`: whether this process lives, and whether it can serve.

Ready is what a login needs of our own: never an upstream or the register.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from broker.telemetry.log import Log
from broker.telemetry.process import ReadyAgain, Unready


class Health:
    """`missing` asks what a login needs of our own and has not.

    The answer is for a balancer and says no more than yes or no. Why it is no stands in the log,
    once for each change.
    """

    def __init__(self, missing: Callable[[], Awaitable[tuple[str, ...]]], log: Log) -> None:
        self._missing = missing
        self._log = log
        self._told: tuple[str, ...] = ()

    async def live(self, _request: Request) -> Response:
        """This process answers."""
        return PlainTextResponse("live\n", headers={"Cache-Control": "no-store"})

    async def ready(self, _request: Request) -> Response:
        """Storage, schema, a ring that is known to be current, and the clock."""
        missing = await self._missing()
        if missing != self._told:
            self._told = missing
            self._log.write(Unready(" ".join(missing)) if missing else ReadyAgain())
        return PlainTextResponse(
            "not ready\n" if missing else "ready\n",
            503 if missing else 200,
            headers={"Cache-Control": "no-store"},
        )
