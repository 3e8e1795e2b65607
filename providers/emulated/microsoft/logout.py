"""Microsoft's sign-out: ends the browser's session, tells the apps, returns where it may.

The apps are told by hidden iframes that carry `sid` and nothing else; no `iss`.
"""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from providers.emulated.reading import read_parameters
from providers.emulated.sessions import BrowserSession
from providers.emulated.upstream import Upstream


@dataclass(frozen=True, slots=True)
class Logout:
    """`/{tenant}/oauth2/v2.0/logout`."""

    upstream: Upstream

    async def endpoint(self, request: Request) -> Response:
        """Sign everybody out here, and show the page that tells the apps."""
        parameters = await read_parameters(request)
        session = self.upstream.sessions.open(request)
        self.upstream.sessions.end(session)
        onward = self._onward(parameters.get("post_logout_redirect_uri", ""))
        if onward and parameters.get("state"):
            onward = f"{onward}?{urlencode({'state': parameters['state']})}"
        frames = self._frames(session)
        return self.upstream.pages.render(request, "signed_out.html", frames=frames, onward=onward)

    def _onward(self, address: str) -> str:
        """Return the address if any app registered it as a redirect URI, else nothing."""
        registrations = self.upstream.registrations.values()
        return address if any(address in one.redirect_uris for one in registrations) else ""

    def _frames(self, session: BrowserSession) -> tuple[str, ...]:
        registered = (self.upstream.registrations[client] for client in sorted(session.clients))
        addresses = [one.logout_uri for one in registered if one.logout_uri]
        return tuple(
            f"{address}?sid={quote(signed_in.session_id)}"
            for address in addresses
            for signed_in in session.accounts.values()
        )
