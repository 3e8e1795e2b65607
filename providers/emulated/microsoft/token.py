"""Microsoft's token endpoint: code against ID token, every refusal by its number."""

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
from providers.emulated.microsoft.claims import make_claims
from providers.emulated.microsoft.errors import answer_error, make_opaque
from providers.emulated.microsoft.keys import PERSONAL, WORK
from providers.emulated.people import COUNCIL_TENANT, PERSONAL_TENANT, get_person
from providers.emulated.reading import Credentials, read_credentials, read_parameters
from providers.emulated.token_body import shape
from providers.emulated.upstream import Upstream

LIFE = 3599
DAY = 86_400


@dataclass(frozen=True, slots=True)
class Token:
    """`/{tenant}/oauth2/v2.0/token`."""

    upstream: Upstream
    id_tokens: IdTokens

    async def endpoint(self, request: Request) -> Response:
        """Answer tokens, or one of Microsoft's numbered errors."""
        form = await read_parameters(request)
        outcome = self._authenticate(request, form)
        if isinstance(outcome, int):
            return answer_error(self.upstream, outcome)
        grant = self._redeem(outcome, form)
        if isinstance(grant, int):
            return answer_error(self.upstream, grant)
        return self._respond(outcome, grant)

    def _authenticate(self, request: Request, form: Mapping[str, str]) -> Registration | int:
        """Return the app, or the number of the error."""
        if self.upstream.faults.strikes("secret_expired"):
            return 7000222
        credentials = read_credentials(request, form)
        if not credentials.client_id:
            return 900144
        registration = self.upstream.registrations.get(credentials.client_id)
        if registration is None:
            return 700016
        if request.headers.get("origin") and not registration.is_public:
            return 9002326
        return _check_secret(registration, credentials)

    def _redeem(self, registration: Registration, form: Mapping[str, str]) -> Authorization | int:
        if form.get("grant_type") != "authorization_code":
            return 70003
        if self.upstream.faults.strikes("code_rejected"):
            return 70000
        now = self.upstream.clock.stamp()
        match self.upstream.codes.redeem(form.get("code", ""), registration.client_id, now):
            case UnknownCode():
                return 70000
            case UsedCode():
                return 54005
            case ExpiredCode():
                return 70008
            case Redeemed(authorization):
                return _check(authorization, form)

    def _respond(self, registration: Registration, grant: Authorization) -> Response:
        access_token = make_opaque("EwB")
        self.upstream.tokens.issue(access_token, grant, self.upstream.clock.stamp() + LIFE)
        body: Claims = {
            "token_type": "Bearer",
            # Sorted, therefore rarely in the order asked for: the real one shuffles, too.
            "scope": " ".join(sorted(grant.scopes)),
            "expires_in": LIFE,
            "ext_expires_in": LIFE,
            "access_token": access_token,
        }
        if "offline_access" in grant.scopes:
            body["refresh_token"] = make_opaque("M.C507_BAY.0.U.-")
        if "openid" in grant.scopes:
            body["id_token"] = self._id_token(registration, grant)
        return JSONResponse(
            shape(self.upstream, body), headers={"Cache-Control": "no-store", "Pragma": "no-cache"}
        )

    def _id_token(self, registration: Registration, grant: Authorization) -> str:
        person = get_person(grant.person)
        upstream, now = self.upstream, self.upstream.clock.stamp()
        claims = make_claims(upstream.base, registration, grant, person, now)
        is_personal = person.accounts["microsoft"].tenant == PERSONAL_TENANT
        if upstream.faults.strikes("foreign_tenant"):
            issuer = f"{upstream.base}/{COUNCIL_TENANT}/v2.0"
            claims |= {"tid": COUNCIL_TENANT, "iss": issuer}
        return self.id_tokens.mint(claims, upstream.rings[PERSONAL if is_personal else WORK])


def _check_secret(registration: Registration, credentials: Credentials) -> Registration | int:
    if registration.is_public:
        return registration
    if not credentials.secret:
        return 7000218
    return registration if credentials.fit(registration) else 7000215


def _check(authorization: Authorization, form: Mapping[str, str]) -> Authorization | int:
    if form.get("redirect_uri", "") != authorization.login.redirect_uri:
        return 500112
    if not verifier_fits(authorization.login, form.get("code_verifier", "")):
        return 501481
    return authorization
