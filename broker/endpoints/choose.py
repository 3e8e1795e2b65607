"""`/flow/choose`: which account to sign in with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from broker.endpoints.arriving import Arriving
from broker.endpoints.cookies import LAST_USED, REMEMBER_PROVIDER, Cookies
from broker.endpoints.departing import Departing
from broker.endpoints.showing import Showing
from broker.endpoints.visits import Visit, Visits
from broker.flow.auth_request import Outbound
from broker.flow.keeping import Keeping
from broker.flow.offers import Offer, Offers, needs_fresh_login
from broker.flow.steps import Step
from broker.pages.choosing import Availability, ChoosePage, Notice, NoticeKind, ProviderChoice
from broker.pages.first_time import FirstTime, first_time
from broker.pages.problems import AlreadyDonePage, InAppPage
from broker.pages.verifying import EvidenceCompany
from broker.sessions.sessions import Lifetimes

NOTICES = {
    "cancelled": NoticeKind.CANCELLED,
    "down": NoticeKind.PROVIDER_DOWN,
    "switch": NoticeKind.SWITCH_ACCOUNT,
}


@dataclass(frozen=True, slots=True)
class Choose:
    """The choice of provider."""

    visits: Visits
    showing: Showing
    arriving: Arriving
    departing: Departing
    offers: Offers
    keeping: Keeping
    cookies: Cookies
    lifetimes: Lifetimes
    evidence: Mapping[str, EvidenceCompany]
    clock: Callable[[], datetime]

    async def get(self, request: Request) -> Response:
        """Show the buttons."""
        visit = await self.visits.of_page(request, "choose")
        if visit.outbound is None:
            done = AlreadyDonePage(self.visits.address(visit.request, visit.language))
            return self.showing.in_flow(visit, done, request=request)
        if (await self.arriving.stand(visit)).step is not Step.CHOOSE:
            return self.visits.to_flow(visit.request, visit.language)
        page = self._page(request, visit, visit.outbound)
        reference = visit.outbound.reference
        return self.showing.in_flow(visit, page, request=request, reference=reference)

    async def post(self, request: Request) -> Response:
        """Leave for the chosen one, or (`?switch`) come back here for another account."""
        visit, typed = await self.visits.of_form(request)
        if "switch" in request.query_params:
            return await self._switch(visit)
        if visit.outbound is None:
            return self.visits.to_flow(visit.request, visit.language)
        provider = typed.get("provider")
        face = self.showing.provider(provider)
        if visit.in_app and face.refuses_in_app and not typed.get("anyway"):
            return self.showing.in_flow(visit, InAppPage(face), request=request)
        ticked = msgspec.structs.replace(
            visit.outbound,
            stay=bool(typed.get("stay")),
            remember=bool(typed.get("remember")),
        )
        response = await self.departing.leave(_with(visit, ticked), provider)
        if not ticked.remember:
            self.cookies.set(response, LAST_USED, "")
        return response

    async def _switch(self, visit: Visit) -> Response:
        """Another account: what the provider said is forgotten, and its account chooser forced."""
        if visit.kept is not None:
            await self.keeping.end(visit.kept)
        outbound = Outbound(visit.request, choose_account=True)
        name = visit.kept.progress.who.provider if visit.kept else ""
        return self.departing.back_to_choice(_with(visit, outbound), outbound, "switch", name)

    def _page(self, request: Request, visit: Visit, outbound: Outbound) -> ChoosePage:
        needs_fresh = needs_fresh_login(visit.request, visit.session, self.clock())
        last = self.cookies.read(request).get(LAST_USED, "")
        offers = self.offers.of(visit.client, needs_fresh=needs_fresh)
        return ChoosePage(
            choices=tuple(self._choice(offer, last) for offer in offers),
            notice=self._notice(outbound, needs_fresh=needs_fresh),
            stay_idle_days=self.lifetimes.remembered_idle.days,
            stay_days=self.lifetimes.remembered_absolute.days,
            remember_days=REMEMBER_PROVIDER.days,
            first_time=self._first_time(visit),
            in_app=visit.in_app,
        )

    def _first_time(self, visit: Visit) -> FirstTime | None:
        if not visit.client.customer_required:
            return None
        return first_time([self.evidence[company] for company in visit.client.companies])

    def _choice(self, offer: Offer, last: str) -> ProviderChoice:
        availability = Availability.AVAILABLE
        if not offer.fits:
            availability = Availability.CANNOT_REAUTHENTICATE
        elif not offer.provider.is_up:
            availability = Availability.DOWN
        return ProviderChoice(
            self.showing.provider(offer.name), availability, last_used=offer.name == last
        )

    def _notice(self, outbound: Outbound, *, needs_fresh: bool) -> Notice | None:
        kind = NOTICES.get(outbound.notice)
        if kind is None:
            return Notice(NoticeKind.SIGN_IN_AGAIN) if needs_fresh else None
        name = outbound.notice_provider
        return Notice(kind, self.showing.provider(name) if name else None)


def _with(visit: Visit, outbound: Outbound) -> Visit:
    return replace(visit, outbound=outbound, kept=None)
