"""How Microsoft behaves around its login page: whom it admits, and its three ways to cancel."""

import re
import secrets
import uuid
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from providers.emulated.callback import Parameters, deliver_by_form, redirect
from providers.emulated.grants import Authorization
from providers.emulated.login import LoginRequest, Wish
from providers.emulated.microsoft.claims import login_hint_for
from providers.emulated.microsoft.errors import describe, show_error
from providers.emulated.microsoft.tenants import Tenant, find_tenant, refuse_account
from providers.emulated.people import PERSONAL_TENANT, Person, find_people, get_person
from providers.emulated.sessions import SignedIn
from providers.emulated.upstream import Upstream

NAME = "microsoft"
DECLINED = "The user has denied access to the scope requested by the client application."
SILENT_ERRORS = {
    "login_required": ("login_required", 50058),
    "consent_required": ("consent_required", 65001),
    "interaction_required": ("interaction_required", 16000),
    "account_selection_required": ("interaction_required", 16000),
}
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class MicrosoftManners:
    """Microsoft's side of `signin.Manners`."""

    upstream: Upstream

    def read_wish(self, login: LoginRequest) -> Wish:
        """Read `prompt` and `login_hint`; `max_age` is not known here."""
        prompts = login.prompts
        chooses = "select_account" in prompts
        return Wish(
            silent="none" in prompts,
            sign_in_again="login" in prompts,
            choose_account=chooses,
            consent_again="consent" in prompts,
            hint="" if chooses else _find_hinted(login.get("login_hint")),
        )

    def list_people(self, login: LoginRequest) -> tuple[Person, ...]:
        """Return those whose accounts fit the tenant; `domain_hint` narrows further."""
        tenant = _tenant_of(login)
        fitting = [one for one in find_people(NAME) if tenant.admits(one.accounts[NAME])]
        hint = login.get("domain_hint")
        if hint in ("consumers", "organizations"):
            wants_personal = hint == "consumers"
            fitting = [one for one in fitting if _is_personal(one) is wants_personal]
        return tuple(fitting)

    def turn_away(self, request: Request, login: LoginRequest, person: Person) -> Response | None:
        """Return Microsoft's page where account and tenant do not fit."""
        registration = self.upstream.registrations[login.client_id]
        code = refuse_account(_tenant_of(login), registration, person.accounts[NAME])
        return None if code is None else show_error(self.upstream, request, code)

    def admit(self, login: LoginRequest, signed_in: SignedIn) -> Parameters:
        """Answer with a code; work accounts bring a `session_state` along."""
        self.upstream.sessions.agree(login.client_id, signed_in.person)
        person = get_person(signed_in.person)
        code = f"M.C507_BAY.2.U.{uuid.uuid4()}"
        answer: Parameters = []
        if not _is_personal(person):
            code = f"1.A{secrets.token_urlsafe(120)}"
            answer = [("session_state", str(uuid.uuid4()))]
        authorization = Authorization(login, signed_in, login.scopes)
        self.upstream.codes.issue(code, authorization, self.upstream.clock.stamp())
        return [("code", code), *answer]

    def refuse(self, error: str) -> Parameters:
        """Answer with an error, in Microsoft's words where it has some."""
        error, number = SILENT_ERRORS.get(error, (error, 0))
        answer = [("error", error)]
        if number:
            answer.append(("error_description", describe(number)))
        return answer

    def cancel(self, variant: str) -> Parameters:
        """Answer that the person turned back, in one of the ways seen in the wild."""
        answer: Parameters = [("error", "access_denied")]
        match variant:
            case "cancel_subcode":
                answer.append(("error_subcode", "cancel"))
            case "cancel_declined":
                answer.append(("error_description", DECLINED))
            case "cancel_admin":
                answer.append(("error_subcode", "cancel"))
                answer.append(("error_description", describe(65004)))
            case _:
                answer.append(("error_description", "the user canceled the authentication"))
        return answer

    def deliver(self, request: Request, login: LoginRequest, answer: Parameters) -> Response:
        """Send the answer by the response mode asked for; state loses what looks like HTML."""
        parameters = [
            (name, _TAG.sub("", value) if name == "state" else value) for name, value in answer
        ]
        address = _with_path(login.redirect_uri)
        match login.get("response_mode"):
            case "form_post":
                return deliver_by_form(self.upstream, request, login, address, parameters)
            case "fragment":
                return redirect(address, parameters, as_fragment=True)
            case _:
                return redirect(address, parameters)


def _tenant_of(login: LoginRequest) -> Tenant:
    tenant = find_tenant(login.tenant)
    if tenant is None:
        raise LookupError("a login request was accepted for a tenant that does not exist")
    return tenant


def _is_personal(person: Person) -> bool:
    return person.accounts[NAME].tenant == PERSONAL_TENANT


def _find_hinted(hint: str) -> str:
    """Return the key of the person whom an address, user name or opaque hint means."""
    for person in find_people(NAME):
        account = person.accounts[NAME]
        names = {account.email, account.preferred_username, login_hint_for(person)}
        if hint and hint in names:
            return person.key
    return ""


def _with_path(redirect_uri: str) -> str:
    """Add the slash that Microsoft adds to an address without a path."""
    return redirect_uri if urlsplit(redirect_uri).path else f"{redirect_uri}/"
