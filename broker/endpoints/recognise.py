"""`/flow/new` and `/flow/whose`: who somebody is whom we do not recognise yet."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from broker.endpoints.arriving import UNKNOWN, Arriving
from broker.endpoints.showing import Showing
from broker.endpoints.visits import Visit, Visits
from broker.flow.keeping import Keeping, Kept
from broker.flow.steps import Step
from broker.pages.first_time import first_time
from broker.pages.page import Page
from broker.pages.verifying import (
    EvidenceCompany,
    NotRecognisedPage,
    WhosePage,
    WrongAccountPage,
)

ANSWERED = (Step.WHOSE, Step.VERIFY, Step.CODE)
"""Where it may still be said whose customer number it is."""


@dataclass(frozen=True, slots=True)
class Recognise:
    """The two questions before the numbers. `evidence` is what each company asks for."""

    visits: Visits
    showing: Showing
    arriving: Arriving
    keeping: Keeping
    evidence: Mapping[str, EvidenceCompany]

    async def get_new(self, request: Request) -> Response:
        """What fits you? With `show`: help for one of the answers."""
        visit = await self.visits.of_page(request, "new")
        standpoint = await self.arriving.stand(visit)
        if visit.kept is None or standpoint.step not in UNKNOWN:
            return self.visits.to_flow(visit.request, visit.language)
        show = request.query_params.get("show", "")
        page = self._page(visit, visit.kept, show, known=standpoint.person is not None)
        return self.showing.in_flow(visit, page, request=request)

    async def post_new(self, request: Request) -> Response:
        """Take the answer."""
        visit, typed = await self.visits.of_form(request)
        kept = await self._kept_at(visit, *UNKNOWN)
        if kept is None:
            return self.visits.to_flow(visit.request, visit.language)
        answer = typed.get("answer")
        if answer in {"first", "code", "not_customer"}:
            whose = kept.progress.whose if _changes_evidence(kept, answer) else ""
            progress = msgspec.structs.replace(kept.progress, answer=answer, whose=whose)
            await self.keeping.change(kept, progress)
            return self.visits.to_flow(visit.request, visit.language)
        show = answer if answer == "again" else "unanswered"
        ticket = self.visits.ticket(visit.request, "new", language=visit.language)
        return RedirectResponse(f"/flow/new?t={ticket}&show={show}", 303)

    async def get_whose(self, request: Request) -> Response:
        """Whose number is it?"""
        visit = await self.visits.of_page(request, "whose")
        if await self._kept_at(visit, *ANSWERED) is None:
            return self.visits.to_flow(visit.request, visit.language)
        page = WhosePage(unanswered=request.query_params.get("show") == "unanswered")
        return self.showing.in_flow(visit, page, request=request, back="/flow/new")

    async def post_whose(self, request: Request) -> Response:
        """Take the answer."""
        visit, typed = await self.visits.of_form(request)
        kept = await self._kept_at(visit, *ANSWERED)
        if kept is None:
            return self.visits.to_flow(visit.request, visit.language)
        whose = typed.get("whose")
        if whose in {"mine", "helping"}:
            await self.keeping.change(kept, msgspec.structs.replace(kept.progress, whose=whose))
            return self.visits.to_flow(visit.request, visit.language)
        ticket = self.visits.ticket(visit.request, "whose", language=visit.language)
        return RedirectResponse(f"/flow/whose?t={ticket}&show=unanswered", 303)

    async def _kept_at(self, visit: Visit, *steps: Step) -> Kept | None:
        """The progress, if the login stands at one of these: earlier answers may change."""
        standpoint = await self.arriving.stand(visit)
        return visit.kept if standpoint.step in steps else None

    def _page(self, visit: Visit, kept: Kept, show: str, *, known: bool) -> Page:
        who = kept.progress.who
        provider = self.showing.provider(who.provider)
        first = first_time([self.evidence[company] for company in visit.client.companies])
        if show == "again":
            return WrongAccountPage(provider, who.label, by_code=first.by_code)
        return NotRecognisedPage(
            provider,
            who.label,
            known=known,
            unanswered=show == "unanswered",
            codes=first.codes,
        )


def _changes_evidence(kept: Kept, answer: str) -> bool:
    """From the invoice to the code, or back: it stays said whose customer number it is."""
    return {kept.progress.answer, answer} == {"first", "code"}
