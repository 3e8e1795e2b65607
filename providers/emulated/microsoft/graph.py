"""The Graph's OpenID Connect userinfo endpoint."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from providers.emulated.microsoft.claims import make_userinfo
from providers.emulated.people import get_person
from providers.emulated.reading import read_bearer
from providers.emulated.upstream import Upstream


@dataclass(frozen=True, slots=True)
class Graph:
    """`graph.microsoft.com/oidc/userinfo`."""

    upstream: Upstream

    async def endpoint(self, request: Request) -> Response:
        """Answer the person behind a bearer token, or the Graph's own error object."""
        grant = self.upstream.tokens.find(read_bearer(request), self.upstream.clock.stamp())
        if grant is None:
            error = {"code": "InvalidAuthenticationToken", "message": "Access token is not valid."}
            return JSONResponse({"error": error}, 401, {"WWW-Authenticate": "Bearer"})
        claims = make_userinfo(grant.login.client_id, grant, get_person(grant.person))
        if self.upstream.faults.strikes("subject_mismatch"):
            claims["sub"] = "somebody-else"
        return JSONResponse(claims)
