"""`/flow/verify`: customer number and invoice number, and one more item where that is asked for.

The answer to what does not fit has the same status, headers and words whatever was wrong with it,
and leaves at the same tick.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from broker.endpoints.arriving import Arriving
from broker.endpoints.pacing import Pacing
from broker.endpoints.showing import LATER, Showing
from broker.endpoints.verify_forms import Form, full_minute, read_numbers
from broker.endpoints.visits import Visit, Visits
from broker.flow.auth_request import Progress
from broker.flow.keeping import Keeping, Kept
from broker.flow.steps import Step
from broker.flow.verify import Sent, Tried, Verify
from broker.pages.page import Page
from broker.pages.problems import RegisterDownPage
from broker.pages.verifying import EvidenceCompany
from broker.telemetry.log import Log, RequestRefused, VerificationTried
from linking import (
    Early,
    Level,
    Linked,
    Mistyped,
    MoreEvidence,
    NoMatch,
    Outcome,
    RegisterUnavailable,
    TypedNumbers,
    Wait,
)

UNPROCESSABLE = 422
TOO_MANY_REQUESTS = 429
UNAVAILABLE = 503


@dataclass(frozen=True, slots=True)
class Return:
    """A form that came back, within its login."""

    request: Request
    visit: Visit
    kept: Kept
    form: Form
    typed: TypedNumbers


@dataclass(frozen=True, slots=True)
class VerifyEndpoint:
    """The form of the first visit."""

    visits: Visits
    showing: Showing
    arriving: Arriving
    keeping: Keeping
    verify: Verify
    evidence: Mapping[str, EvidenceCompany]
    pacing: Pacing
    log: Log

    async def get(self, request: Request) -> Response:
        """Show the form."""
        visit = await self.visits.of_page(request, "verify")
        kept = await self._kept(visit)
        if kept is None:
            return self.visits.to_flow(visit.request, visit.language)
        form = self._form(visit, kept)
        return self.showing.in_flow(visit, form.empty(), request=request, back="/flow/whose")

    async def post(self, request: Request) -> Response:
        """Judge what was typed."""
        began = self.pacing.begin()
        visit, parameters = await self.visits.of_form(request)
        kept = await self._kept(visit)
        if kept is None:
            return self.visits.to_flow(visit.request, visit.language)
        typed = read_numbers(parameters)
        sent = Sent(typed, visit.shown_at, request.client.host if request.client else "")
        try:
            tried = await self.verify(kept.progress, visit.client, sent)
        except RegisterUnavailable as error:
            return self._without_register(request, visit, error)
        self.log.write(
            VerificationTried(_name(tried.outcome), visit.client.client_id, visit.request.login_id)
        )
        form = replace(
            self._form(visit, kept),
            more=typed.item is not None,
            is_waiting=bool(parameters.get("waiting")),
        )
        answer = await self._answer(Return(request, visit, kept, form, typed), tried)
        await self.pacing.tick(began)
        return answer

    async def _kept(self, visit: Visit) -> Kept | None:
        standpoint = await self.arriving.stand(visit)
        return visit.kept if standpoint.step is Step.VERIFY else None

    def _form(self, visit: Visit, kept: Kept) -> Form:
        """The form as the client's companies begin it."""
        companies = tuple(self.evidence[company] for company in visit.client.companies)
        return Form(
            companies,
            helping=kept.progress.whose == "helping",
            more=any(company.begins_with_more for company in companies),
        )

    def _without_register(
        self, request: Request, visit: Visit, error: RegisterUnavailable
    ) -> Response:
        """The register cannot answer: nothing was judged, and this same login can go on."""
        self.log.write(RequestRefused(request.url.path, error.code, error.detail))
        page = RegisterDownPage(self.visits.address(visit.request, visit.language))
        return self.showing.in_flow(
            visit,
            page,
            request=request,
            reference=visit.reference,
            status=UNAVAILABLE,
            headers=LATER,
        )

    async def _answer(self, sent: Return, tried: Tried) -> Response:
        form, typed = sent.form, sent.typed
        match tried.outcome:
            case Linked():
                return await self._go_on(sent, tried.progress)
            case MoreEvidence(level=level):
                return await self._ask_more(sent, level)
            case NoMatch(hints=hints) | Mistyped(hints=hints):
                mismatch = isinstance(tried.outcome, NoMatch)
                return self._show(sent, form.again(typed, hints, mismatch=mismatch))
            case Wait() | Early():
                return self._later(sent, tried.outcome)
            case _:
                assert_never(tried.outcome)

    def _later(self, sent: Return, outcome: Wait | Early) -> Response:
        """Not now: the same form, and when it may be sent."""
        left = self._left(outcome.until)
        if isinstance(outcome, Wait):
            return self._show(sent, sent.form.wait(sent.typed, full_minute(outcome.until)), left)
        page = sent.form.moment(sent.typed, timedelta(seconds=left))
        # Still the form that was shown: a new one would begin the moment anew.
        return self._show(sent, page, left, sent.visit.ticket)

    async def _ask_more(self, sent: Return, level: Level) -> Response:
        """A form that asks for more; or the code, which has a page of its own."""
        if level < Level.CODE:
            return self._show(sent, sent.form.asking_more(sent.typed))
        return await self._go_on(sent, msgspec.structs.replace(sent.kept.progress, answer="code"))

    async def _go_on(self, sent: Return, progress: Progress) -> Response:
        await self.keeping.change(sent.kept, progress)
        return self.visits.to_flow(sent.visit.request, sent.visit.language)

    def _left(self, until: datetime) -> int:
        """Seconds, rounded up and never none."""
        return max(1, math.ceil((until - self.visits.clock()).total_seconds()))

    def _show(self, sent: Return, page: Page, left: int = 0, ticket: str = "") -> Response:
        """The form once more; after `left` seconds, where some must pass."""
        return self.showing.in_flow(
            sent.visit,
            page,
            request=sent.request,
            back="/flow/whose",
            status=TOO_MANY_REQUESTS if left else UNPROCESSABLE,
            headers={"Retry-After": str(left)} if left else {},
            ticket=ticket,
        )


def _name(outcome: Outcome) -> str:
    """The outcome's name for the log: which it was, and nothing of what was typed."""
    match outcome:
        case Linked():
            return "linked"
        case NoMatch():
            return "no_match"
        case Wait():
            return "wait"
        case MoreEvidence():
            return "more_evidence"
        case Early():
            return "early"
        case Mistyped():
            return "mistyped"
