"""`/callback/{provider}`: the browser comes back from a provider.

The login is found by the `state` in the browser's own sealed cookie; a return without it, with
another provider's, or a second time, goes nowhere.
"""

from dataclasses import dataclass
from hmac import compare_digest

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from broker.clients.registry import ClientRegistry
from broker.endpoints.cookies import LAST_USED, REMEMBER_PROVIDER, SESSION, SIGNED_OUT, Cookies
from broker.endpoints.departing import Departing
from broker.endpoints.forms import read_query
from broker.endpoints.visits import Lost, Visit, VisitLost, Visits, why_gone
from broker.flow.auth_request import Outbound, decode_outbound
from broker.flow.keeping import Keeping
from broker.flow.slots import Slots
from broker.flow.upstream import NotOffered, StateUsed, Upstream, spent_key
from broker.middleware.faults import reference_of
from providers.errors import ProviderError, UpstreamDenied


@dataclass(frozen=True, slots=True)
class CallbackEndpoint:
    """The way back in."""

    upstream: Upstream
    keeping: Keeping
    visits: Visits
    departing: Departing
    clients: ClientRegistry
    cookies: Cookies

    async def get(self, request: Request) -> Response:
        """Take the provider's answer."""
        parameters = read_query(request)
        parameters.refuse_repeated()
        visit, outbound = await self._find(
            request, request.path_params["provider"], parameters.get("state")
        )
        try:
            progress = await self.upstream.return_(outbound, visit.client, parameters.values)
        except UpstreamDenied as denied:
            return self.departing.back_to_choice(visit, outbound, "cancelled", denied.provider)
        except ProviderError as error:
            return self.departing.failed(visit, outbound, error)
        except (StateUsed, NotOffered):
            raise VisitLost(
                Lost.DONE, client_id=visit.client.client_id, language=visit.language
            ) from None
        response = self.visits.to_flow(progress.request, visit.language)
        kept = await self.keeping.keep(progress)
        spent = spent_key(parameters.get("state"))
        self.visits.keep_handle(response, visit.slots, kept, spent=spent)
        self.cookies.set(response, SIGNED_OUT, "")
        if outbound.remember:
            self.cookies.set(response, LAST_USED, progress.who.provider, lasts=REMEMBER_PROVIDER)
        return response

    async def _find(self, request: Request, provider: str, state: str) -> tuple[Visit, Outbound]:
        """The login that left for this provider with this state."""
        cookies = self.cookies.read(request)
        slots = self.visits.slots(request)
        outbound = _with_state(slots, provider, state)
        client = await self.clients.find(outbound.request.client_id) if outbound else None
        if outbound is None or client is None:
            raise await self._come_again(slots, state) or VisitLost(why_gone(cookies))
        language = outbound.request.language
        if outbound.request.is_over(self.visits.clock().timestamp()):
            raise VisitLost(Lost.EXPIRED, client_id=client.client_id, language=language)
        session = await self.visits.sessions.find(cookies.get(SESSION, ""))
        reference = reference_of(request)
        return Visit(client, slots, language, session, reference, outbound=outbound), outbound

    async def _come_again(self, slots: Slots, state: str) -> VisitLost | None:
        """Back or a reload led to a return that was taken: where its login goes on."""
        slot = slots.returned_with(spent_key(state))
        kept = await self.keeping.find(slot.handle) if slot else None
        if kept is None:
            return None
        request = kept.progress.request
        return VisitLost(
            Lost.DONE,
            client_id=request.client_id,
            language=request.language,
            onward=self.visits.address(request),
        )


def _with_state(slots: Slots, provider: str, state: str) -> Outbound | None:
    for slot in slots.opened.values():
        try:
            outbound = decode_outbound(slot.outbound)
        except msgspec.DecodeError:
            continue
        attempt = outbound.attempt
        if (
            attempt is not None
            and attempt.provider == provider
            and compare_digest(attempt.state.encode(), state.encode())
        ):
            return outbound
    return None
