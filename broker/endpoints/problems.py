"""Exception → answer, in one table: who is spoken to, with which status and page.

Expected outcomes are not here; they are values. An error that can be sent home to a client never
comes here either: that is `ReturnAddress`' business.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from broker.clients.registry import ClientRegistry
from broker.endpoints.forms import CrossSite, NotAForm
from broker.endpoints.json_answers import error_answer
from broker.endpoints.showing import LATER, Showing
from broker.endpoints.visits import Lost, VisitLost
from broker.endpoints.well_known import ANY_ORIGIN, OPEN_DOCUMENTS
from broker.flow.begin import UnknownClient
from broker.flow.keeping import LostRace
from broker.flow.turns import TooManyAtOnce
from broker.middleware.faults import reference_of
from broker.oauth.errors import InvalidRequest, OAuthError, ServerError, TemporarilyUnavailable
from broker.oauth.return_address import RedirectMismatch
from broker.pages.page import Page
from broker.pages.problems import (
    AlreadyDonePage,
    BadClientPage,
    BadRequestPage,
    BusyPage,
    CookiesOffPage,
    DirectPage,
    ErrorPage,
    ExpiredPage,
    MethodPage,
    NotFoundPage,
    PausedPage,
    RegisterDownPage,
    TooLargePage,
)
from broker.storage.errors import StorageUnavailable
from broker.telemetry.log import Log, RequestRefused, StorageDown, Unexpected
from broker.telemetry.places import place_of
from keys import KeysError
from linking import RegisterUnavailable

MACHINE_PATHS = ("/token", "/userinfo", "/jwks", "/.well-known/")
"""Spoken to by programs: errors are JSON."""

SOON = {"Retry-After": "5"}
RETRY_IN_A_MINUTE = {"Retry-After": "60"}


@dataclass(frozen=True, slots=True)
class Problems:
    """Answers for everything that went wrong."""

    showing: Showing
    clients: ClientRegistry
    issuer: str
    log: Log
    clear_cookies: tuple[str, ...]

    def handlers(self) -> dict[type[Exception], Any]:
        """The table, for Starlette's look-up by class."""
        return {
            UnknownClient: self.bad_client,
            RedirectMismatch: self.bad_client,
            VisitLost: self.lost,
            LostRace: self.race,
            OAuthError: self.bad_request,
            NotAForm: self.bad_request,
            CrossSite: self.bad_request,
            RegisterUnavailable: self.register_down,
            StorageUnavailable: self.paused,
            TooManyAtOnce: self.crowding,
            KeysError: self.unsigned,
            HTTPException: self.http,
        }

    async def bad_client(self, request: Request, _error: Exception) -> Response:
        """The client or its address is unknown: nothing is ever redirected from here."""
        return self._refuse(request, BadClientPage(self.showing.faces.doors), 400, "bad_client")

    async def lost(self, request: Request, error: VisitLost) -> Response:
        """A login that cannot be found again, told apart by what the person can do."""
        client = await self.clients.find(error.client_id)
        self.log.write(RequestRefused(_path(request), error.why.value))
        return self.showing.outside(
            self._lost_page(error),
            request=request,
            client=client,
            language=error.language,
            reference=reference_of(request),
            status=400,
        )

    async def race(self, request: Request, error: LostRace) -> Response:
        """A double click, or another tab, was first: on to where the login stands now."""
        language = error.request.language or self.showing.language_of(request)
        return self.showing.visits.to_flow(error.request, language)

    async def bad_request(self, request: Request, error: Exception) -> Response:
        """Something that no form of ours sends."""
        known = error if isinstance(error, OAuthError) else InvalidRequest("not a form of ours")
        if _is_machine(request):
            self.log.write(RequestRefused(_path(request), known.code, known.detail))
            return error_answer(known)
        return self._refuse(request, BadRequestPage(), known.status, known.code)

    async def register_down(self, request: Request, error: RegisterUnavailable) -> Response:
        """The register cannot answer; nothing was judged and nothing was counted."""
        self.log.write(RequestRefused(_path(request), error.code, error.detail))
        if _is_machine(request):
            return error_answer(TemporarilyUnavailable("try again later"), LATER)
        again = f"?{request.url.query}" if request.method == "GET" else ""
        return self.showing.outside(
            RegisterDownPage(again),
            request=request,
            reference=reference_of(request),
            status=503,
            headers=LATER,
        )

    async def paused(self, request: Request, _error: StorageUnavailable) -> Response:
        """Our storage does not answer; nothing was changed: later, from where the person was."""
        self.log.write(StorageDown(_path(request)))
        if _is_machine(request):
            return error_answer(TemporarilyUnavailable("try again later"), LATER)
        return self.showing.outside(
            PausedPage(self._where_they_were(request)),
            request=request,
            reference=reference_of(request),
            status=503,
            headers=LATER,
        )

    async def unsigned(self, request: Request, error: KeysError) -> Response:
        """Nothing can be signed or checked in this moment; nothing was used up."""
        self.log.write(RequestRefused(_path(request), error.code))
        if _is_machine(request):
            refusal = TemporarilyUnavailable("try again in some seconds")
            return error_answer(refusal, SOON | _open_as_what_is_there(request))
        return self.showing.outside(
            PausedPage(self._where_they_were(request)),
            request=request,
            reference=reference_of(request),
            status=503,
            headers=SOON,
        )

    def _where_they_were(self, request: Request) -> str:
        """This address again; of a form that was sent, the page of ours that it stood on."""
        if request.method in {"GET", "HEAD"}:
            return f"?{request.scope['query_string'].decode('ascii', 'ignore')}"
        page = request.headers.get("referer", "")
        return page if page.startswith(f"{self.issuer}/") else ""

    async def http(self, request: Request, error: HTTPException) -> Response:
        """What the router refuses: no such path, no such method."""
        if _is_machine(request):
            refusal = InvalidRequest("there is nothing here that answers to this method")
            refusal.status = error.status_code
            return error_answer(refusal, error.headers)
        page: Page = MethodPage() if error.status_code == 405 else NotFoundPage()  # noqa: PLR2004
        return self.showing.outside(
            page,
            request=request,
            reference=reference_of(request),
            status=error.status_code,
            headers=error.headers,
        )

    def too_large(self, request: Request, status: int) -> Response:
        """Too much was sent; on 431 our flow cookies are cleared blind, since they may be why."""
        if _is_machine(request):
            refusal = InvalidRequest("the request is too large")
            refusal.status = status
            return error_answer(refusal)
        response = self._refuse(request, TooLargePage(), status, "too_large")
        if status == 431:  # noqa: PLR2004 — Request Header Fields Too Large (RFC 6585)
            for header in self.clear_cookies:
                response.headers.append("set-cookie", header)
        return response

    def busy(self, request: Request) -> Response:
        """Too many at once: nothing was read or changed, and a minute later it works."""
        return self._later(request, "busy")

    async def crowding(self, request: Request, _error: TooManyAtOnce) -> Response:
        """One account's own crowd of forms, shed for that account alone: no overload of ours."""
        return self._later(request, "crowding")

    def _later(self, request: Request, code: str) -> Response:
        self.log.write(RequestRefused(_path(request), code))
        if _is_machine(request):
            return error_answer(TemporarilyUnavailable("too many requests"), RETRY_IN_A_MINUTE)
        return self.showing.outside(
            BusyPage(),
            request=request,
            reference=reference_of(request),
            status=503,
            headers=RETRY_IN_A_MINUTE,
        )

    def unexpected(self, request: Request, error: Exception) -> Response:
        """A fault of ours: a kind page with a reference that leads to the log."""
        reference = reference_of(request)
        self.log.write(Unexpected(reference, type(error).__name__, place_of(error)))
        if _is_machine(request):
            return error_answer(ServerError(f"an error on our side, reference {reference}"))
        return self.showing.outside(ErrorPage(), request=request, reference=reference, status=500)

    def _refuse(self, request: Request, page: Page, status: int, code: str) -> Response:
        """A problem's page, with the reference that leads to the log line."""
        self.log.write(RequestRefused(_path(request), code))
        reference = reference_of(request)
        return self.showing.outside(page, request=request, reference=reference, status=status)

    def _lost_page(self, error: VisitLost) -> Page:
        match error.why:
            case Lost.DIRECT:
                return DirectPage(self.showing.faces.doors)
            case Lost.DONE:
                return AlreadyDonePage(error.onward)
            case Lost.NO_COOKIES:
                return CookiesOffPage(urlsplit(self.issuer).netloc)
            case Lost.EXPIRED:
                return ExpiredPage(doors=self.showing.faces.doors)


def _path(request: Request) -> str:
    """As it came: `request.url` cannot be made of a query that is not UTF-8."""
    return str(request.scope["path"])


def _open_as_what_is_there(request: Request) -> dict[str, str]:
    """A page that may read the keys may read that there are none now; else it sees no answer."""
    return ANY_ORIGIN if _path(request) in OPEN_DOCUMENTS else {}


def _is_machine(request: Request) -> bool:
    return _path(request).startswith(MACHINE_PATHS)
