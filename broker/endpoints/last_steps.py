"""`/flow/done`, `/flow/consent` and `/flow/leave`: the pages before the way back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from broker.endpoints.arriving import UNKNOWN, Arriving
from broker.endpoints.newcomers import TellingOfNewcomers
from broker.endpoints.showing import Showing
from broker.endpoints.visits import Visits
from broker.flow.keeping import Keeping
from broker.flow.look import Standpoint
from broker.flow.steps import Step
from broker.oauth.errors import AccessDenied
from broker.pages.consenting import ConsentPage
from broker.pages.faces import CompanyFace
from broker.pages.verifying import DelegateTerms, DonePage, NotCustomerPage
from linking import Entry


@dataclass(frozen=True, slots=True)
class LastSteps:
    """Telling, asking, and letting go."""

    visits: Visits
    showing: Showing
    arriving: Arriving
    keeping: Keeping
    companies: Mapping[str, CompanyFace]
    clock: Callable[[], datetime]
    newcomers: TellingOfNewcomers

    async def get_done(self, request: Request) -> Response:
        """What was connected, and how to come in next time; or who else was connected since."""
        visit = await self.visits.of_page(request, "done")
        standpoint = await self.arriving.stand(visit)
        if standpoint.step is Step.NEWCOMER:
            return self.newcomers.show(visit, standpoint, request)
        if standpoint.step is not Step.DONE or visit.kept is None:
            return self.visits.to_flow(visit.request, visit.language)
        return self.showing.in_flow(visit, self._done(standpoint), request=request)

    async def post_done(self, request: Request) -> Response:
        """Read and understood."""
        visit, typed = await self.visits.of_form(request)
        standpoint = await self.arriving.stand(visit)
        answer = None
        if standpoint.step is Step.NEWCOMER:
            answer = await self.newcomers.heard(visit, standpoint, typed, request)
        elif standpoint.step is Step.DONE and visit.kept is not None:
            await self.keeping.change(
                visit.kept, msgspec.structs.replace(visit.kept.progress, told=True)
            )
        return answer or self.visits.to_flow(visit.request, visit.language)

    async def get_consent(self, request: Request) -> Response:
        """What the client will receive."""
        visit = await self.visits.of_page(request, "consent")
        if (await self.arriving.stand(visit)).step is not Step.CONSENT:
            return self.visits.to_flow(visit.request, visit.language)
        names = tuple(self.companies[company].name for company in visit.client.companies)
        page = ConsentPage(visit.request.scopes, names)
        return self.showing.in_flow(visit, page, request=request)

    async def post_consent(self, request: Request) -> Response:
        """Yes or no."""
        visit, typed = await self.visits.of_form(request)
        step = (await self.arriving.stand(visit)).step
        if step is not Step.CONSENT or visit.kept is None:
            return self.visits.to_flow(visit.request, visit.language)
        if typed.get("answer") != "yes":
            return await self.arriving.refuse(visit, AccessDenied("the person did not agree"))
        await self.keeping.change(
            visit.kept, msgspec.structs.replace(visit.kept.progress, agreed=True)
        )
        return self.visits.to_flow(visit.request, visit.language)

    async def get_leave(self, request: Request) -> Response:
        """For those who are not customers: a kind word, and the way back."""
        visit = await self.visits.of_page(request, "leave")
        if (await self.arriving.stand(visit)).step is not Step.NOT_CUSTOMER:
            return self.visits.to_flow(visit.request, visit.language)
        return self.showing.in_flow(visit, NotCustomerPage(), request=request, back="/flow/new")

    async def post_leave(self, request: Request) -> Response:
        """Back to the client with `access_denied`."""
        visit, _ = await self.visits.of_form(request)
        if (await self.arriving.stand(visit)).step not in UNKNOWN:
            return self.visits.to_flow(visit.request, visit.language)
        return await self.arriving.refuse(visit, AccessDenied("the person is not a customer"))

    def _done(self, standpoint: Standpoint) -> DonePage:
        progress = standpoint.progress
        if progress is None:
            raise LookupError("a login without progress has nothing to tell")
        names = dict.fromkeys(
            self.companies[connected.company].name for connected in progress.connected
        )
        return DonePage(
            self.showing.provider(progress.who.provider),
            progress.who.label,
            tuple(names),
            self.clock(),
            _terms(standpoint.entries, {c.customer for c in progress.connected}),
            by_code=progress.answer == "code",
        )


def _terms(entries: tuple[Entry, ...], connected: set[str]) -> DelegateTerms | None:
    """What somebody who helps may do, and until when; None for one's own customers."""
    given = [e for e in entries if e.customer.id in connected and e.expires_at is not None]
    if not given:
        return None
    actions = dict.fromkeys(action for entry in given for action in entry.actions)
    return DelegateTerms(
        tuple(actions), min(entry.expires_at for entry in given if entry.expires_at)
    )
