"""`/flow/newcomer`: somebody else was connected to a customer whom this person has already.

Shown once. Whoever does not know who it is can end it, which the rules of linking judge again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from broker.endpoints.arriving import Arriving
from broker.endpoints.showing import Showing
from broker.endpoints.visits import Visits
from broker.flow.steps import Step
from broker.pages.faces import CompanyFace
from broker.pages.newcomers import NewcomerEndedPage, NewcomerFace, NewcomerPage
from broker.telemetry.log import Log
from broker.telemetry.notices import NotMeSaid
from linking import NotMe
from linking.model import LinkId, Proof
from linking.objection_ports import Newcomer, NewcomerStore


@dataclass(frozen=True, slots=True)
class NewcomersEndpoint:
    """Telling of newcomers."""

    visits: Visits
    showing: Showing
    arriving: Arriving
    not_me: NotMe
    newcomers: NewcomerStore
    companies: Mapping[str, CompanyFace]
    clock: Callable[[], datetime]
    log: Log

    async def get(self, request: Request) -> Response:
        """Who came: when, and in what way."""
        visit = await self.visits.of_page(request, "newcomer")
        standpoint = await self.arriving.stand(visit)
        if standpoint.step is not Step.NEWCOMER:
            return self.visits.to_flow(visit.request, visit.language)
        page = NewcomerPage(tuple(self._face(each) for each in standpoint.newcomers))
        return self.showing.in_flow(visit, page, request=request)

    async def post(self, request: Request) -> Response:
        """Read; or, nobody whom the person knows."""
        visit, typed = await self.visits.of_form(request)
        standpoint = await self.arriving.stand(visit)
        person = standpoint.person
        if standpoint.step is not Step.NEWCOMER or person is None:
            return self.visits.to_flow(visit.request, visit.language)
        unknown = next(
            (each for each in standpoint.newcomers if each.link == typed.get("unknown")), None
        )
        if unknown is None:
            seen = [LinkId(link) for link in typed.get("seen").split()]
            await self.newcomers.seen(person, seen)
            return self.visits.to_flow(visit.request, visit.language)
        if not await self.not_me.say_of_newcomer(unknown.link, by=person, now=self.clock()):
            return self.visits.to_flow(visit.request, visit.language)
        company = unknown.customer.company
        self.log.write(NotMeSaid(company, "page"))
        page = NewcomerEndedPage(self.companies[company])
        return self.showing.in_flow(visit, page, request=request)

    def _face(self, newcomer: Newcomer) -> NewcomerFace:
        return NewcomerFace(
            newcomer.link,
            self.companies[newcomer.customer.company],
            newcomer.since,
            by_invoice=newcomer.proof is Proof.INVOICE,
        )
