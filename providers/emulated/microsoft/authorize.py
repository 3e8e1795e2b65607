"""Microsoft's authorization endpoint: errors on a page of its own, and errors sent back."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from providers.emulated.consoles import Registration
from providers.emulated.login import LoginRequest
from providers.emulated.microsoft.errors import describe, show_error
from providers.emulated.microsoft.tenants import find_tenant, refuse_app
from providers.emulated.reading import read_parameters
from providers.emulated.signin import SignIn
from providers.emulated.upstream import Upstream

PROMPTS = frozenset({"login", "none", "consent", "select_account"})
RESPONSE_MODES = frozenset({"", "query", "fragment", "form_post"})
SHORTEST_CHALLENGE = 43
LONGEST_CHALLENGE = 128
NO_SUCH_TENANT = 90002
NO_SUCH_APP = 700016
WRONG_REDIRECT = 50011
PARAMETER_MISSING = 900144
BLOCKED = 50020
TYPE_NOT_ENABLED = 700054
BAD_VALUE = 90023
BAD_CHALLENGE = 501491


@dataclass(frozen=True, slots=True)
class Authorize:
    """`/{tenant}/oauth2/v2.0/authorize`."""

    upstream: Upstream
    sign_in: SignIn

    async def endpoint(self, request: Request) -> Response:
        """Show Microsoft's error page, or answer the client, or ask the person."""
        parameters = await read_parameters(request)
        asked = request.path_params["tenant"]
        registration = self.upstream.registrations.get(parameters.get("client_id", ""))
        code = self._page_error(asked, registration, parameters)
        if code is not None or registration is None:
            return show_error(self.upstream, request, code or NO_SUCH_APP)
        login = LoginRequest(
            registration.client_id, parameters["redirect_uri"], parameters, tenant=asked
        )
        refused = _redirected_error(login)
        if refused is not None:
            error, number = refused
            answer = [("error", error), ("error_description", describe(number))]
            return self.sign_in.deliver(request, login, answer)
        return self.sign_in.begin(request, login)

    def _page_error(
        self, asked: str, registration: Registration | None, parameters: Mapping[str, str]
    ) -> int | None:
        """Return the code of an error that never redirects."""
        tenant = find_tenant(asked)
        if tenant is None:
            return NO_SUCH_TENANT
        if registration is None:
            return NO_SUCH_APP
        if parameters.get("redirect_uri", "") not in registration.redirect_uris:
            return WRONG_REDIRECT
        if not parameters.get("scope"):
            return PARAMETER_MISSING
        if self.upstream.faults.strikes("blocked"):
            return BLOCKED
        return refuse_app(tenant, registration)


def _redirected_error(login: LoginRequest) -> tuple[str, int] | None:
    """Return error and number of what the client is told."""
    if login.get("response_type") != "code":
        return "unsupported_response_type", TYPE_NOT_ENABLED
    if login.get("response_mode") not in RESPONSE_MODES or not PROMPTS.issuperset(login.prompts):
        return "invalid_request", BAD_VALUE
    challenge = login.get("code_challenge")
    if challenge and not SHORTEST_CHALLENGE <= len(challenge) <= LONGEST_CHALLENGE:
        return "invalid_request", BAD_CHALLENGE
    return None
