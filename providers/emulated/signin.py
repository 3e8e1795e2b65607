"""The login page and everything around it that the providers have in common.

`begin` takes an accepted request as far as it can without the person; `choose` takes the page's
form. What differs between providers (whom they let in, how they answer) is their `Manners`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from providers.emulated.asking import Ask, Proceed, Refuse, decide
from providers.emulated.callback import Parameters, complete
from providers.emulated.faults import Place
from providers.emulated.login import LoginRequest, Wish
from providers.emulated.people import Person, find_person, get_person
from providers.emulated.sessions import BrowserSession, SignedIn
from providers.emulated.upstream import Upstream

CANCELS = frozenset(
    {"cancel", "cancel_subcode", "cancel_declined", "cancel_admin", "error_code_only"}
)
REFUSALS = frozenset({"server_error", "temporarily_unavailable"})
FOUND = 302
SEE_OTHER = 303


class Manners(Protocol):
    """How one provider behaves around its login page."""

    def read_wish(self, login: LoginRequest, /) -> Wish: ...

    def list_people(self, login: LoginRequest, /) -> tuple[Person, ...]:
        """Return those whom the page offers."""
        ...

    def turn_away(
        self, request: Request, login: LoginRequest, person: Person, /
    ) -> Response | None:
        """Return the error page for somebody who may not enter here; None: they may."""
        ...

    def admit(self, login: LoginRequest, signed_in: SignedIn, /) -> Parameters:
        """Return the answer with a code."""
        ...

    def refuse(self, error: str, /) -> Parameters:
        """Return the answer with an error."""
        ...

    def cancel(self, variant: str, /) -> Parameters:
        """Return the answer that the person cancelled; `variant` is a fault's name."""
        ...

    def deliver(self, request: Request, login: LoginRequest, answer: Parameters, /) -> Response:
        """Send the browser back with the complete answer."""
        ...


@dataclass(frozen=True, slots=True)
class SignIn:
    """The login page of one provider."""

    upstream: Upstream
    manners: Manners

    def begin(self, request: Request, login: LoginRequest) -> Response:
        """Answer an accepted request: at once where nobody needs to be asked, else by a page."""
        faults = self.upstream.faults
        if fault := faults.take(Place.CALLBACK, CANCELS):
            return self.deliver(request, login, self.manners.cancel(fault.name))
        if fault := faults.take(Place.CALLBACK, REFUSALS):
            return self.deliver(request, login, self.manners.refuse(fault.name))
        return self._answer(request, login)

    def deliver(self, request: Request, login: LoginRequest, answer: Parameters) -> Response:
        """Send the answer, `state` and the faults of the way included."""
        return self.manners.deliver(request, login, complete(self.upstream, login, answer))

    def _answer(self, request: Request, login: LoginRequest) -> Response:
        sessions = self.upstream.sessions
        session = sessions.open(request)
        step = decide(
            self.manners.read_wish(login),
            self._welcome(request, login, session),
            lambda person: sessions.has_agreed(login.client_id, person),
            self.upstream.clock.stamp(),
        )
        match step:
            case Refuse(error):
                return self.deliver(request, login, self.manners.refuse(error))
            case Proceed(signed_in):
                session = sessions.use(session, signed_in, login.client_id)
                return self._enter(request, login, session, signed_in)
            case Ask():
                person = self.upstream.take_person()
                if person is None:
                    return self._page(request, login, step)
                return self._sign_in(request, login, person)

    def _welcome(
        self, request: Request, login: LoginRequest, session: BrowserSession
    ) -> dict[str, SignedIn]:
        """Return the signed-in accounts that may enter here."""
        return {
            key: signed_in
            for key, signed_in in session.accounts.items()
            if self.manners.turn_away(request, login, get_person(key)) is None
        }

    async def choose(self, request: Request) -> Response:
        """Take the page's form: somebody's button, cancel, or another account."""
        form = await request.form()
        login = self.upstream.tickets.open(str(form.get("ticket", "")))
        if login is None:
            return self.upstream.pages.render(request, "stale.html", status=400)
        if form.get("action") == "cancel":
            return _see_other(self.deliver(request, login, self.manners.cancel("cancel")))
        if form.get("action") == "other":
            return self._page(request, login, Ask())
        person = find_person(str(form.get("person", "")))
        if person is None or self.upstream.name not in person.accounts:
            return self._page(request, login, Ask())
        return _see_other(self._sign_in(request, login, person))

    def _sign_in(self, request: Request, login: LoginRequest, person: Person) -> Response:
        page = self.manners.turn_away(request, login, person)
        if page is not None:
            return page
        sessions, now = self.upstream.sessions, self.upstream.clock.stamp()
        session = sessions.open(request)
        known = session.accounts.get(person.key)
        if known is not None and not _must_prove(self.manners.read_wish(login), known, now):
            session = sessions.use(session, known, login.client_id)
            return self._enter(request, login, session, known)
        session, signed_in = sessions.sign_in(session, person.key, now, login.client_id)
        return self._enter(request, login, session, signed_in)

    def _enter(
        self,
        request: Request,
        login: LoginRequest,
        session: BrowserSession,
        signed_in: SignedIn,
    ) -> Response:
        response = self.deliver(request, login, self.manners.admit(login, signed_in))
        self.upstream.sessions.mark(response, session)
        return response

    def _page(self, request: Request, login: LoginRequest, ask: Ask) -> Response:
        everybody = self.manners.list_people(login)
        people = tuple(_known(ask.people)) or everybody
        return self.upstream.pages.render(
            request,
            "login.html",
            people=people,
            again=ask.again,
            offers_others=people != everybody,
            ticket=self.upstream.tickets.seal(login),
            client=self.upstream.registrations[login.client_id].name,
        )


def _known(keys: Iterable[str]) -> Iterable[Person]:
    return (person for person in map(find_person, keys) if person is not None)


def _must_prove(wish: Wish, known: SignedIn, now: int) -> bool:
    too_old = wish.max_age is not None and now - known.since > wish.max_age
    return wish.sign_in_again or too_old


def _see_other(response: Response) -> Response:
    """Make the answer to a form a GET, whatever the browser (RFC 9110 section 15.4.4)."""
    if response.status_code == FOUND:
        response.status_code = SEE_OTHER
    return response
