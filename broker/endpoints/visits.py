"""A browser's request within a login: ticket read, slot found, progress and session fetched.

Every page of the flow begins here. What cannot be found again is told apart, since the person needs
a different page for each: never began here, took too long, did it already, refuses cookies.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from broker.clients.registry import ClientRegistry
from broker.endpoints.cookies import SESSION, SIGNED_OUT, Cookies
from broker.endpoints.forms import read_own_form, read_query
from broker.endpoints.in_app import is_in_app
from broker.flow.auth_request import (
    Authenticated,
    AuthRequest,
    Outbound,
    decode_outbound,
    encode,
)
from broker.flow.keeping import Keeping, Kept
from broker.flow.offers import Offers
from broker.flow.slots import Slot, Slots, open_slots
from broker.flow.tickets import NEVER, Ticket, TicketExpired, Tickets
from broker.middleware.faults import reference_of
from broker.oauth.client import Client
from broker.oauth.parameters import Parameters
from broker.pages.faces import LANGUAGES
from broker.sealed import NotOurs, Sealer
from broker.sessions.sessions import Sessions
from broker.storage.ports import Session

POSTED = "post"
"""The step of tickets in forms; which step may be posted now, `next_step` decides, not the form."""


class Lost(StrEnum):
    """Why a login cannot be found again."""

    DIRECT = "direct"
    EXPIRED = "expired"
    DONE = "done"
    NO_COOKIES = "no_cookies"


class VisitLost(Exception):
    """No login belongs to this request; `client_id` and `language` as far as they are known.

    `onward` is the address where the login goes on that the request came too late for.
    """

    def __init__(
        self, why: Lost, *, client_id: str = "", language: str = "", onward: str = ""
    ) -> None:
        super().__init__(why.value)
        self.onward = onward
        self.why = why
        self.client_id = client_id
        self.language = language


@dataclass(frozen=True, slots=True)
class Visit:
    """What every step works with: either `outbound` (before the callback) or `kept` (after).

    `reference` names the browser's request, for a page that tells of a problem. `has_signed_out`:
    the provider must ask who it is (requirement 39). `in_app`: the browser looks like one inside
    another app. `shown_at` is when the page or form was shown that this answers, and `ticket` what
    opened it.
    """

    client: Client
    slots: Slots
    language: str
    session: Session | None
    reference: str = ""
    has_signed_out: bool = False
    in_app: bool = False
    outbound: Outbound | None = None
    kept: Kept | None = None
    ticket: str = ""
    shown_at: datetime = NEVER

    @property
    def request(self) -> AuthRequest:
        """The client's request that this login answers."""
        if self.kept is not None:
            return self.kept.progress.request
        if self.outbound is None:
            raise VisitLost(Lost.EXPIRED)
        return self.outbound.request


