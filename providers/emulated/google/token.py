"""Google's token endpoint: the secret and PKCE together; a refresh token at the first consent.

A refresh token stays the same however often it is redeemed, until it is revoked.
"""

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
NO_REFRESH_TOKEN = OAuthError("invalid_request", "Missing required parameter: refresh_token")
REVOKED = OAuthError("invalid_grant", "Token has been expired or revoked.")
FOREIGN_TOKEN = OAuthError("unauthorized_client", "Unauthorized", 401)
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
        match form.get("grant_type", ""):
            case "authorization_code":
                outcome = self._redeem(app, form)
            case "refresh_token":
                outcome = self._refresh(app, form)
            case other:
                outcome = OAuthError("unsupported_grant_type", f"Invalid grant_type: {other}")
        if isinstance(outcome, OAuthError):
            return outcome.answer()
        headers = {"Cache-Control": "no-store"}
        return JSONResponse(shape(self.upstream, outcome), headers=headers)

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

    def _redeem(self, app: Registration, form: Mapping[str, str]) -> Claims | OAuthError:
        if self.upstream.faults.strikes("code_rejected"):
            return MALFORMED
        now = self.upstream.clock.stamp()
        match self.upstream.codes.redeem(form.get("code", ""), app.client_id, now):
            case UnknownCode():
                return MALFORMED
            case UsedCode() | ExpiredCode():
                return BAD_CODE
            case Redeemed(authorization):
                wrong = _check(authorization, form)
                return self._respond_first(authorization) if wrong is None else wrong

    def _refresh(self, app: Registration, form: Mapping[str, str]) -> Claims | OAuthError:
        token = form.get("refresh_token", "")
        if not token:
            return NO_REFRESH_TOKEN
        grant = self.upstream.refresh_tokens.find(token, self.upstream.clock.stamp())
        if grant is None:
            return REVOKED
        if grant.login.client_id != app.client_id:
            return FOREIGN_TOKEN
        # An ID token of later has no nonce (OpenID Connect Core section 12.2).
        return self._respond(grant, {"nonce": None})

    def _respond_first(self, grant: Authorization) -> Claims:
        body, login = self._respond(grant, {}), grant.login
        if login.get("access_type") == "offline" and (
            grant.is_first_consent or "consent" in login.prompts
        ):
            refresh_token = f"1//0c{secrets.token_urlsafe(70)}"
            body["refresh_token"] = self.upstream.refresh_tokens.issue(refresh_token, grant, NEVER)
        return body

    def _respond(self, grant: Authorization, changes: Claims) -> Claims:
        now = self.upstream.clock.stamp()
        access_token = f"ya29.a0A{secrets.token_urlsafe(150)}"
        self.upstream.tokens.issue(access_token, grant, now + LIFE)
        body: Claims = {
            "access_token": access_token,
            "expires_in": LIFE,
            "scope": expand(grant.scopes),
            "token_type": "Bearer",
        }
        if "openid" in grant.scopes:
            person = get_person(grant.person)
            claims = make_claims(self.upstream.base, grant, person, access_token, now)
            body["id_token"] = self.id_tokens.mint({**claims, **changes}, self.upstream.rings[RING])
        return body


def _check(authorization: Authorization, form: Mapping[str, str]) -> OAuthError | None:
    if form.get("redirect_uri", "") != authorization.login.redirect_uri:
        return WRONG_REDIRECT
    verifier = form.get("code_verifier", "")
    if authorization.login.get("code_challenge") and not verifier:
        return NO_VERIFIER
    return None if verifier_fits(authorization.login, verifier) else BAD_VERIFIER
