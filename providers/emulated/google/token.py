"""Google's token endpoint: the secret and PKCE together; a refresh token at the first consent."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from providers.emulated.consoles import Registration
from providers.emulated.forgery import Claims, IdTokens
from providers.emulated.google.claims import make_claims
from providers.emulated.google.manners import expand
from providers.emulated.google.metadata import RING
from providers.emulated.grants import (
    Authorization,
    ExpiredCode,
    Redeemed,
    UnknownCode,
    UsedCode,
    verifier_fits,
)
from providers.emulated.oauth_error import OAuthError
from providers.emulated.people import get_person
from providers.emulated.reading import read_credentials, read_parameters
from providers.emulated.token_body import shape
from providers.emulated.upstream import Upstream

LIFE = 3599
NEVER = 4_000_000_000
MALFORMED = OAuthError("invalid_grant", "Malformed auth code.")
BAD_CODE = OAuthError("invalid_grant", "Bad Request")
NO_VERIFIER = OAuthError("invalid_grant", "Missing code verifier.")
BAD_VERIFIER = OAuthError("invalid_grant", "Invalid code verifier.")
WRONG_REDIRECT = OAuthError("redirect_uri_mismatch", "Bad Request")
NO_CLIENT_ID = OAuthError("invalid_request", "Could not determine client ID from request.")
NO_CLIENT = OAuthError("invalid_client", "The OAuth client was not found.", 401)
NO_SECRET = OAuthError("invalid_request", "client_secret is missing.")
WRONG_SECRET = OAuthError("invalid_client", "Unauthorized", 401)
THROTTLED = OAuthError("rate_limit_exceeded", "Rate Limit Exceeded", 429)


@dataclass(frozen=True, slots=True)
class Token:
    """`oauth2.googleapis.com/token`."""

    upstream: Upstream
    id_tokens: IdTokens

    async def endpoint(self, request: Request) -> Response:
        """Answer tokens, or an error."""
        form = await read_parameters(request)
        app = self._authenticate(request, form)
        if isinstance(app, OAuthError):
            return app.answer()
        grant = self._redeem(app, form)
        return grant.answer() if isinstance(grant, OAuthError) else self._respond(grant)

    def _authenticate(self, request: Request, form: Mapping[str, str]) -> Registration | OAuthError:
        credentials = read_credentials(request, form)
        if not credentials.client_id:
            return NO_CLIENT_ID
        app = self.upstream.registrations.get(credentials.client_id)
        if app is None:
            return NO_CLIENT
        if not credentials.secret:
            return NO_SECRET
        return app if credentials.fit(app) else WRONG_SECRET

    def _redeem(self, app: Registration, form: Mapping[str, str]) -> Authorization | OAuthError:
        grant_type = form.get("grant_type", "")
        if grant_type != "authorization_code":
            return OAuthError("unsupported_grant_type", f"Invalid grant_type: {grant_type}")
        if self.upstream.faults.strikes("code_rejected"):
            return MALFORMED
        now = self.upstream.clock.stamp()
        match self.upstream.codes.redeem(form.get("code", ""), app.client_id, now):
            case UnknownCode():
                return MALFORMED
            case UsedCode() | ExpiredCode():
                return BAD_CODE
            case Redeemed(authorization):
                return _check(authorization, form)

    def _respond(self, grant: Authorization) -> Response:
        now, login = self.upstream.clock.stamp(), grant.login
        access_token = f"ya29.a0A{secrets.token_urlsafe(150)}"
        self.upstream.tokens.issue(access_token, grant, now + LIFE)
        body: Claims = {
            "access_token": access_token,
            "expires_in": LIFE,
            "scope": expand(grant.scopes),
            "token_type": "Bearer",
        }
        if login.get("access_type") == "offline" and (
            grant.is_first_consent or "consent" in login.prompts
        ):
            refresh_token = f"1//0c{secrets.token_urlsafe(70)}"
            body["refresh_token"] = self.upstream.refresh_tokens.issue(refresh_token, grant, NEVER)
        if "openid" in grant.scopes:
            person = get_person(grant.person)
            claims = make_claims(self.upstream.base, grant, person, access_token, now)
            body["id_token"] = self.id_tokens.mint(claims, self.upstream.rings[RING])
        return JSONResponse(shape(self.upstream, body), headers={"Cache-Control": "no-store"})


def _check(authorization: Authorization, form: Mapping[str, str]) -> Authorization | OAuthError:
    if form.get("redirect_uri", "") != authorization.login.redirect_uri:
        return WRONG_REDIRECT
    verifier = form.get("code_verifier", "")
    if authorization.login.get("code_challenge") and not verifier:
        return NO_VERIFIER
    return authorization if verifier_fits(authorization.login, verifier) else BAD_VERIFIER
