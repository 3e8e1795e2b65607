"""`/logout`: asks, ends the session, and says where the person may still be signed in.

GET changes nothing. A client's POST from another site does not carry the session, so it is first
answered by a redirect to our own GET, with the judged request in a ticket.
"""

from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from broker.clients.registry import ClientRegistry
from broker.endpoints.cookies import SESSION, SIGNED_OUT, Cookies
from broker.endpoints.forms import read_form, read_own_form, read_query
from broker.endpoints.showing import Showing
from broker.endpoints.visits import Visits, chosen_language
from broker.flow.begin import speak
from broker.flow.logout import Logout, LogoutRequest
from broker.oauth.errors import InvalidRequest
from broker.oauth.parameters import Parameters
from broker.pages.faces import LANGUAGES
from broker.pages.leaving import LogoutPage, SignedOutPage
from broker.sealed import NotOurs, TicketSigner
from broker.storage.ports import Session
from broker.telemetry.log import Log
from broker.telemetry.logins import SignedOut

TICKET_SECONDS = 3600
ACCOUNT_PAGES = {
    "microsoft": "https://account.microsoft.com/",
    "google": "https://myaccount.google.com/",
    "facebook": "https://www.facebook.com/",
    "yahoo": "https://login.yahoo.com/account",
}


@dataclass(frozen=True, slots=True)
class LogoutEndpoint:
    """The end session endpoint."""

    logout: Logout
    visits: Visits
    showing: Showing
    clients: ClientRegistry
    cookies: Cookies
    signer: TicketSigner
    issuer: str
    log: Log

    async def get(self, request: Request) -> Response:
        """Ask; or, where nobody is signed in, say so."""
        parameters = read_query(request)
        session = await self.visits.session(request)
        ticket = parameters.get("ticket")
        asked = await self._unpack(ticket) or await self.logout.read(parameters)
        if session is None:
            return self._nobody_left(request, asked)
        names = tuple([await self._name(name) for name in session.clients])
        face = self.showing.provider(session.provider)
        page = LogoutPage(names, face, ACCOUNT_PAGES.get(face.kind, ""))
        language = self._language(request, asked)
        return self.showing.outside(
            page,
            request=request,
            client=asked.client,
            language=language,
            ticket=self._pack(replace(asked, ui_locales=(language,)), session.id),
            targets=(asked.return_uri,) if asked.return_uri else (),
        )

    async def post(self, request: Request) -> Response:
        """A client's request, or the person's yes."""
        parameters = await read_form(request)
        if not parameters.get("ticket"):
            asked = await self.logout.read(parameters)
            return RedirectResponse(f"/logout?ticket={self._pack(asked, '')}", 303)
        return await self._confirmed(request, await read_own_form(request, self.issuer))

    async def _confirmed(self, request: Request, parameters: Parameters) -> Response:
        """End the session that the page was shown for."""
        asked = await self._unpack(parameters.get("ticket"))
        if asked is None:
            raise InvalidRequest("the form has expired")
        session = await self.visits.session(request)
        if session is None:
            return self._nobody_left(request, asked)
        if asked.sid != session.id:
            raise InvalidRequest("the form belongs to another session")
        await self.logout.end(session)
        client_id = asked.client.client_id if asked.client else ""
        self.log.write(SignedOut(session.provider, client_id))
        if asked.location:
            response: Response = RedirectResponse(asked.location, 303)
        else:
            response = self._signed_out(request, asked, session)
        return self._leaving(response)

    def _nobody_left(self, request: Request, asked: LogoutRequest) -> Response:
        """No session is live, perhaps since it ran out: the person has left all the same."""
        if asked.location:
            response: Response = RedirectResponse(asked.location, 303)
        else:
            response = self._signed_out(request, asked, None)
        was_here = SESSION in self.cookies.read(request) or asked.client is not None
        return self._leaving(response) if was_here else response

    def _leaving(self, response: Response) -> Response:
        """The browser forgets the session, and the next login asks who it is (requirement 39)."""
        self.cookies.set(response, SESSION, "")
        self.cookies.set(response, SIGNED_OUT, "1")
        return response

    def _signed_out(
        self, request: Request, asked: LogoutRequest, session: Session | None
    ) -> Response:
        face = self.showing.provider(session.provider) if session else None
        page = SignedOutPage(
            doors=() if asked.client else self.showing.faces.doors,
            provider=face,
            provider_href=ACCOUNT_PAGES.get(face.kind, "") if face else "",
            return_href=asked.location,
        )
        language = self._language(request, asked)
        return self.showing.outside(page, request=request, client=asked.client, language=language)

    async def _name(self, client_id: str) -> str:
        client = await self.clients.find(client_id)
        return client.name if client else client_id

    def _language(self, request: Request, asked: LogoutRequest) -> str:
        """What the person chose on this page, else what the client asked for, else the browser."""
        return (
            chosen_language(request)
            or speak(asked.ui_locales, LANGUAGES)
            or self.showing.language_of(request)
        )

    def _pack(self, asked: LogoutRequest, sid: str) -> str:
        client_id = asked.client.client_id if asked.client else ""
        locales = " ".join(asked.ui_locales)
        return self.signer.sign([client_id, asked.return_uri, asked.state, sid, locales])

    async def _unpack(self, ticket: str) -> LogoutRequest | None:
        """What was judged before; None where the ticket is not ours, or too old."""
        try:
            signed = self.signer.read(ticket, max_age=TICKET_SECONDS)
            client_id, return_uri, state, sid, locales = signed.words
        except (NotOurs, ValueError):
            return None
        client = await self.clients.find(client_id) if client_id else None
        return LogoutRequest(client, return_uri, state, tuple(locales.split()), sid)