@dataclass(frozen=True, slots=True)
class Visits:
    """Opens visits, and writes their cookies and tickets."""

    cookies: Cookies
    sealer: Sealer
    tickets: Tickets
    keeping: Keeping
    offers: Offers
    clients: ClientRegistry
    sessions: Sessions
    issuer: str
    clock: Callable[[], datetime]

    async def of_page(self, request: Request, step: str) -> Visit:
        """The visit of a page that is looked at: its ticket is in the address."""
        return await self.open(request, read_query(request).get("t"), step=step)

    async def of_form(self, request: Request) -> tuple[Visit, Parameters]:
        """The visit of a form that was sent, and what was typed into it."""
        parameters = await read_own_form(request, self.issuer)
        return await self.open(request, parameters.get("ticket"), step=POSTED), parameters

    async def open(self, request: Request, ticket_text: str, *, step: str) -> Visit:
        """The visit that this ticket is for, or VisitLost."""
        cookies = self.cookies.read(request)
        ticket = self._read(ticket_text, step)
        slots = open_slots(self.sealer, cookies)
        slot = slots.find(ticket.flow)
        client = await self.clients.find(ticket.client_id)
        if slot is None or client is None:
            # Only the hop from `/authorize` tells: later, a missing cookie means another browser.
            why = Lost.NO_COOKIES if not cookies and not step else why_gone(cookies)
            raise VisitLost(why, client_id=ticket.client_id, language=ticket.language)
        session = await self.sessions.find(cookies.get(SESSION, ""))
        language = chosen_language(request) or ticket.language
        visit = await self._load(slot, client, slots, session, language)
        if visit is None or visit.request.is_over(self.clock().timestamp()):
            raise VisitLost(Lost.EXPIRED, client_id=ticket.client_id, language=ticket.language)
        return replace(
            visit,
            reference=reference_of(request),
            has_signed_out=bool(cookies.get(SIGNED_OUT)),
            in_app=is_in_app(request.headers.get("user-agent", "")),
            ticket=ticket_text,
            shown_at=ticket.written_at,
        )

    def slots(self, request: Request) -> Slots:
        """The browser's slots, for a request that has no ticket."""
        return open_slots(self.sealer, self.cookies.read(request))

    async def session(self, request: Request) -> Session | None:
        """The browser's live session."""
        return await self.sessions.find(self.cookies.read(request).get(SESSION, ""))

    def ticket(self, request: AuthRequest, step: str = "", *, language: str = "") -> str:
        """A ticket for a step of this login; the empty step is `/flow`.

        It also carries the language that the person chose on the way.
        """
        spoken = language or request.language
        return self.tickets.write(Ticket(request.id, step, request.client_id, spoken))

    def to_flow(self, request: AuthRequest, language: str = "") -> Response:
        """On to `/flow`, which decides. The empty fragment replaces one that a provider left."""
        return RedirectResponse(f"{self.address(request, language)}#", 303)

    def address(self, request: AuthRequest, language: str = "") -> str:
        """Where a login goes on, whatever its step is."""
        return f"/flow?t={self.ticket(request, language=language)}"

    def keep_outbound(
        self, response: Response, slots: Slots, outbound: Outbound, *, spare: int = 0
    ) -> None:
        """Let the login travel in the browser; DoesNotFit when it is too large."""
        slot = self._slot(outbound.request, outbound=encode(outbound))
        self._set(response, slots.place(slot, spare=spare))

    def keep_handle(
        self, response: Response, slots: Slots, kept: Kept, *, spent: bytes = b""
    ) -> None:
        """From here on the browser holds the handle, and the key of the state it came back with."""
        slot = self._slot(kept.progress.request, handle=kept.handle, spent=spent)
        self._set(response, slots.place(slot))

    def forget(self, response: Response, slots: Slots, request: AuthRequest) -> None:
        """The login is over: take its slot."""
        self._set(response, slots.clear(request.id))

    def _slot(
        self, request: AuthRequest, *, outbound: bytes = b"", handle: str = "", spent: bytes = b""
    ) -> Slot:
        return Slot(request.id, int(self.clock().timestamp()), outbound, handle, spent)

    def _set(self, response: Response, changes: dict[str, str]) -> None:
        for name, text in changes.items():
            self.cookies.set(response, name, text)

    def _read(self, text: str, step: str) -> Ticket:
        try:
            return self.tickets.read(text, step=step)
        except TicketExpired as expired:
            raise VisitLost(
                Lost.EXPIRED,
                client_id=expired.ticket.client_id,
                language=expired.ticket.language,
            ) from None
        except NotOurs:
            raise VisitLost(Lost.DIRECT) from None

    async def _load(
        self, slot: Slot, client: Client, slots: Slots, session: Session | None, language: str
    ) -> Visit | None:
        if slot.outbound:
            try:
                outbound = decode_outbound(slot.outbound)
            except msgspec.DecodeError:
                return None
            return Visit(client, slots, language, session, outbound=outbound)
        kept = await self.keeping.find(slot.handle)
        if kept is None:
            return None
        if not self._still_holds(kept.progress.who, client, session):
            anew = Outbound(kept.progress.request)
            return Visit(client, slots, language, session, outbound=anew)
        return Visit(client, slots, language, session, kept=kept)

    def _still_holds(self, who: Authenticated, client: Client, session: Session | None) -> bool:
        """Whether what was proved still counts: a session that ended takes its logins along."""
        is_live = not who.sid or (session is not None and session.id == who.sid)
        return is_live and self.offers.includes(client, who.provider)


def chosen_language(request: Request) -> str:
    """The language that the person asked for on this page, by its link."""
    asked = request.query_params.get("lang", "")
    return asked if asked in LANGUAGES else ""


def why_gone(cookies: Mapping[str, str]) -> Lost:
    """No slot for this login: finished already, or too old, or begun in another browser."""
    return Lost.DONE if SESSION in cookies else Lost.EXPIRED
