"""What must hold before we believe an ID token: one readable list of named checks.

OpenID Connect Core section 3.1.3.7. The first check that does not hold refuses the login and gives
its name to the log. A kind of provider puts its issuer check, and others of its own, before these.
"""

import base64
import hashlib
import hmac
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, NewType

from providers.failed_check import CheckFailed
from providers.jwks import RemoteKeys, UpstreamKey
from providers.jws import read_header, verify
from providers.strict_json import read_object

SignedClaims = NewType("SignedClaims", Mapping[str, Any])
"""Claims whose signature and named checks held; made by `IdTokens.verify` only."""

LEEWAY = timedelta(seconds=120)
OLDEST_ISSUE = timedelta(minutes=10)
_MAX_SUBJECT = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What this login must see. `authenticated_since` is set when a fresh login was demanded."""

    client_id: str
    nonce: str
    access_token: str
    now: datetime
    started_at: datetime
    authenticated_since: datetime | None = None
    requires_auth_time: bool = False


@dataclass(frozen=True, slots=True)
class Presented:
    """A token whose signature held, as the checks look at it."""

    claims: Mapping[str, Any]
    key: UpstreamKey
    expected: Expectation


class Check(NamedTuple):
    """A name for the log, and whether it holds; never raises."""

    name: str
    holds: Callable[[Presented], bool]


def is_for_us(presented: Presented) -> bool:
    """`aud` is our client id, or a list that holds it."""
    audience = presented.claims.get("aud")
    ours = presented.expected.client_id
    return audience == ours or (isinstance(audience, list) and ours in audience)


def was_issued_to_us(presented: Presented) -> bool:
    """`azp` is our client id; it may be absent only where we are the whole audience."""
    claims = presented.claims
    audience = claims.get("aud")
    if "azp" not in claims:
        return not (isinstance(audience, list) and len(audience) > 1)
    return bool(claims["azp"] == presented.expected.client_id)


def has_not_expired(presented: Presented) -> bool:
    """`exp` is a time and has not passed."""
    expires = _time(presented.claims.get("exp"))
    return expires is not None and presented.expected.now.timestamp() < expires + _LEEWAY_SECONDS


def was_issued_lately(presented: Presented) -> bool:
    """`iat` is a time, not to come, and not long before this attempt (Entra dates back 5 min)."""
    issued = _time(presented.claims.get("iat"))
    if issued is None:
        return False
    earliest = (presented.expected.started_at - OLDEST_ISSUE - LEEWAY).timestamp()
    return earliest <= issued <= presented.expected.now.timestamp() + _LEEWAY_SECONDS


def is_valid_already(presented: Presented) -> bool:
    """`nbf`, if there, is a time and has come."""
    if "nbf" not in presented.claims:
        return True
    begins = _time(presented.claims["nbf"])
    return begins is not None and begins <= presented.expected.now.timestamp() + _LEEWAY_SECONDS


def answers_our_nonce(presented: Presented) -> bool:
    """`nonce` is there and is the one of this attempt."""
    return _equal(presented.claims.get("nonce"), presented.expected.nonce)


def names_a_subject(presented: Presented) -> bool:
    """`sub` is a string of 1 to 255 visible ASCII characters."""
    return is_subject(presented.claims.get("sub"))


def fits_the_access_token(presented: Presented) -> bool:
    """`at_hash`, if there, is that of the access token; Yahoo pads it with `=`."""
    if "at_hash" not in presented.claims:
        return True
    claimed = presented.claims["at_hash"]
    digest = hashlib.sha256(presented.expected.access_token.encode()).digest()
    half = base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")
    return isinstance(claimed, str) and _equal(claimed.rstrip("="), half)


def was_authenticated_when_demanded(presented: Presented) -> bool:
    """`auth_time`, if there, is a time that has come, and recent enough if that was demanded."""
    expected = presented.expected
    since = expected.authenticated_since
    if "auth_time" not in presented.claims:
        return since is None or not expected.requires_auth_time
    at = _time(presented.claims["auth_time"])
    if at is None or at > expected.now.timestamp() + _LEEWAY_SECONDS:
        return False
    return since is None or at >= since.timestamp() - _LEEWAY_SECONDS


STANDARD_CHECKS = (
    Check("audience", is_for_us),
    Check("authorized_party", was_issued_to_us),
    Check("expired", has_not_expired),
    Check("issued_at", was_issued_lately),
    Check("not_before", is_valid_already),
    Check("nonce", answers_our_nonce),
    Check("subject", names_a_subject),
    Check("access_token_hash", fits_the_access_token),
    Check("auth_time", was_authenticated_when_demanded),
)


def judge(presented: Presented, checks: Collection[Check]) -> SignedClaims:
    """Return the claims when every check holds, or raise CheckFailed with the first that does not.

    The caller has verified the signature.
    """
    for check in checks:
        if not check.holds(presented):
            raise CheckFailed(check.name)
    return SignedClaims(presented.claims)


class IdTokens:
    """Verifies the ID tokens of one provider."""

    def __init__(
        self, keys: RemoteKeys, *, algorithms: Collection[str], checks: Collection[Check]
    ) -> None:
        self._keys = keys
        self._algorithms = frozenset(algorithms)
        self._checks = (*checks, *STANDARD_CHECKS)

    async def verify(self, token: str, expected: Expectation, *, jwks_uri: str) -> SignedClaims:
        """Return the claims, or raise CheckFailed; UpstreamUnavailable when keys cannot be had."""
        header = read_header(token, algorithms=self._algorithms)
        key = await self._keys.find(header, jwks_uri=jwks_uri)
        payload = verify(token, key.key, algorithm=header.algorithm)
        claims = read_object(payload, check="token_claims")
        return judge(Presented(claims, key, expected), self._checks)


def is_subject(value: object) -> bool:
    """Whether this can be a subject (OpenID Connect Core section 2): never a number."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= _MAX_SUBJECT
        and all("!" <= character <= "~" for character in value)
    )


_LEEWAY_SECONDS = LEEWAY.total_seconds()
_LATEST_TIME = 253_402_300_799  # the end of the year 9999, the last that datetime can hold


def _time(value: object) -> float | None:
    """A NumericDate (RFC 7519 section 2) in seconds, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if math.isfinite(value) and 0 <= value <= _LATEST_TIME else None


def _equal(one: object, other: str) -> bool:
    return isinstance(one, str) and hmac.compare_digest(one.encode(), other.encode())
