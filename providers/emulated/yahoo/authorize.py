"""Yahoo's authorization endpoint: every mistake is a page with a footer for developers."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from providers.emulated.consoles import Registration
from providers.emulated.login import LoginRequest
from providers.emulated.reading import read_parameters
from providers.emulated.signin import SignIn
from providers.emulated.upstream import Upstream

SCOPES = frozenset({"openid", "openid2", "profile", "email", "sdps-r", "sdpp-w"})


@dataclass(frozen=True, slots=True)
class Authorize:
    """`/oauth2/request_auth`."""

    upstream: Upstream
    sign_in: SignIn

    async def endpoint(self, request: Request) -> Response:
        """Show Yahoo's error page, or answer the client, or ask the person."""
        login = LoginRequest.of(await read_parameters(request))
        code = self._look(login)
        if code is None:
            return self.sign_in.begin(request, login)
        text = "Yahoo kan inte fortsätta med den här inloggningen."
        return self.upstream.pages.error(request, status=400, code=code, text=text, footer=True)

    def _look(self, login: LoginRequest) -> str | None:
        """Return the code of an error page."""
        app = self.upstream.registrations.get(login.client_id)
        if app is None:
            return "INVALID_CLIENT_ID"
        if login.redirect_uri not in app.redirect_uris:
            return "INVALID_REDIRECT_URI"
        if login.get("response_type") != "code" or login.get("response_mode") not in ("", "query"):
            return "UNSUPPORTED_RESPONSE_TYPE"
        return self._look_at_challenge(login, app) or _look_at_scope(login)

    def _look_at_challenge(self, login: LoginRequest, app: Registration) -> str | None:
        """Public clients need a challenge; the fault lets confidential ones have none."""
        if self.upstream.faults.strikes("blocked"):
            return "ERROR_HANDLING_REQUEST"
        challenge = login.get("code_challenge")
        if app.is_public and not challenge:
            return "INVALID_CODE_CHALLENGE"
        if challenge and not app.is_public and self.upstream.faults.strikes("pkce_rejected"):
            return "INVALID_CODE_CHALLENGE"
        return None


def _look_at_scope(login: LoginRequest) -> str | None:
    if not login.scopes or not SCOPES.issuperset(login.scopes):
        return "INVALID_SCOPE"
    if "openid" in login.scopes and not login.get("nonce"):
        return "MISSING_NONCE"
    return None
