"""`/flow/done`, where somebody else was connected to a customer whom this person has already.

Shown once. Whoever does not know who it is can say so; what comes of it the rules of linking say.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from starlette.requests import Request
from starlette.responses import Response

from broker.endpoints.showing import Showing
from broker.endpoints.visits import Visit
from broker.flow.look import Standpoint
from broker.oauth.parameters import Parameters
from broker.pages.faces import CompanyFace
from broker.pages.newcomers import (
    NewcomerEndedPage,
    NewcomerFace,
    NewcomerPage,
    NewcomerPassedOnPage,
)
from broker.telemetry.log import Log
from broker.telemetry.notices import NewcomerUnknown
from linking import Heard, PersonId, Strangers
from linking.model import CustomerId, LinkId, Proof
from linking.newcomers.ports import Newcomer, NewcomerStore


@dataclass(frozen=True, slots=True)
class TellingOfNewcomers:
    """The page, and what is answered to it."""

    showing: Showing
    strangers: Strangers
    newcomers: NewcomerStore
    companies: Mapping[str, CompanyFace]
    clock: Callable[[], datetime]
    log: Log

    def show(self, visit: Visit, standpoint: Standpoint, request: Request) -> Response:
        """Who came: when, and in what way."""
        by_code = {
            each.customer.id
            for each in standpoint.entries
            if each.delegation is None and each.proof is Proof.CODE
        }
        page = NewcomerPage(tuple(self._face(each, by_code) for each in standpoint.newcomers))
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
            return await self._unknown(visit, newcomer, person, request)
        await self.newcomers.seen(person, [LinkId(link) for link in typed.get("seen").split()])
        return None

    async def _unknown(
        self, visit: Visit, newcomer: Newcomer, person: PersonId, request: Request
    ) -> Response | None:
        heard = await self.strangers.unknown(newcomer.link, to=person, now=self.clock())
        company = newcomer.customer.company
        page: NewcomerEndedPage | NewcomerPassedOnPage
        match heard:
            case Heard.NOTHING:
                return None
            case Heard.ENDED:
                page = NewcomerEndedPage(self.companies[company])
            case Heard.PASSED_ON:
                page = NewcomerPassedOnPage(self.companies[company])
            case _:
                assert_never(heard)
        self.log.write(NewcomerUnknown(company, heard))
        return self.showing.in_flow(visit, page, request=request)

    def _face(self, newcomer: Newcomer, by_code: Collection[CustomerId]) -> NewcomerFace:
        return NewcomerFace(
            newcomer.link,
            self.companies[newcomer.customer.company],
            newcomer.since,
            by_invoice=newcomer.proof is Proof.INVOICE,
            ends=newcomer.customer.id in by_code,
        )
