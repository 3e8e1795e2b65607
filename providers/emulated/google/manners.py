"""How Google behaves around its login page: it never re-authenticates anybody on request."""

import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from providers.emulated.callback import Parameters, redirect
from providers.emulated.google.claims import subject_for
from providers.emulated.grants import Authorization
from providers.emulated.login import LoginRequest, Wish
from providers.emulated.people import Person, find_people, get_person
from providers.emulated.sessions import SignedIn
from providers.emulated.upstream import Upstream

NAME = "google"
PREFIX = "https://www.googleapis.com/auth/userinfo"
LONG_SCOPES = {"email": f"{PREFIX}.email", "profile": f"{PREFIX}.profile"}
FORBIDDEN = 403


@dataclass(frozen=True, slots=True)
class GoogleManners:
    """Google's side of `signin.Manners`."""

    upstream: Upstream

    def read_wish(self, login: LoginRequest) -> Wish:
        """Read `prompt` and `login_hint`; `login` and `max_age` have no effect."""
        prompts = login.prompts
        return Wish(
            silent="none" in prompts,
            choose_account="select_account" in prompts,
            consent_again="consent" in prompts,
            hint=_find_hinted(login.get("login_hint")),
        )

    def list_people(self, login: LoginRequest) -> tuple[Person, ...]:
        """Return everybody, or those of the hosted domain that was hinted at."""
        people, wanted = find_people(NAME), login.get("hd")
        if not wanted:
            return people
        domains = {one.key: one.accounts[NAME].hosted_domain for one in people}
        fitting = tuple(
            one for one in people if domains[one.key] and wanted in ("*", domains[one.key])
        )
        return fitting or people

    def turn_away(self, request: Request, login: LoginRequest, person: Person) -> Response | None:
        """Return Google's page for people outside an internal or unpublished app."""
        app = self.upstream.registrations[login.client_id]
        if app.internal_domain and person.accounts[NAME].hosted_domain != app.internal_domain:
            return self._blocked(request, "org_internal", "Appen är bara för en organisation.")
        if app.mode == "testing" and person.key not in app.testers:
            return self._blocked(request, "access_denied", "Appen är under test.")
        return None

    def admit(self, login: LoginRequest, signed_in: SignedIn) -> Parameters:
        """Answer with a code, which holds a slash, and the parameters that Google adds."""
        is_first = self.upstream.sessions.agree(login.client_id, signed_in.person)
        code = f"4/0A{secrets.token_urlsafe(52)}"
        grant = Authorization(login, signed_in, login.scopes, is_first)
        self.upstream.codes.issue(code, grant, self.upstream.clock.stamp())
        answer = [("code", code), ("scope", expand(login.scopes)), ("authuser", "0")]
        domain = get_person(signed_in.person).accounts[NAME].hosted_domain
        if domain:
            answer.append(("hd", domain))
        return [*answer, ("prompt", login.get("prompt") or "none")]

    def refuse(self, error: str) -> Parameters:
        """Answer with an error."""
        return [("error", error)]

    def cancel(self, _variant: str) -> Parameters:
        """Answer that the person declined; Google has one way."""
        return [("error", "access_denied")]

    def deliver(self, _request: Request, login: LoginRequest, answer: Parameters) -> Response:
        """Redirect with the answer in the query."""
        return redirect(login.redirect_uri, answer)

    def _blocked(self, request: Request, code: str, text: str) -> Response:
        return self.upstream.pages.error(
            request, status=FORBIDDEN, code=f"Error {FORBIDDEN}: {code}", text=text
        )


def expand(scopes: tuple[str, ...]) -> str:
    """Return the scopes as Google repeats them: sorted, short names in their long form."""
    return " ".join(sorted(LONG_SCOPES.get(one, one) for one in scopes))


def _find_hinted(hint: str) -> str:
    """Return the key of the person whom an address or a subject means."""
    for person in find_people(NAME):
        if hint and hint in (person.accounts[NAME].email, subject_for(person)):
            return person.key
    return ""
