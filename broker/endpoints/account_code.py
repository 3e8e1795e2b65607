"""`/account/code` and `/account/ask`: a code for somebody who is signed in already.

Bound to the browser's session: its forms carry a signed ticket of that session and no other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from broker.endpoints.code_forms import CodeForms, Wish
from broker.endpoints.forms import read_own_form
from broker.endpoints.pacing import Pacing
from broker.endpoints.showing import LATER, Showing
from broker.endpoints.trying import (
    TOO_MANY_REQUESTS,
    UNAVAILABLE,
    UNPROCESSABLE,
    left_until,
    told,
)
from broker.endpoints.verify_forms import typed_fields
from broker.endpoints.visits import Visits
from broker.flow.ask import Asked, AskForCode
from broker.flow.strengthen import Strengthen
from broker.middleware.faults import reference_of
from broker.oauth.errors import InvalidRequest
from broker.oauth.parameters import Parameters
from broker.pages.again import FIELD, read_again
from broker.pages.coding import AskCodePage, CodeCompany, CodePage, CodeTakenPage, NotSignedInPage
from broker.pages.page import Page
from broker.pages.problems import RegisterDownPage
from broker.sealed import NotOurs, TicketSigner
from broker.storage.ports import Session
from broker.telemetry.log import Log, RequestRefused
from linking import (
    Early,
    IdentityKey,
    Linked,
    Outcome,
    RegisterUnavailable,
    TypedCode,
    Wait,
    WaitReferences,
)

TICKET_SECONDS = 3600
BACK = "/account/code"


@dataclass(frozen=True, slots=True)
class AccountCode:
    """The two pages of codes, outside any login."""

    visits: Visits
    showing: Showing
    strengthen: Strengthen
    ask: AskForCode
    companies: Mapping[str, CodeCompany]
    signer: TicketSigner
    pacing: Pacing
    references: WaitReferences
    log: Log
    address: str

    async def get(self, request: Request) -> Response:
        """Show where a code is typed."""
        session = await self.visits.session(request)
        forms = await self._forms(session)
        if session is None or forms is None:
            return await self._nobody(request, session)
        if not request.query_params.get("more") and await self.strengthen.is_done(
            session, [each.face.id for each in forms.companies]
        ):
            names = tuple(each.face.name for each in forms.companies)
            return self._show(
                request,
                session,
                CodeTakenPage(names, forms.doors, already=True, more_href="/account/code?more=yes"),
            )
        return self._show(request, session, forms.page())

    async def get_ask(self, request: Request) -> Response:
        """Show where a code is asked for."""
        session = await self.visits.session(request)
        forms = await self._forms(session)
        if session is None or forms is None:
            return await self._nobody(request, session)
        return self._show(request, session, forms.asking())

    async def post(self, request: Request) -> Response:
        """Judge a code; or show where one is asked for."""
        began = self.pacing.begin()
        session, parameters = await self._form(request)
        forms = await self._forms(session)
        if session is None or forms is None:
            return await self._nobody(request, session)
        if parameters.get("ask"):
            return RedirectResponse("/account/ask", 303)
        typed = forms.read(parameters)
        if said := read_again(parameters.get(FIELD)):
            again = forms.once_more(typed, said, self.visits.clock())
            return self._show(request, session, again, reference=self._reference(session, again))
        try:
            outcome = await self.strengthen(session, typed, _address(request))
        except RegisterUnavailable as error:
            return self._without_register(request, session, typed, error)
        self.log.write(told(outcome, typed))
        await self.pacing.tick(began)
        waited = bool(parameters.get("waiting"))
        return self._answer(request, session, forms, typed, outcome, waited=waited)

    def _answer(
        self,
        request: Request,
        session: Session,
        forms: CodeForms,
        typed: TypedCode,
        outcome: Outcome,
        *,
        waited: bool,
    ) -> Response:
        if isinstance(outcome, Linked):
            names = [self.companies[each.company].face.name for each in outcome.customers]
            taken = CodeTakenPage(tuple(dict.fromkeys(names)), forms.doors)
            return self._show(request, session, taken)
        now = self.visits.clock()
        page = forms.again(typed, outcome, now=now, waited=waited)
        reference = self._reference(session, page)
        if not isinstance(outcome, Wait | Early):
            return self._show(request, session, page, status=UNPROCESSABLE, reference=reference)
        left = left_until(outcome.until, now)
        headers = {"Retry-After": f"{left.total_seconds():.0f}"}
        return self._show(
            request,
            session,
            page,
            status=TOO_MANY_REQUESTS,
            headers=headers,
            reference=reference,
        )

    async def post_ask(self, request: Request) -> Response:
        """Take the wish; the answer is the same whoever has the number, or nobody."""
        session, parameters = await self._form(request)
        forms = await self._forms(session)
        if session is None or forms is None:
            return await self._nobody(request, session)
        if said := read_again(parameters.get(FIELD)):
            again = forms.asked_once_more(parameters.get("customer_number"), said)
            return self._show(request, session, again)
        wish = forms.read_wish(parameters)
        if isinstance(wish, Wish):
            companies = await self.strengthen.companies(session)
            who = session.issuer, session.subject
            asked = await self.ask(*who, companies, wish.number, wish.medium)
            if asked is Asked.WRITTEN:
                sent = replace(forms.page(wish.number), on_its_way=wish.medium.value)
                return self._show(request, session, sent)
            wish = forms.enough(wish.number, asked)
        return self._show(request, session, wish, status=UNPROCESSABLE)

    def _reference(self, session: Session, page: CodePage) -> str:
        """What customer service finds a wait by."""
        who = IdentityKey(session.issuer, session.subject)
        return self.references.of(who) if page.pause else ""

    async def _form(self, request: Request) -> tuple[Session | None, Parameters]:
        """What was posted, by the session that the form was shown to."""
        parameters = await read_own_form(request, self.visits.issuer)
        session = await self.visits.session(request)
        try:
            words = self.signer.read(parameters.get("ticket"), max_age=TICKET_SECONDS).words
        except NotOurs:
            raise InvalidRequest("the form has expired") from None
        if session is not None and words != (session.id,):
            raise InvalidRequest("the form belongs to another session")
        return session, parameters

    async def _forms(self, session: Session | None) -> CodeForms | None:
        """None where nobody is signed in who could use a code here."""
        if session is None:
            return None
        companies = await self.strengthen.companies(session)
        names = [each for each in companies if self.companies[each].media]
        if not names:
            return None
        sending = tuple(self.companies[each] for each in names)
        known = {company.face.name for company in sending}
        doors = tuple(door for door in self.showing.faces.doors if door.company in known)
        return CodeForms(sending, self.ask.rules(names), "/account", self.address, doors)

    async def _nobody(self, request: Request, session: Session | None) -> Response:
        companies = await self.strengthen.companies(session) if session else ()
        page = NotSignedInPage(
            self.showing.faces.doors,
            self.address,
            signed_in=session is not None,
            is_customer=bool(companies),
        )
        return self.showing.outside(page, request=request)

    def _show(
        self,
        request: Request,
        session: Session,
        page: Page,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        reference: str = "",
    ) -> Response:
        return self.showing.outside(
            page,
            request=request,
            company=_only_company(page),
            back=BACK if isinstance(page, AskCodePage) else "",
            ticket=self.signer.sign([session.id]),
            reference=reference,
            status=status,
            headers=headers,
        )

    def _without_register(
        self, request: Request, session: Session, typed: TypedCode, error: RegisterUnavailable
    ) -> Response:
        self.log.write(RequestRefused(request.url.path, error.code, error.detail))
        return self.showing.outside(
            RegisterDownPage(BACK, BACK, typed_fields(typed)),
            request=request,
            ticket=self.signer.sign([session.id]),
            reference=reference_of(request),
            status=UNAVAILABLE,
            headers=LATER,
        )


def _only_company(page: Page) -> str:
    """Whose page it is, where it is one company's."""
    faces = page.companies if isinstance(page, CodePage | AskCodePage) else ()
    return faces[0].id if len(faces) == 1 else ""


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
