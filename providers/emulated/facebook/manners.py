"""How Facebook behaves around its login dialog: `auth_type`, declined permissions, `#_=_`."""

import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from providers.emulated.callback import Parameters, redirect
from providers.emulated.facebook.accounts import split_scopes
from providers.emulated.facebook.errors import show_error
from providers.emulated.grants import Authorization
from providers.emulated.login import LoginRequest, Wish
from providers.emulated.people import Person, find_people, get_person
from providers.emulated.sessions import SignedIn
from providers.emulated.upstream import Upstream

NAME = "facebook"
TAIL = "#_=_"
CANCELLED: Parameters = [
    ("error", "access_denied"),
    ("error_code", "200"),
    ("error_description", "Permissions error"),
    ("error_reason", "user_denied"),
]
CODE_ONLY: Parameters = [
    ("error_code", "1349048"),
    ("error_message", "Can't load the dialog because of an invalid setting."),
]


@dataclass(frozen=True, slots=True)
class FacebookManners:
    """Facebook's side of `signin.Manners`."""

    upstream: Upstream

    def read_wish(self, login: LoginRequest) -> Wish:
        """Read `auth_type`; `prompt`, `max_age` and `login_hint` are ignored."""
        auth_types = login.get("auth_type").split(",")
        return Wish(
            sign_in_again="reauthenticate" in auth_types,
            consent_again="rerequest" in auth_types,
        )

    def list_people(self, _login: LoginRequest) -> tuple[Person, ...]:
        """Return everybody with an account."""
        return find_people(NAME)

    def turn_away(self, request: Request, login: LoginRequest, person: Person) -> Response | None:
        """Return Facebook's page for those without a role in an app that is not live."""
        app = self.upstream.registrations[login.client_id]
        if app.mode == "live" or person.key in app.testers:
            return None
        return show_error(self.upstream, request, "App not active", "Appen är inte aktiv.")

    def admit(self, login: LoginRequest, signed_in: SignedIn) -> Parameters:
        """Answer with a code, and with the permissions where they were asked for."""
        self.upstream.sessions.agree(login.client_id, signed_in.person)
        app = self.upstream.registrations[login.client_id]
        granted, declined = split_scopes(app, login, get_person(signed_in.person))
        code = f"AQ{secrets.token_urlsafe(160)}"
        grant = Authorization(login, signed_in, granted)
        self.upstream.codes.issue(code, grant, self.upstream.clock.stamp())
        if login.get("return_scopes") != "true":
            return [("code", code)]
        scopes = [("granted_scopes", ",".join(granted)), ("denied_scopes", ",".join(declined))]
        return [("code", code), *scopes]

    def refuse(self, error: str) -> Parameters:
        """Answer with an error."""
        return [("error", error), ("error_code", "1"), ("error_reason", error)]

    def cancel(self, variant: str) -> Parameters:
        """Answer that the person cancelled, or with a dialog error that lacks `error`."""
        return CODE_ONLY if variant == "error_code_only" else CANCELLED

    def deliver(self, _request: Request, login: LoginRequest, answer: Parameters) -> Response:
        """Redirect with the answer in the query, and Facebook's tail behind it."""
        return redirect(login.redirect_uri, answer, fragment=TAIL)
