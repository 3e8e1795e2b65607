"""Yahoo's token endpoint: lower-case bearer, always a refresh token, two shapes of errors."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from providers.emulated.consoles import Registration
from providers.emulated.forgery import Claims, IdTokens
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
from providers.emulated.yahoo.claims import make_claims, subject_for
from providers.emulated.yahoo.metadata import RING

LIFE = 3600
NEVER = 4_000_000_000
NO_CLIENT = OAuthError("invalid_client", "client_id is unknown", 401)
WRONG_SECRET = OAuthError("invalid_client", "client secret mismatch", 401)
BAD_CODE = OAuthError("invalid_grant", "code is not valid")
WRONG_REDIRECT = OAuthError("invalid_request", "redirect_uri does not match")
BAD_VERIFIER = OAuthError("invalid_grant", "code_verifier does not match")
BAD_REFRESH_TOKEN = OAuthError("invalid_grant", "refresh token is not valid")
BAD_GRANT_TYPE = OAuthError("invalid_request", "grant_type is not supported")


@dataclass(frozen=True, slots=True)
class Token:
    """`/oauth2/get_token`."""

    upstream: Upstream
    id_tokens: IdTokens

    async def endpoint(self, request: Request) -> Response:
        """Answer tokens, or an error in the newer or (not a POST, or by fault) the older shape."""
        if request.method != "POST" or self.upstream.faults.strikes("object_error"):
            return answer_old_error()
        form = await read_parameters(request)
        app = self._authenticate(request, form)
        if isinstance(app, OAuthError):
            return app.answer()
        grant = self._find_grant(app, form)
        return grant.answer() if isinstance(grant, OAuthError) else self._respond(app, grant)

    def _authenticate(self, request: Request, form: Mapping[str, str]) -> Registration | OAuthError:
        credentials = read_credentials(request, form)
        app = self.upstream.registrations.get(credentials.client_id)
        if app is None:
            return NO_CLIENT
        return app if app.is_public or credentials.fit(app) else WRONG_SECRET

    def _find_grant(self, app: Registration, form: Mapping[str, str]) -> Authorization | OAuthError:
        match form.get("grant_type"):
            case "authorization_code":
                return self._redeem(app, form)
            case "refresh_token":
                return self._refresh(app, form.get("refresh_token", ""))
            case _:
                return BAD_GRANT_TYPE

    def _redeem(self, app: Registration, form: Mapping[str, str]) -> Authorization | OAuthError:
        if self.upstream.faults.strikes("code_rejected"):
            return BAD_CODE
        now = self.upstream.clock.stamp()
        match self.upstream.codes.redeem(form.get("code", ""), app.client_id, now):
            case UnknownCode() | UsedCode() | ExpiredCode():
                return BAD_CODE
            case Redeemed(authorization):
                if form.get("redirect_uri", "") != authorization.login.redirect_uri:
                    return WRONG_REDIRECT
                # Proof keys are for public clients; a confidential client's is not looked at.
                fits = verifier_fits(authorization.login, form.get("code_verifier", ""))
                return authorization if fits or not app.is_public else BAD_VERIFIER

    def _refresh(self, app: Registration, token: str) -> Authorization | OAuthError:
        """Take a refresh token, which is used up by that."""
        grant = self.upstream.refresh_tokens.find(token, self.upstream.clock.stamp())
        if grant is None or grant.login.client_id != app.client_id:
            return BAD_REFRESH_TOKEN
        self.upstream.refresh_tokens.revoke(token)
        return grant

    def _respond(self, app: Registration, grant: Authorization) -> Response:
        now, person = self.upstream.clock.stamp(), get_person(grant.person)
        access_token = secrets.token_urlsafe(300)
        self.upstream.tokens.issue(access_token, grant, now + LIFE)
        body: Claims = {
            "access_token": access_token,
            "refresh_token": self.upstream.refresh_tokens.issue(
                f"A{secrets.token_urlsafe(48)}", grant, NEVER
            ),
            "expires_in": LIFE,
            "token_type": "bearer",
            "xoauth_yahoo_guid": subject_for(person),
        }
        if "openid" in grant.scopes:
            claims = make_claims(self.upstream.base, app, grant, access_token, now)
            body["id_token"] = self.id_tokens.mint(claims, self.upstream.rings[RING])
        return JSONResponse(shape(self.upstream, body), headers={"Cache-Control": "no-store"})


def answer_old_error() -> Response:
    """Return the older shape, in which `error` is an object."""
    error = {
        "localizedMessage": "client request is not acceptable or not supported",
        "errorId": "INVALID_INPUT",
        "message": "client request is not acceptable or not supported",
    }
    return JSONResponse({"error": error}, 400)
