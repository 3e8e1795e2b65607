"""Facebook's login dialog: wrong apps and addresses get a page, nonce and PKCE no attention."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from providers.emulated.facebook.errors import show_error
from providers.emulated.facebook.versions import find_served
from providers.emulated.login import LoginRequest
from providers.emulated.reading import read_parameters
from providers.emulated.signin import SignIn
from providers.emulated.upstream import Upstream


@dataclass(frozen=True, slots=True)
class Dialog:
    """`/{version}/dialog/oauth`."""

    upstream: Upstream
    sign_in: SignIn

    async def endpoint(self, request: Request) -> Response:
        """Show Facebook's error page, or answer the client, or ask the person."""
        parameters = await read_parameters(request)
        version = request.path_params.get("version", "")
        app = self.upstream.registrations.get(parameters.get("client_id", ""))
        if find_served(version, self.upstream.clock().date()) is None:
            return self._show(request, "Not found", "Sidan finns inte.")
        if app is None:
            return self._show(request, "Invalid App ID", "App-id:t är ogiltigt.")
        if parameters.get("redirect_uri", "") not in app.redirect_uris:
            return self._show(request, "URL blocked", "Adressen finns inte i appens inställningar.")
        if self.upstream.faults.strikes("blocked"):
            return self._show(request, "Feature unavailable", "Inloggningen är inte tillgänglig.")
        login = LoginRequest(app.client_id, parameters["redirect_uri"], parameters)
        if login.get("response_type") not in ("", "code"):
            return self._show(request, "Invalid response_type", "Svarstypen är ogiltig.")
        return self.sign_in.begin(request, login)

    def _show(self, request: Request, code: str, text: str) -> Response:
        return show_error(self.upstream, request, code, text)
