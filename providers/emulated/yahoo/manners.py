"""How Yahoo behaves around its login page: `prompt`, `max_age`, and "Not now"."""

import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from providers.emulated.callback import Parameters, redirect
from providers.emulated.grants import Authorization
from providers.emulated.login import LoginRequest, Wish
from providers.emulated.people import Person, find_people
from providers.emulated.sessions import SignedIn
from providers.emulated.upstream import Upstream

NAME = "yahoo"


@dataclass(frozen=True, slots=True)
class YahooManners:
    """Yahoo's side of `signin.Manners`."""

    upstream: Upstream

    def read_wish(self, login: LoginRequest) -> Wish:
        """Read `prompt` (login and consent only) and `max_age`."""
        max_age = login.get("max_age")
        return Wish(
            sign_in_again="login" in login.prompts,
            consent_again="consent" in login.prompts,
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
        """Answer with a short code."""
        self.upstream.sessions.agree(login.client_id, signed_in.person)
        code = secrets.token_hex(6)
        grant = Authorization(login, signed_in, login.scopes)
        self.upstream.codes.issue(code, grant, self.upstream.clock.stamp())
        return [("code", code)]

    def refuse(self, error: str) -> Parameters:
        """Answer with an error."""
        return [("error", error)]

    def cancel(self, _variant: str) -> Parameters:
        """Answer that the person said "Not now"."""
        return [("error", "access_denied")]

    def deliver(self, _request: Request, login: LoginRequest, answer: Parameters) -> Response:
        """Redirect with the answer in the query, the only mode there is."""
        return redirect(login.redirect_uri, answer)
