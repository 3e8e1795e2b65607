"""`/flow`: the dispatcher. Asks where the login stands and goes there; shows nothing itself."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from broker.endpoints.arriving import Arriving
from broker.endpoints.visits import Visits


@dataclass(frozen=True, slots=True)
class FlowDispatcher:
    """Every step ends here."""

    visits: Visits
    arriving: Arriving

    async def get(self, request: Request) -> Response:
        """Go on."""
        return await self.arriving.decide(await self.visits.of_page(request, ""))
