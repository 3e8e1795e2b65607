"""How the plain provider behaves around its login page: OpenID Connect Core section 3.1.2."""

import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from providers.emulated.callback import Parameters, deliver_by_form, redirect
from providers.emulated.grants import Authorization
from providers.emulated.login import LoginRequest, Wish
from providers.emulated.people import Person, find_people
from providers.emulated.sessions import SignedIn
from providers.emulated.upstream import Upstream

NAME = "generic"


@dataclass(frozen=True, slots=True)
class GenericManners:
    """The plain provider's side of `signin.Manners`."""

    upstream: Upstream

    def read_wish(self, login: LoginRequest) -> Wish:
        """Read `prompt`, `max_age` and `login_hint`."""
        prompts, max_age = login.prompts, login.get("max_age")
        return Wish(
            silent="none" in prompts,
            sign_in_again="login" in prompts,
            choose_account="select_account" in prompts,
            consent_again="consent" in prompts,
            hint=_find_hinted(login.get("login_hint")),
            max_age=int(max_age) if max_age.isdecimal() else None,
        )

    def list_people(self, _login: LoginRequest) -> tuple[Person, ...]:
        """Return everybody with an account."""
        return find_people(NAME)

    def turn_away(
        self, _request: Request, _login: LoginRequest, _person: Person
    ) -> Response | None:
        """Let everybody in."""
        return None

    def admit(self, login: LoginRequest, signed_in: SignedIn) -> Parameters:
        """Answer with a code."""
        self.upstream.sessions.agree(login.client_id, signed_in.person)
        grant = Authorization(login, signed_in, login.scopes)
        code = secrets.token_urlsafe(32)
        self.upstream.codes.issue(code, grant, self.upstream.clock.stamp())
        return self._signed([("code", code)])

    def refuse(self, error: str) -> Parameters:
        """Answer with an error."""
        return self._signed([("error", error)])

    def cancel(self, _variant: str) -> Parameters:
        """Answer that the person declined."""
        return self._signed([("error", "access_denied")])

    def deliver(self, request: Request, login: LoginRequest, answer: Parameters) -> Response:
        """Send the answer by the response mode asked for."""
        if login.get("response_mode") == "form_post":
            return deliver_by_form(self.upstream, request, login, login.redirect_uri, answer)
        return redirect(login.redirect_uri, answer)

    def _signed(self, answer: Parameters) -> Parameters:
        """Add the issuer (RFC 9207 section 2)."""
        return [*answer, ("iss", self.upstream.base)]


def _find_hinted(hint: str) -> str:
    for person in find_people(NAME):
        if hint and hint == person.accounts[NAME].email:
            return person.key
    return ""
