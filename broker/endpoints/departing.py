"""Sending the browser to a provider: the attempt goes into its sealed cookie, then off."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec
from starlette.responses import RedirectResponse, Response

from broker.endpoints.visits import Visit, Visits
from broker.flow.auth_request import Outbound
from broker.flow.offers import needs_fresh_login
from broker.flow.upstream import NotOffered, Upstream
from broker.telemetry.log import Log, UpstreamFailed
from broker.telemetry.logins import LoginBegun
from providers.errors import ProviderError, UpstreamInvalid


@dataclass(frozen=True, slots=True)
class Departing:
    """The way out."""

    upstream: Upstream
    visits: Visits
    log: Log
    clock: Callable[[], datetime]

    async def leave(self, visit: Visit, provider: str) -> Response:
        """Off to the provider; when it cannot be reached, back to the choice, which says so."""
        outbound = visit.outbound
        if outbound is None:
            return self.visits.to_flow(visit.request, visit.language)
        needs_fresh = needs_fresh_login(visit.request, visit.session, self.clock())
        request = msgspec.structs.replace(outbound.request, language=visit.language)
        outbound = msgspec.structs.replace(
            outbound,
            request=request,
            choose_account=outbound.choose_account or visit.has_signed_out,
        )
        try:
            left, url = await self.upstream.leave(
                outbound, visit.client, provider, needs_fresh=needs_fresh
            )
        except NotOffered:
            return self.visits.to_flow(request, visit.language)
        except ProviderError as error:
            return self.failed(visit, outbound, error)
        self.log.write(LoginBegun(provider, visit.client.client_id, request.login_id))
        response = RedirectResponse(url, 303)
        self.visits.keep_outbound(response, visit.slots, left)
        return response

    def failed(self, visit: Visit, outbound: Outbound, error: ProviderError) -> Response:
        """The provider cannot be used now: back to the choice, with a reference to the log."""
        check = error.check if isinstance(error, UpstreamInvalid) else ""
        login_id = outbound.request.login_id
        self.log.write(UpstreamFailed(error.provider, error.code, check, login_id))
        outbound = msgspec.structs.replace(outbound, reference=visit.reference)
        return self.back_to_choice(visit, outbound, "down", error.provider)

    def back_to_choice(
        self, visit: Visit, outbound: Outbound, notice: str, provider: str
    ) -> Response:
        """The choice of provider again, saying why; one that the client named is not retried."""
        request = msgspec.structs.replace(outbound.request, idp_hint="")
        response = self.visits.to_flow(request, visit.language)
        self.visits.keep_outbound(
            response,
            visit.slots,
            msgspec.structs.replace(
                outbound,
                request=request,
                attempt=None,
                notice=notice,
                notice_provider=provider,
            ),
        )
        return response
