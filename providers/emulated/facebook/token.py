"""Facebook's token endpoint: by GET or POST, a long-lived token, nothing of OpenID Connect."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from providers.emulated.consoles import Registration
from providers.emulated.facebook import errors
from providers.emulated.facebook.app_tokens import make_app_token
from providers.emulated.facebook.errors import GraphError
from providers.emulated.facebook.versions import find_served
from providers.emulated.forgery import Claims
from providers.emulated.grants import Authorization, ExpiredCode, Redeemed, UnknownCode, UsedCode
from providers.emulated.reading import Credentials, read_parameters
from providers.emulated.token_body import shape
from providers.emulated.upstream import Upstream

LIFE = 5_183_944


@dataclass(frozen=True, slots=True)
class Token:
    """`graph.facebook.com/{version}/oauth/access_token`."""

    upstream: Upstream

    async def endpoint(self, request: Request) -> Response:
        """Answer an access token, or one of Facebook's error objects."""
        version = request.path_params.get("version", "")
        if find_served(version, self.upstream.clock().date()) is None:
            return errors.NO_SUCH_PATH.answer()
        # The real endpoint takes parameters from both places.
        form = dict(request.query_params) | await read_parameters(request)
        app = self._authenticate(form)
        if isinstance(app, GraphError):
            return app.answer()
        if form.get("grant_type") == "client_credentials":
            return JSONResponse({"access_token": make_app_token(app), "token_type": "bearer"})
        grant = self._redeem(app, form)
        return grant.answer() if isinstance(grant, GraphError) else self._respond(grant)

    def _authenticate(self, form: Mapping[str, str]) -> Registration | GraphError:
        app = self.upstream.registrations.get(form.get("client_id", ""))
        if app is None:
            return errors.WRONG_APP
        offered = Credentials(app.client_id, form.get("client_secret", ""))
        return app if offered.fit(app) else errors.WRONG_SECRET

    def _redeem(self, app: Registration, form: Mapping[str, str]) -> Authorization | GraphError:
        if "redirect_uri" not in form:
            return errors.MISSING
        if self.upstream.faults.strikes("code_rejected"):
            return errors.BAD_CODE
        now = self.upstream.clock.stamp()
        match self.upstream.codes.redeem(form.get("code", ""), app.client_id, now):
            case UnknownCode():
                return errors.BAD_CODE
            case UsedCode():
                return errors.USED_CODE
            case ExpiredCode():
                return errors.EXPIRED_CODE
            case Redeemed(authorization):
                fits = form["redirect_uri"] == authorization.login.redirect_uri
                return authorization if fits else errors.WRONG_REDIRECT

    def _respond(self, grant: Authorization) -> Response:
        token = f"EAA{secrets.token_urlsafe(130)}"
        self.upstream.tokens.issue(token, grant, self.upstream.clock.stamp() + LIFE)
        if self.upstream.faults.strikes("form_body"):
            return PlainTextResponse(urlencode({"access_token": token, "expires": LIFE}))
        body: Claims = {"access_token": token, "token_type": "bearer", "expires_in": LIFE}
        return JSONResponse(shape(self.upstream, body))
