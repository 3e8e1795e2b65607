"""`/flow/code` and `/flow/ask`: a code that was sent to the customer, typed in or asked for.

Asking is answered alike for every number, and tells nothing of whether a code is on its way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from broker.endpoints.arriving import Arriving
from broker.endpoints.code_forms import CodeForms, Wish
from broker.endpoints.showing import Showing
from broker.endpoints.trying import UNPROCESSABLE, Form, Trying
from broker.endpoints.visits import Visit, Visits
from broker.flow.ask import Asked, AskForCode
from broker.flow.keeping import Kept
from broker.flow.steps import Step
from broker.flow.verify import Tried
from broker.pages.again import FIELD, read_again
from broker.pages.coding import AskCodePage, CodeCompany
from linking import Early, Linked, TypedCode, Wait


@dataclass(frozen=True, slots=True)
class CodeEndpoint:
    """The two pages of codes, within a login."""

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
        page = self._forms(visit).page()
        return self.showing.in_flow(visit, page, request=request, back="/flow/whose")

    async def post(self, request: Request) -> Response:
        """Judge a code; or go to where one is asked for."""
        visit, parameters = await self.visits.of_form(request)
        kept = await self._kept(visit)
        if kept is None:
            return self.visits.to_flow(visit.request, visit.language)
        if parameters.get("ask"):
            ticket = self.visits.ticket(visit.request, "ask", language=visit.language)
            return RedirectResponse(f"/flow/ask?t={ticket}", 303)
        typed = self._forms(visit).read(parameters)
        form = Form(request, visit, kept, "/flow/whose")
        if said := read_again(parameters.get(FIELD)):
            page = self._forms(visit).once_more(typed, said, self.trying.now)
            return self.trying.repeat(form, page)
        waited = bool(parameters.get("waiting"))
        answer = partial(self._answer, form, typed, waited=waited)
        return await self.trying.answer(form, typed, answer)

    async def get_ask(self, request: Request) -> Response:
        """Show where a code is asked for."""
        visit = await self.visits.of_page(request, "ask")
        if await self._kept(visit) is None:
            return self.visits.to_flow(visit.request, visit.language)
        forms = self._forms(visit)
        if not forms.can_ask:
            return self.visits.to_flow(visit.request, visit.language)
        page = forms.asking()
        return self.showing.in_flow(visit, page, request=request, back="/flow/code")

    async def post_ask(self, request: Request) -> Response:
        """Take the wish; the answer is the same whoever has the number, or nobody."""
        visit, parameters = await self.visits.of_form(request)
        kept = await self._kept(visit)
        if kept is None:
            return self.visits.to_flow(visit.request, visit.language)
        forms = self._forms(visit)
        if not forms.can_ask:
            return self.visits.to_flow(visit.request, visit.language)
        if said := read_again(parameters.get(FIELD)):
            again = forms.asked_once_more(parameters.get("customer_number"), said)
            back = "/flow/code" if isinstance(again, AskCodePage) else "/flow/ask"
            return self.showing.in_flow(visit, again, request=request, back=back)
        wish = forms.read_wish(parameters)
        if isinstance(wish, Wish):
            who, companies = kept.progress.who, visit.client.companies
            asked = await self.ask(who.issuer, who.subject, companies, wish.number, wish.medium)
            if asked is Asked.WRITTEN:
                sent = replace(forms.page(wish.number), on_its_way=wish.medium.value)
                return self.showing.in_flow(visit, sent, request=request, back="/flow/ask")
            wish = forms.enough(wish.number, asked)
        return self._asked_wrongly(request, visit, wish)

    def _asked_wrongly(self, request: Request, visit: Visit, page: AskCodePage) -> Response:
        return self.showing.in_flow(
            visit, page, request=request, back="/flow/code", status=UNPROCESSABLE
        )

    async def _kept(self, visit: Visit) -> Kept | None:
        standpoint = await self.arriving.stand(visit)
        return visit.kept if standpoint.step is Step.CODE else None

    def _forms(self, visit: Visit) -> CodeForms:
        known = tuple(self.companies[company] for company in visit.client.companies)
        helping = visit.kept is not None and visit.kept.progress.whose == "helping"
        rules = self.ask.rules(visit.client.companies)
        return CodeForms(known, rules, "/flow", helping=helping)

    async def _answer(
        self, form: Form, typed: TypedCode, tried: Tried, *, waited: bool
    ) -> Response:
        outcome = tried.outcome
        if isinstance(outcome, Linked):
            return await self.trying.go_on(form, tried.progress)
        page = self._forms(form.visit).again(typed, outcome, now=self.trying.now, waited=waited)
        reference = self.trying.wait_reference(form) if page.pause else ""
        if isinstance(outcome, Wait | Early):
            left = self.trying.left(outcome.until)
            return self.trying.show(form, page, left, reference=reference)
        return self.trying.show(form, page, reference=reference)
