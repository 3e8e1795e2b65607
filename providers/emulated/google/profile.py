"""Google's userinfo and revocation endpoints."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from providers.emulated.google.claims import make_userinfo
from providers.emulated.oauth_error import OAuthError
from providers.emulated.people import get_person
from providers.emulated.reading import read_bearer, read_parameters
from providers.emulated.upstream import Upstream

BAD_CREDENTIALS = OAuthError("invalid_request", "Invalid Credentials", 401)
NOT_REVOCABLE = OAuthError("invalid_token", "Token expired or revoked")


@dataclass(frozen=True, slots=True)
class Profile:
    """`openidconnect.googleapis.com/v1/userinfo` and `oauth2.googleapis.com/revoke`."""

    upstream: Upstream

    async def userinfo(self, request: Request) -> Response:
        """Answer the person behind a bearer token."""
        grant = self.upstream.tokens.find(read_bearer(request), self.upstream.clock.stamp())
        if grant is None:
            return BAD_CREDENTIALS.answer()
        claims = make_userinfo(self.upstream.base, grant, get_person(grant.person))
        if self.upstream.faults.strikes("subject_mismatch"):
            claims["sub"] = "100000000000000000001"
        return JSONResponse(claims)

    async def revoke(self, request: Request) -> Response:
        """Revoke the consent behind an access or refresh token, and all tokens given for it."""
        token = (await read_parameters(request)).get("token", "")
        now = self.upstream.clock.stamp()
        grant = self.upstream.tokens.find(token, now) or self.upstream.refresh_tokens.find(
            token, now
        )
        if grant is None:
            return NOT_REVOCABLE.answer()
        whose = (grant.login.client_id, grant.person)
        self.upstream.tokens.revoke_all(*whose)
        self.upstream.refresh_tokens.revoke_all(*whose)
        self.upstream.sessions.withdraw(*whose)
        return JSONResponse({})
