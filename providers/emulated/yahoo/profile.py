"""Yahoo's userinfo, introspection and revocation endpoints."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from providers.emulated.consoles import Registration
from providers.emulated.grants import Authorization
from providers.emulated.oauth_error import OAuthError
from providers.emulated.people import get_person
from providers.emulated.reading import read_bearer, read_credentials, read_parameters
from providers.emulated.upstream import Upstream
from providers.emulated.yahoo.claims import make_userinfo, subject_for
from providers.emulated.yahoo.token import WRONG_SECRET

BAD_TOKEN = OAuthError("invalid_token", "token is not valid", 401)


@dataclass(frozen=True, slots=True)
class Profile:
    """`/openid/v1/userinfo`, `/oauth2/introspect` and `/oauth2/revoke`."""

    upstream: Upstream

    async def userinfo(self, request: Request) -> Response:
        """Answer the person behind a bearer token."""
        grant = self.upstream.tokens.find(read_bearer(request), self.upstream.clock.stamp())
        if grant is None:
            return BAD_TOKEN.answer()
        app = self.upstream.registrations[grant.login.client_id]
        claims = make_userinfo(app, grant, get_person(grant.person))
        if self.upstream.faults.strikes("subject_mismatch"):
            claims["sub"] = "SOMEBODYELSESOMEBODYELSEXX"
        return JSONResponse(claims)

    async def introspect(self, request: Request) -> Response:
        """Answer whether a token is alive (RFC 7662 section 2.2)."""
        form = await read_parameters(request)
        app = self._authenticate(request, form)
        if app is None:
            return WRONG_SECRET.answer()
        grant = self._find(form.get("token", ""), app)
        if grant is None:
            return JSONResponse({"active": False})
        return JSONResponse(
            {
                "active": True,
                "client_id": app.client_id,
                "scope": " ".join(grant.scopes),
                "sub": subject_for(get_person(grant.person)),
            }
        )

    async def revoke(self, request: Request) -> Response:
        """Forget an access or refresh token (RFC 7009 section 2.2)."""
        form = await read_parameters(request)
        app = self._authenticate(request, form)
        if app is None:
            return WRONG_SECRET.answer()
        token = form.get("token", "")
        if self._find(token, app) is not None:
            self.upstream.tokens.revoke(token)
            self.upstream.refresh_tokens.revoke(token)
        return JSONResponse({})

    def _authenticate(self, request: Request, form: dict[str, str]) -> Registration | None:
        credentials = read_credentials(request, form)
        app = self.upstream.registrations.get(credentials.client_id)
        return app if app is not None and credentials.fit(app) else None

    def _find(self, token: str, app: Registration) -> Authorization | None:
        now = self.upstream.clock.stamp()
        grant = self.upstream.tokens.find(token, now)
        grant = grant or self.upstream.refresh_tokens.find(token, now)
        return grant if grant is not None and grant.login.client_id == app.client_id else None
