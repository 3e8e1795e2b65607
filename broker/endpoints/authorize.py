"""`/authorize` (OpenID Connect Core section 3.1.2): by GET and POST, answered or begun.

A silent request (`prompt=none`) by GET is decided on the spot, since a hidden frame keeps no cookie
of ours; everything else goes on at `/flow`. A POST never reads the session: a cross-site POST does
not carry it.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from broker.endpoints.arriving import Arriving
from broker.endpoints.forms import read_form, read_query
from broker.endpoints.showing import Showing
from broker.endpoints.visits import Visit, Visits
from broker.flow.auth_request import Outbound
from broker.flow.begin import Begin, Begun
from broker.flow.slots import ATTEMPT_ROOM, DoesNotFit
from broker.oauth.errors import InvalidRequest
from broker.oauth.parameters import Parameters
from broker.oauth.return_address import SendBack


@dataclass(frozen=True, slots=True)
class Authorize:
    """The authorization endpoint."""

    begin: Begin
    visits: Visits
    showing: Showing
    arriving: Arriving
    issuer: str

    async def get(self, request: Request) -> Response:
        """Parameters in the query."""
        begun = await self._begin(read_query(request))
        if isinstance(begun, Begun) and begun.request.silent:
            visit = Visit(
                begun.client,
                self.visits.slots(request),
                begun.request.language,
                await self.visits.session(request),
                outbound=Outbound(begun.request),
            )
            return await self.arriving.decide(visit)
        return self._go_on(request, begun)

    async def post(self, request: Request) -> Response:
        """Parameters in the body."""
        parameters = await read_form(request)
        begun = await self._begin(parameters)
        if isinstance(begun, Begun) and begun.request.silent:
            # Decided by GET, which needs no cookie of ours to be kept.
            return RedirectResponse(f"/authorize?{urlencode(parameters.values)}", 303)
        return self._go_on(request, begun)

    async def _begin(self, parameters: Parameters) -> Begun | SendBack:
        return await self.begin(parameters)

    def _go_on(self, request: Request, begun: Begun | SendBack) -> Response:
        if isinstance(begun, SendBack):
            return self.showing.send(begun, None, self.showing.language_of(request))
        language = begun.request.language or self.showing.language_of(request)
        response = self.visits.to_flow(begun.request, language)
        try:
            self.visits.keep_outbound(
                response,
                self.visits.slots(request),
                Outbound(begun.request),
                spare=ATTEMPT_ROOM,
            )
        except DoesNotFit:
            refusal = begun.request.return_address(self.issuer).refuse(
                InvalidRequest("the request is too large")
            )
            return self.showing.send(refusal, begun.client, language)
        return response
