"""The plain provider's authorization endpoint: PKCE is required, errors go where RFC 6749 says."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from providers.emulated.login import LoginRequest
from providers.emulated.reading import read_parameters
from providers.emulated.signin import SignIn
from providers.emulated.upstream import Upstream


@dataclass(frozen=True, slots=True)
class Authorize:
    """`/authorize`."""

    upstream: Upstream
    sign_in: SignIn

    async def endpoint(self, request: Request) -> Response:
        """Show an error page, or answer the client, or ask the person."""
        parameters = await read_parameters(request)
        app = self.upstream.registrations.get(parameters.get("client_id", ""))
        redirect_uri = parameters.get("redirect_uri", "")
        if app is None or redirect_uri not in app.redirect_uris:
            return self._show(request, "unknown client or redirect_uri")
        if self.upstream.faults.strikes("blocked"):
            return self._show(request, "blocked")
        login = LoginRequest(app.client_id, redirect_uri, parameters)
        error = _look(login)
        if error is not None:
            answer = [("error", error), ("iss", self.upstream.base)]
            return self.sign_in.deliver(request, login, answer)
        return self.sign_in.begin(request, login)

    def _show(self, request: Request, code: str) -> Response:
        text = "Förfrågan är ogiltig."
        return self.upstream.pages.error(request, status=400, code=code, text=text)


def _look(login: LoginRequest) -> str | None:
    """Return the error that the client is told (RFC 6749 section 4.1.2.1)."""
    if login.get("response_type") != "code":
        return "unsupported_response_type"
    if "openid" not in login.scopes:
        return "invalid_scope"
    if login.get("code_challenge_method") != "S256" or not login.get("code_challenge"):
        return "invalid_request"
    return None
