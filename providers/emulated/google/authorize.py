"""Google's authorization endpoint: nearly every mistake is a page, never a redirect."""

import re
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from providers.emulated.login import LoginRequest
from providers.emulated.reading import read_parameters
from providers.emulated.signin import SignIn
from providers.emulated.upstream import Upstream

EMBEDDED = re.compile(r"; wv\)|FBAN|FBAV|Instagram")


@dataclass(frozen=True, slots=True)
class Blocked:
    """One of Google's error pages."""

    status: int
    code: str
    text: str


NO_CLIENT = Blocked(401, "invalid_client", "The OAuth client was not found.")
WRONG_REDIRECT = Blocked(400, "redirect_uri_mismatch", "Appens redirect_uri är inte registrerad.")
EMBEDDED_BROWSER = Blocked(403, "disallowed_useragent", "Inbyggda webbläsare får inte logga in.")
BY_ADMINISTRATOR = Blocked(400, "admin_policy_enforced", "Organisationen tillåter inte appen.")
BAD_SCOPE = Blocked(400, "invalid_scope", "Scope saknas eller är okänt.")
BAD_TYPE = Blocked(400, "invalid_request", "Required parameter is missing: response_type")
BAD_CHALLENGE = Blocked(400, "invalid_request", "Invalid code_challenge_method or challenge.")


@dataclass(frozen=True, slots=True)
class Authorize:
    """`/o/oauth2/v2/auth`."""

    upstream: Upstream
    sign_in: SignIn

    async def endpoint(self, request: Request) -> Response:
        """Show Google's error page, or answer the client, or ask the person."""
        login = LoginRequest.of(await read_parameters(request))
        blocked = self._look(request, login)
        if blocked is None:
            return self.sign_in.begin(request, login)
        code = f"Error {blocked.status}: {blocked.code}"
        return self.upstream.pages.error(
            request, status=blocked.status, code=code, text=blocked.text
        )

    def _look(self, request: Request, login: LoginRequest) -> Blocked | None:
        app = self.upstream.registrations.get(login.client_id)
        if app is None:
            return NO_CLIENT
        if login.redirect_uri not in app.redirect_uris:
            return WRONG_REDIRECT
        return self._look_at_rest(request, login)

    def _look_at_rest(self, request: Request, login: LoginRequest) -> Blocked | None:
        if EMBEDDED.search(request.headers.get("user-agent", "")):
            return EMBEDDED_BROWSER
        if login.get("response_type") != "code":
            return BAD_TYPE
        if not login.scopes:
            return BAD_SCOPE
        if login.get("code_challenge_method") not in ("", "plain", "S256"):
            return BAD_CHALLENGE
        return BY_ADMINISTRATOR if self.upstream.faults.strikes("blocked") else None
