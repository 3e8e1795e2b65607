"""The Graph: `/me`, `/debug_token` and the removal of permissions."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from providers.emulated.consoles import Registration
from providers.emulated.facebook import errors
from providers.emulated.facebook.accounts import describe, user_id_for
from providers.emulated.facebook.app_tokens import find_app, proof_fits
from providers.emulated.facebook.errors import GraphError
from providers.emulated.facebook.notices import Notices
from providers.emulated.facebook.versions import find_served
from providers.emulated.grants import Authorization
from providers.emulated.people import get_person
from providers.emulated.reading import read_bearer
from providers.emulated.upstream import Upstream


@dataclass(frozen=True, slots=True)
class Graph:
    """`graph.facebook.com/{version}/…`."""

    upstream: Upstream
    notices: Notices

    async def me(self, request: Request) -> Response:
        """Answer the person behind a token, with the fields asked for."""
        version = find_served(request.path_params.get("version", ""), self.upstream.clock().date())
        if version is None:
            return errors.NO_SUCH_PATH.answer()
        grant = self._read_grant(request)
        if isinstance(grant, GraphError):
            return grant.answer()
        person = get_person(grant.person)
        fields = request.query_params.get("fields", "")
        body = describe(self.upstream.base, grant, person, fields)
        if self.upstream.faults.strikes("subject_mismatch"):
            body["id"] = "10000000000000001"
        return JSONResponse(body, headers={"facebook-api-version": version})

    async def debug_token(self, request: Request) -> Response:
        """Answer what a token is, to an app's own token."""
        app = find_app(_read_token(request), self.upstream.registrations)
        if app is None:
            return errors.BAD_TOKEN.answer()
        token = request.query_params.get("input_token", "")
        grant = self.upstream.tokens.find(token, self.upstream.clock.stamp())
        if grant is None or grant.login.client_id != app.client_id:
            error = {"code": 190, "message": "Invalid OAuth access token."}
            unknown = {"app_id": app.client_id, "is_valid": False, "scopes": [], "error": error}
            return JSONResponse({"data": unknown})
        data = {
            "app_id": app.client_id,
            "application": app.name,
            "type": "USER",
            "is_valid": True,
            "user_id": user_id_for(app.client_id, get_person(grant.person)),
            "scopes": list(grant.scopes),
            "issued_at": grant.signed_in.since,
            "expires_at": self.upstream.tokens.expiry(token),
        }
        return JSONResponse({"data": data})

    async def remove_permissions(self, request: Request) -> Response:
        """Take back all permissions, which tells the app's deauthorize address."""
        grant = self._read_grant(request)
        if isinstance(grant, GraphError):
            return grant.answer()
        app = self.upstream.registrations[grant.login.client_id]
        person = get_person(grant.person)
        if request.path_params["user"] not in ("me", user_id_for(app.client_id, person)):
            return errors.NOT_ALLOWED.answer()
        await self.notices.deauthorize(app, person)
        return JSONResponse({"success": True})

    def _read_grant(self, request: Request) -> Authorization | GraphError:
        token = _read_token(request)
        if not token:
            return errors.NO_TOKEN
        grant = self.upstream.tokens.find(token, self.upstream.clock.stamp())
        if grant is None:
            return errors.BAD_TOKEN
        app = self.upstream.registrations[grant.login.client_id]
        return self._check_proof(app, token, request) or grant

    def _check_proof(self, app: Registration, token: str, request: Request) -> GraphError | None:
        proof = request.query_params.get("appsecret_proof", "")
        required = self.upstream.faults.strikes("proof_required") or app.requires_app_secret
        if not proof:
            return errors.PROOF_REQUIRED if required else None
        return None if proof_fits(app, token, proof) else errors.PROOF_WRONG


def _read_token(request: Request) -> str:
    return read_bearer(request) or request.query_params.get("access_token", "")
