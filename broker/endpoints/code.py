"""`/flow/code` and `/flow/ask`: a code that was sent to the customer, typed in or asked for.

Asking is answered alike for every number, and tells nothing of whether a code is on its way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import assert_never

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from broker.endpoints.arriving import Arriving
from broker.endpoints.showing import Showing
from broker.endpoints.trying import Form, Trying, full_minute
from broker.endpoints.visits import Visit, Visits
from broker.flow.ask import AskForCode
from broker.flow.keeping import Kept
from broker.flow.steps import Step
from broker.flow.verify import Tried
from broker.oauth.parameters import Parameters
from broker.pages.coding import AskCodePage, CodeCompany, CodePage
from broker.pages.faces import CompanyFace
from broker.pages.verifying import FieldError
from linking import (
    Early,
    Hint,
    Linked,
    Medium,
    Mistyped,
    MoreEvidence,
    NoMatch,
    TypedCode,
    Wait,
    shown_again,
)
from linking.codes import read_code

BACK = "/flow/whose"
UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class CodeEndpoint:
    """The two pages of codes."""

    visits: Visits
    showing: Showing
    arriving: Arriving
    trying: Trying
    ask: AskForCode
    companies: Mapping[str, CodeCompany]

    async def get(self, request: Request) -> Response:
        """Show where a code is typed."""
        visit = await self.visits.of_page(request, "code")
        if await self._kept(visit) is None:
            return self.visits.to_flow(visit.request, visit.language)
        return self.showing.in_flow(visit, self._page(visit), request=request, back=BACK)

    async def post(self, request: Request) -> Response:
        """Judge a code; or go to where one is asked for."""
        visit, parameters = await self.visits.of_form(request)
        kept = await self._kept(visit)
        if kept is None:
            return self.visits.to_flow(visit.request, visit.language)
        if parameters.get("ask"):
            ticket = self.visits.ticket(visit.request, "ask", language=visit.language)
            return RedirectResponse(f"/flow/ask?t={ticket}", 303)
        typed = TypedCode(parameters.get("customer_number"), parameters.get("code"))
        form = Form(request, visit, kept, BACK)
        page = replace(
            self._page(visit),
            customer_number=shown_again(typed.customer),
            code=read_code(typed.code),
        )
        return await self.trying.answer(form, typed, partial(self._answer, form, page))

    async def get_ask(self, request: Request) -> Response:
        """Show where a code is asked for."""
        visit = await self.visits.of_page(request, "ask")
        if await self._kept(visit) is None:
            return self.visits.to_flow(visit.request, visit.language)
        page = AskCodePage(self._faces(visit), self._media(visit))
        return self.showing.in_flow(visit, page, request=request, back="/flow/code")

    async def post_ask(self, request: Request) -> Response:
        """Take the wish; the answer is the same whoever has the number, or nobody."""
        visit, parameters = await self.visits.of_form(request)
        kept = await self._kept(visit)
        if kept is None:
            return self.visits.to_flow(visit.request, visit.language)
        number, medium = parameters.get("customer_number"), self._medium(visit, parameters)
        page = AskCodePage(self._faces(visit), self._media(visit), shown_again(number))
        if not number.strip() or medium is None:
            return self._asked_wrongly(request, visit, replace(page, empty=not number.strip()))
        if not await self.ask(kept.progress, visit.client, number, medium):
            return self._asked_wrongly(request, visit, replace(page, too_often=True))
        sent = replace(self._page(visit), customer_number=shown_again(number), on_its_way=medium)
        return self.showing.in_flow(visit, sent, request=request, back="/flow/ask")

    async def _kept(self, visit: Visit) -> Kept | None:
        standpoint = await self.arriving.stand(visit)
        return visit.kept if standpoint.step is Step.CODE else None

    def _page(self, visit: Visit) -> CodePage:
        return CodePage(self._faces(visit), self._media(visit))

    def _faces(self, visit: Visit) -> tuple[CompanyFace, ...]:
        return tuple(self.companies[company].face for company in visit.client.companies)

    def _media(self, visit: Visit) -> tuple[Medium, ...]:
        """What any of the client's companies sends by, the quicker first."""
        offered = {m for company in visit.client.companies for m in self.companies[company].media}
        return tuple(medium for medium in Medium if medium in offered)

    def _medium(self, visit: Visit, parameters: Parameters) -> Medium | None:
        """What was chosen, or the only one that there is."""
        media = self._media(visit)
        if len(media) == 1:
            return media[0]
        return next((each for each in media if each == parameters.get("medium")), None)

    def _asked_wrongly(self, request: Request, visit: Visit, page: AskCodePage) -> Response:
        return self.showing.in_flow(
            visit, page, request=request, back="/flow/code", status=UNPROCESSABLE
        )

    async def _answer(self, form: Form, page: CodePage, tried: Tried) -> Response:
        match tried.outcome:
            case Linked():
                return await self.trying.go_on(form, tried.progress)
            case NoMatch() | MoreEvidence():  # there is nothing more to ask for than a code
                return self.trying.show(form, replace(page, mismatch=True))
            case Mistyped(hints=hints):
                errors = {hint.field.value: _error(hint) for hint in hints}
                return self.trying.show(form, replace(page, errors=errors))
            case Wait(until=until) | Early(until=until):
                later = replace(page, until=full_minute(until))
                return self.trying.show(form, later, self.trying.left(until))
            case _:
                assert_never(tried.outcome)


def _error(hint: Hint) -> FieldError:
    return FieldError(hint.mistake.value)
