"""Recognises a service account by the bearer token that it has signed for itself (RFC 7523).

No token endpoint is involved: RS256, issuer and subject both the account's address, for one API
only, and for an hour at most.
"""

from collections.abc import Iterable, Mapping

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from providers.emulated.consoles import Registration, ServiceAccount
from providers.emulated.google.api_error import ApiError, forbid

AUDIENCE = "https://risc.googleapis.com/google.identity.risc.v1beta.RiscManagementService"
HOUR = 3600
SKEW = 60
UNKNOWN = ApiError(401, "UNAUTHENTICATED", "Authorization failed.")
WITHOUT_ROLE = forbid("Service account needs permission to access RISC configuration.")


def recognise(
    token: str, registrations: Iterable[Registration], now: int
) -> Registration | ApiError:
    """Return the app whose service account signed this token, if it may manage events."""
    for app in registrations:
        account = app.service_account
        if account is not None and _is_right(_read(token, account), account, now):
            return app if account.may_manage_events else WITHOUT_ROLE
    return UNKNOWN


def _read(token: str, account: ServiceAccount) -> Mapping[str, object]:
    """Return the claims that the account's key has signed; none where it has not."""
    try:
        return jwt.decode(token, RSAKey.import_key(account.public_key), ["RS256"]).claims
    except (JoseError, ValueError):
        return {}


def _is_right(claims: Mapping[str, object], account: ServiceAccount, now: int) -> bool:
    names = (claims.get("iss"), claims.get("sub"), claims.get("aud"))
    issued_at, expires_at = claims.get("iat"), claims.get("exp")
    if not (isinstance(issued_at, int) and isinstance(expires_at, int)):
        return False
    in_time = issued_at <= now + SKEW and now < expires_at <= issued_at + HOUR
    return in_time and names == (account.email, account.email, AUDIENCE)
