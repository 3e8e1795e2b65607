"""One strict reading of a signed token: compact JWS, pinned algorithm, a key of our choosing.

The only place of this package that calls joserfc to verify. Whatever else a header offers as a key
(`jwk`, `jku`, `x5c`, `x5u`) is ignored, `crit` and `b64` are refused (RFC 8725 section 3.10), and
the size is judged before anything is parsed.
"""

import base64
import binascii
import re
from collections.abc import Collection
from dataclasses import dataclass

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from providers.failed_check import CheckFailed
from providers.strict_json import read_object

ALGORITHMS = frozenset({"RS256", "PS256", "ES256"})
TOKEN_CAP = 16 * 1024
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_HEADER_CAP = 4096

PublicKey = RSAKey | ECKey


@dataclass(frozen=True, slots=True)
class Header:
    """What we read of a JOSE header: which algorithm, and which key (None when it does not say)."""

    algorithm: str
    kid: str | None


class _Registry(jws.JWSRegistry):
    max_header_length = _HEADER_CAP


def read_header(token: str, *, algorithms: Collection[str]) -> Header:
    """Return the header of a compact JWS (RFC 7515 section 3.1), or raise CheckFailed."""
    if len(token) > TOKEN_CAP:
        raise CheckFailed("token_size", detail=f"{len(token)} characters")
    if not _COMPACT.fullmatch(token):
        raise CheckFailed("token_form", detail="not a compact JWS")
    header = read_object(_decode(token.partition(".")[0]), check="token_header")
    if "crit" in header or "b64" in header:
        raise CheckFailed("token_header", detail="crit or b64")
    algorithm = header.get("alg")
    pinned = ALGORITHMS.intersection(algorithms)
    if not isinstance(algorithm, str) or algorithm not in pinned:
        raise CheckFailed("token_algorithm", detail="not one that is pinned for this provider")
    kid = header.get("kid")
    if kid is not None and not isinstance(kid, str):
        raise CheckFailed("token_header", detail="kid is not a string")
    return Header(algorithm, kid)


def verify(token: str, key: PublicKey, *, algorithm: str) -> bytes:
    """Return the payload of a token whose header `read_header` has read, or raise CheckFailed."""
    registry = _Registry(algorithms=[algorithm], strict_check_header=False)
    try:
        return jws.deserialize_compact(token, key, registry=registry).payload
    except (JoseError, ValueError) as error:
        raise CheckFailed("token_signature", detail=type(error).__name__) from error


def _decode(segment: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    except binascii.Error as error:
        raise CheckFailed("token_form", detail="not base64url") from error
