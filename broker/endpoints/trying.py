"""What both forms of verification do with a try: judge it, log how it went, answer at the tick."""

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from broker.endpoints.pacing import Pacing
from broker.endpoints.showing import LATER, Showing
from broker.endpoints.verify_forms import typed_fields
from broker.endpoints.visits import Visit, Visits
from broker.flow.auth_request import Progress
from broker.flow.keeping import Keeping, Kept
from broker.flow.verify import Sent, Tried, Verify
from broker.pages.page import Page
from broker.pages.pausing import Pause
from broker.pages.problems import RegisterDownPage
from broker.telemetry.log import Log, RequestRefused, VerificationTried
from linking import (
    Early,
    IdentityKey,
    Linked,
    Mistyped,
    MoreEvidence,
    NoMatch,
    Outcome,
    RegisterUnavailable,
    TypedCode,
    TypedNumbers,
    Wait,
    WaitReferences,
)

UNPROCESSABLE = 422
TOO_MANY_REQUESTS = 429
UNAVAILABLE = 503


@dataclass(frozen=True, slots=True)
class Form:
    """A form that came back, within its login; `back` is the path of the step before."""

    request: Request
    visit: Visit
    kept: Kept
    back: str


@dataclass(frozen=True, slots=True)
class Trying:
    """Judges what was typed, and answers."""

    visits: Visits
    showing: Showing
    keeping: Keeping
    verify: Verify
    pacing: Pacing
    references: WaitReferences
    log: Log

    async def answer(
        self,
        form: Form,
        typed: TypedNumbers | TypedCode,
        answer: Callable[[Tried], Awaitable[Response]],
    ) -> Response:
        """Judge a try, and let its form answer; that leaves at a tick."""
        began = self.pacing.begin()
        request, visit = form.request, form.visit
        sent = Sent(typed, visit.shown_at, request.client.host if request.client else "")
        try:
            tried = await self.verify(form.kept.progress, visit.client, sent)
        except RegisterUnavailable as error:
            return self._without_register(form, typed, error)
        client_id, login_id = visit.client.client_id, visit.request.login_id
        self.log.write(told(tried.outcome, typed, client_id=client_id, login_id=login_id))
        answered = await answer(tried)
        await self.pacing.tick(began)
        if not isinstance(tried.outcome, Linked) and await self._is_connected_meanwhile(form):
            return self.visits.to_flow(visit.request, visit.language)
        return answered

    async def _is_connected_meanwhile(self, form: Form) -> bool:
        """Whether the same form, sent twice, was judged true the other time."""
        kept = await self.keeping.find(form.kept.handle)
        return kept is not None and bool(kept.progress.connected)

    async def go_on(self, form: Form, progress: Progress) -> Response:
        """Keep what the login has become, and let `/flow` decide."""
        await self.keeping.change(form.kept, progress)
        return self.visits.to_flow(form.visit.request, form.visit.language)

    @property
    def now(self) -> datetime:
        """The time by which everything here is said."""
        return self.visits.clock()

    def left(self, until: datetime) -> timedelta:
        """How long is left of a wait."""
        return left_until(until, self.visits.clock())

    def show(
        self,
        form: Form,
        page: Page,
        left: timedelta = timedelta(0),
        *,
        ticket: str = "",
        reference: str = "",
    ) -> Response:
        """The form once more; after `left`, where some time must pass.

        With `ticket` it is still the form that was shown before. `reference` can be read aloud.
        """
        return self.showing.in_flow(
            form.visit,
            page,
            request=form.request,
            back=form.back,
            status=TOO_MANY_REQUESTS if left else UNPROCESSABLE,
            headers={"Retry-After": f"{left.total_seconds():.0f}"} if left else {},
            ticket=ticket,
            reference=reference,
        )

    def repeat(self, form: Form, page: Page) -> Response:
        """What was said of the form before, in another language: nothing is judged."""
        pause = getattr(page, "pause", None)
        reference = self.wait_reference(form) if pause else ""
        return self.showing.in_flow(
            form.visit, page, request=form.request, back=form.back, reference=reference
        )

    def wait_reference(self, form: Form) -> str:
        """What customer service finds this account by, to let it try at once."""
        who = form.kept.progress.who
        return self.references.of(IdentityKey(who.issuer, who.subject))

    def _without_register(
        self, form: Form, typed: TypedNumbers | TypedCode, error: RegisterUnavailable
    ) -> Response:
        """The register cannot answer: nothing was judged, and this same login can go on."""
        request, visit = form.request, form.visit
        self.log.write(RequestRefused(request.url.path, error.code, error.detail))
        page = RegisterDownPage(
            self.visits.address(visit.request, visit.language),
            "/flow/code" if isinstance(typed, TypedCode) else "/flow/verify",
            typed_fields(typed),
        )
        return self.showing.in_flow(
            visit,
            page,
            request=request,
            reference=visit.reference,
            status=UNAVAILABLE,
            headers=LATER,
        )


def left_until(until: datetime, now: datetime) -> timedelta:
    """Whole seconds, rounded up and never none."""
    return timedelta(seconds=max(1, math.ceil((until - now).total_seconds())))


def pause(until: datetime, now: datetime) -> Pause:
    """A wait as a page says it."""
    return Pause.until_from(until, now)


def told(
    outcome: Outcome, typed: TypedNumbers | TypedCode, *, client_id: str = "", login_id: str = ""
) -> VerificationTried:
    """What the log says of a try, within a login or outside any."""
    cause = outcome.cause if isinstance(outcome, MoreEvidence | Early) else None
    return VerificationTried(
        outcome=_name(outcome),
        evidence=_evidence(typed),
        cause=cause.value if cause else "",
        client_id=client_id,
        login_id=login_id,
    )


def _evidence(typed: TypedNumbers | TypedCode) -> str:
    """What kind of evidence the form had asked for."""
    match typed:
        case TypedCode():
            return "code"
        case TypedNumbers(item=None):
            return "invoice"
        case TypedNumbers():
            return "second_item"


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
