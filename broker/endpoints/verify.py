"""`/flow/verify`: customer number and invoice number.

The answer to a wrong pair has the same status, headers and words whatever was wrong with it. What
was typed comes back to the form and goes nowhere else; a personal identity number does not even
come back.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from broker.endpoints.arriving import Arriving
from broker.endpoints.showing import LATER, Showing
from broker.endpoints.visits import Visit, Visits
from broker.flow.keeping import Keeping, Kept
from broker.flow.steps import Step
from broker.flow.verify import Verify
from broker.pages.page import Page
from broker.pages.problems import RegisterDownPage
from broker.pages.verifying import EvidenceCompany, FieldError, VerifyPage, WaitPage
from broker.telemetry.log import Log, RequestRefused, VerificationTried
from linking import (
    Field,
    Hint,
    Linked,
    Mistyped,
    NoMatch,
    Outcome,
    RegisterUnavailable,
    TypedNumbers,
    Wait,
    shown_again,
)

UNPROCESSABLE = 422
TOO_MANY_REQUESTS = 429
UNAVAILABLE = 503


@dataclass(frozen=True, slots=True)
class VerifyEndpoint:
    """The form of the first visit."""

    visits: Visits
    showing: Showing
    arriving: Arriving
    keeping: Keeping
    verify: Verify
    evidence: Mapping[str, EvidenceCompany]
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
        visit, parameters = await self.visits.of_form(request)
        kept = await self._kept(visit)
        if kept is None:
            return self.visits.to_flow(visit.request, visit.language)
        typed = TypedNumbers(parameters.get("customer_number"), parameters.get("invoice_number"))
        try:
            tried = await self.verify(kept.progress, visit.client, typed)
        except RegisterUnavailable as error:
            return self._later(request, visit, error)
        self.log.write(
            VerificationTried(_name(tried.outcome), visit.client.client_id, visit.request.login_id)
        )
        if isinstance(tried.outcome, Linked):
            await self.keeping.change(kept, tried.progress)
            return self.visits.to_flow(visit.request, visit.language)
        form = replace(self._form(visit, kept), is_waiting=bool(parameters.get("waiting")))
        return self._again(request, visit, form, typed, tried.outcome)

    async def _kept(self, visit: Visit) -> Kept | None:
        standpoint = await self.arriving.stand(visit)
        return visit.kept if standpoint.step is Step.VERIFY else None

    def _form(self, visit: Visit, kept: Kept) -> "Form":
        return Form(
            tuple(self.evidence[company] for company in visit.client.companies),
            helping=kept.progress.whose == "helping",
        )

    def _later(self, request: Request, visit: Visit, error: RegisterUnavailable) -> Response:
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

    def _again(
        self,
        request: Request,
        visit: Visit,
        form: "Form",
        typed: TypedNumbers,
        outcome: NoMatch | Wait | Mistyped,
    ) -> Response:
        page: Page
        status, headers = UNPROCESSABLE, {}
        if isinstance(outcome, Wait):
            page = form.wait(typed, full_minute(outcome.until))
            left = outcome.until - self.visits.clock()
            status = TOO_MANY_REQUESTS
            headers = {"Retry-After": str(max(1, math.ceil(left.total_seconds())))}
        else:
            mismatch = isinstance(outcome, NoMatch)
            page = form.again(typed, outcome.hints, mismatch=mismatch)
        return self.showing.in_flow(
            visit, page, request=request, back="/flow/whose", status=status, headers=headers
        )


@dataclass(frozen=True, slots=True)
class Form:
    """The form's pages, for these companies; `is_waiting` when it was sent from the pause."""

    companies: tuple[EvidenceCompany, ...]
    helping: bool = field(kw_only=True)
    is_waiting: bool = False

    def empty(self) -> VerifyPage:
        """The form as it is met first."""
        return VerifyPage(self.companies, helping=self.helping)

    def again(self, typed: TypedNumbers, hints: tuple[Hint, ...], *, mismatch: bool) -> VerifyPage:
        """The form with what was typed and what may be wrong with it."""
        errors = {hint.field: hint for hint in hints}
        discarded = {hint.field for hint in hints if hint.discards}
        keeps_customer = Field.CUSTOMER_NUMBER not in discarded
        keeps_invoice = Field.INVOICE_NUMBER not in discarded
        return VerifyPage(
            self.companies,
            helping=self.helping,
            customer_number=typed.customer if keeps_customer else "",
            invoice_number=typed.invoice if keeps_invoice else "",
            customer_error=_error(errors.get(Field.CUSTOMER_NUMBER)),
            invoice_error=_error(errors.get(Field.INVOICE_NUMBER)),
            mismatch=mismatch,
        )

    def wait(self, typed: TypedNumbers, until: datetime) -> WaitPage:
        """The pause, with what was typed but for a personal identity number."""
        return WaitPage(
            until,
            self.companies,
            helping=self.helping,
            customer_number=shown_again(typed.customer),
            invoice_number=shown_again(typed.invoice),
            early=self.is_waiting,
        )


def full_minute(moment: datetime) -> datetime:
    """The first full minute that is not before it: the page says no seconds, and must not lie."""
    return moment + timedelta(seconds=-moment.timestamp() % 60)


def _error(hint: Hint | None) -> FieldError | None:
    if hint is None:
        return None
    return FieldError(
        hint.mistake.value, hint.shortest or None, hint.longest or None, hint.typed or None
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
        case Mistyped():
            return "mistyped"
