"""The plain provider's token and userinfo endpoints."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from providers.emulated.consoles import Registration
from providers.emulated.forgery import Claims, IdTokens
from providers.emulated.generic.metadata import RING
from providers.emulated.grants import Authorization, Redeemed, verifier_fits
from providers.emulated.jws import half_hash
from providers.emulated.oauth_error import OAuthError
from providers.emulated.people import Person, get_person
from providers.emulated.reading import read_bearer, read_credentials, read_parameters
from providers.emulated.token_body import shape
from providers.emulated.upstream import Upstream

LIFE = 3600
WRONG_CLIENT = OAuthError("invalid_client", "client authentication failed", 401)
BAD_GRANT_TYPE = OAuthError("unsupported_grant_type", "only authorization_code")
BAD_CODE = OAuthError("invalid_grant", "code, redirect_uri or code_verifier is wrong")
BAD_TOKEN = OAuthError("invalid_token", "access token is not valid", 401)
THROTTLED = OAuthError("temporarily_unavailable", "too many requests", 429)


@dataclass(frozen=True, slots=True)
class Token:
    """`/token` and `/userinfo`."""

    upstream: Upstream
    id_tokens: IdTokens

    async def endpoint(self, request: Request) -> Response:
        """Answer tokens, or an error."""
        form = await read_parameters(request)
        credentials = read_credentials(request, form)
        app = self.upstream.registrations.get(credentials.client_id)
        if app is None or not credentials.fit(app):
            return WRONG_CLIENT.answer()
        if form.get("grant_type") != "authorization_code":
            return BAD_GRANT_TYPE.answer()
        grant = self._redeem(app, form)
        return BAD_CODE.answer() if grant is None else self._respond(grant)

    async def userinfo(self, request: Request) -> Response:
        """Answer the person behind a bearer token."""
        grant = self.upstream.tokens.find(read_bearer(request), self.upstream.clock.stamp())
        if grant is None:
            return BAD_TOKEN.answer()
        claims = _describe(grant, get_person(grant.person))
        if self.upstream.faults.strikes("subject_mismatch"):
            claims["sub"] = "somebody-else"
        return JSONResponse(claims)

    def _redeem(self, app: Registration, form: Mapping[str, str]) -> Authorization | None:
        now = self.upstream.clock.stamp()
        outcome = self.upstream.codes.redeem(form.get("code", ""), app.client_id, now)
        if not isinstance(outcome, Redeemed) or self.upstream.faults.strikes("code_rejected"):
            return None
        login = outcome.authorization.login
        fits = form.get("redirect_uri") == login.redirect_uri
        proven = verifier_fits(login, form.get("code_verifier", ""))
        return outcome.authorization if fits and proven else None

    def _respond(self, grant: Authorization) -> Response:
        now, upstream = self.upstream.clock.stamp(), self.upstream
        access_token = upstream.tokens.issue(secrets.token_urlsafe(32), grant, now + LIFE)
        claims: Claims = {
            "iss": upstream.base,
            "aud": grant.login.client_id,
            "exp": now + LIFE,
            "iat": now,
            "auth_time": grant.signed_in.since,
            "nonce": grant.login.get("nonce") or None,
            "at_hash": half_hash(access_token),
            **_describe(grant, get_person(grant.person)),
        }
        body: Claims = {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": LIFE,
            "scope": " ".join(grant.scopes),
            "id_token": self.id_tokens.mint(claims, upstream.rings[RING]),
        }
        return JSONResponse(shape(upstream, body), headers={"Cache-Control": "no-store"})


def _describe(grant: Authorization, person: Person) -> Claims:
    account = person.accounts["generic"]
    claims: Claims = {"sub": hashlib.sha256(f"generic {person.key}".encode()).hexdigest()[:32]}
    if "profile" in grant.scopes:
        claims |= {
            "name": person.name,
            "given_name": person.given_name,
            "family_name": person.family_name,
        }
    if "email" in grant.scopes and account.email:
        claims |= {"email": account.email, "email_verified": account.email_verified}
    return claims
