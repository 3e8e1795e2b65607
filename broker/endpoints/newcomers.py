"""`/flow/done`, where somebody else was connected to a customer whom this person has already.

Shown once. Whoever does not know who it is can end it, which the rules of linking judge again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from broker.endpoints.showing import Showing
from broker.endpoints.visits import Visit
from broker.flow.look import Standpoint
from broker.oauth.parameters import Parameters
from broker.pages.faces import CompanyFace
from broker.pages.newcomers import NewcomerEndedPage, NewcomerFace, NewcomerPage
from broker.telemetry.log import Log
from broker.telemetry.notices import NotMeSaid
from linking import NotMe, PersonId
from linking.model import LinkId, Proof
from linking.objection_ports import Newcomer, NewcomerStore


@dataclass(frozen=True, slots=True)
class TellingOfNewcomers:
    """The page, and what is answered to it."""

    showing: Showing
    not_me: NotMe
    newcomers: NewcomerStore
    companies: Mapping[str, CompanyFace]
    clock: Callable[[], datetime]
    log: Log

    def show(self, visit: Visit, standpoint: Standpoint, request: Request) -> Response:
        """Who came: when, and in what way."""
        page = NewcomerPage(tuple(self._face(each) for each in standpoint.newcomers))
        return self.showing.in_flow(visit, page, request=request)

    async def heard(
        self, visit: Visit, standpoint: Standpoint, typed: Parameters, request: Request
    ) -> Response | None:
        """Read; or, nobody whom the person knows. None: on with the login."""
        person = standpoint.person
        if person is None:
            return None
        unknown = typed.get("unknown")
        newcomer = next((each for each in standpoint.newcomers if each.link == unknown), None)
        if newcomer is not None:
            return await self._end(visit, newcomer, person, request)
        await self.newcomers.seen(person, [LinkId(link) for link in typed.get("seen").split()])
        return None

    async def _end(
        self, visit: Visit, newcomer: Newcomer, person: PersonId, request: Request
    ) -> Response | None:
        if not await self.not_me.say_of_newcomer(newcomer.link, by=person, now=self.clock()):
            return None
        company = newcomer.customer.company
        self.log.write(NotMeSaid(company, "page"))
        return self.showing.in_flow(
            visit, NewcomerEndedPage(self.companies[company]), request=request
        )

    def _face(self, newcomer: Newcomer) -> NewcomerFace:
        return NewcomerFace(
            newcomer.link,
            self.companies[newcomer.customer.company],
            newcomer.since,
            by_invoice=newcomer.proof is Proof.INVOICE,
        )
