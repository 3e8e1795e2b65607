"""`/flow/verify`: customer number and invoice number, and one more item where that is asked for.

The answer to what does not fit has the same status, headers and words whatever was wrong with it,
and leaves at the same tick.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import assert_never

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from broker.endpoints.arriving import Arriving
from broker.endpoints.showing import Showing
from broker.endpoints.trying import Form, Trying, pause
from broker.endpoints.verify_forms import NumbersForm, read_numbers
from broker.endpoints.visits import Visit, Visits
from broker.flow.keeping import Kept
from broker.flow.steps import Step
from broker.flow.verify import Tried
from broker.pages.again import FIELD, read_again
from broker.pages.pausing import Pause
from broker.pages.verifying import EvidenceCompany
from linking import (
    Early,
    Level,
    Linked,
    Mistyped,
    MoreEvidence,
    NoMatch,
    TypedNumbers,
    Wait,
)

BACK = "/flow/whose"


@dataclass(frozen=True, slots=True)
class VerifyEndpoint:
    """The form of the first visit."""

    visits: Visits
    showing: Showing
    arriving: Arriving
    trying: Trying
    evidence: Mapping[str, EvidenceCompany]

    async def get(self, request: Request) -> Response:
        """Show the form."""
        visit = await self.visits.of_page(request, "verify")
        kept = await self._kept(visit)
        if kept is None:
            return self.visits.to_flow(visit.request, visit.language)
        form = self._form(visit, kept)
        return self.showing.in_flow(visit, form.empty(), request=request, back=BACK)

    async def post(self, request: Request) -> Response:
        """Judge what was typed."""
        visit, parameters = await self.visits.of_form(request)
        kept = await self._kept(visit)
        if kept is None:
            return self.visits.to_flow(visit.request, visit.language)
        typed = read_numbers(parameters)
        numbers = replace(
            self._form(visit, kept),
            more=typed.item is not None,
            is_waiting=bool(parameters.get("waiting")),
        )
        form = Form(request, visit, kept, BACK)
        if said := read_again(parameters.get(FIELD)):
            return self.trying.repeat(form, numbers.once_more(typed, said, self.trying.now))
        return await self.trying.answer(form, typed, partial(self._answer, form, numbers, typed))

    async def _kept(self, visit: Visit) -> Kept | None:
        standpoint = await self.arriving.stand(visit)
        return visit.kept if standpoint.step is Step.VERIFY else None

    def _form(self, visit: Visit, kept: Kept) -> NumbersForm:
        """The form as the client's companies begin it."""
        companies = tuple(self.evidence[company] for company in visit.client.companies)
        return NumbersForm(
            companies,
            helping=kept.progress.whose == "helping",
            more=any(company.begins_with_more for company in companies),
        )

    async def _answer(
        self, form: Form, numbers: NumbersForm, typed: TypedNumbers, tried: Tried
    ) -> Response:
        match tried.outcome:
            case Linked():
                return await self.trying.go_on(form, tried.progress)
            case MoreEvidence(level=Level.CODE):  # which has a page of its own
                asked = msgspec.structs.replace(form.kept.progress, answer="code")
                return await self.trying.go_on(form, asked)
            case MoreEvidence():
                # Still the form that was shown, so that nobody pays for the time twice.
                page, ticket = numbers.asking_more(typed), form.visit.ticket
                return self.trying.show(form, page, ticket=ticket)
            case NoMatch():
                return self._wrong(form, numbers, typed, tried.outcome)
            case Mistyped(hints=hints):
                return self.trying.show(form, numbers.again(typed, hints, mismatch=False))
            case Wait() | Early():
                return self._later(form, numbers, typed, tried.outcome)
            case _:
                assert_never(tried.outcome)

    def _wrong(
        self, form: Form, numbers: NumbersForm, typed: TypedNumbers, outcome: NoMatch
    ) -> Response:
        """Not true; and where that begins a wait, it is said at once, not at the next try."""
        page = numbers.again(typed, outcome.hints, mismatch=True)
        if outcome.wait_until is None:
            return self.trying.show(form, page)
        page = replace(page, pause=pause(outcome.wait_until, self.trying.now))
        return self.trying.show(form, page, reference=self.trying.wait_reference(form))

    def _later(
        self, form: Form, numbers: NumbersForm, typed: TypedNumbers, outcome: Wait | Early
    ) -> Response:
        """Not now: the same form, and when it may be sent."""
        left = self.trying.left(outcome.until)
        if isinstance(outcome, Wait):
            page = numbers.wait(typed, Pause(outcome.until, left))
            return self.trying.show(form, page, left, reference=self.trying.wait_reference(form))
        # Still the form that was shown: a new one would begin the moment anew.
        ticket = form.visit.ticket
        return self.trying.show(form, numbers.moment(typed, left), left, ticket=ticket)
