"""Signing our tokens, and knowing our own again.

`LocalSigner` signs in this process with keys that were parsed once. It reads only tokens of our
own ring: never another issuer's, never another serialisation, never an algorithm that the token
chose. Whether a token is expired, and for whom it is, its caller judges.
"""

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, Protocol

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry

from keys.errors import NoSigningKey, RingStale, TokenRefused
from keys.loading import OpenRing
from keys.model import Algorithm, KeyRecord

LONGEST_TOKEN = 16 * 1024
"""Characters; anything longer is refused before it is looked at."""


_ENCODE: Final = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


class Signer(Protocol):
    """Who can put our name under claims; a hardware module may stand behind it.

    Each verb raises RingStale where it is not known whether the ring was changed since it was seen.
    """

    def sign(self, claims: Mapping[str, Any], *, typ: str, algorithm: Algorithm) -> str:
        """A compact JWS (RFC 7515 section 7.1) with `kid` and `typ`; or NoSigningKey."""
        ...

    def canary(self, claims: Mapping[str, Any], *, typ: str, algorithm: Algorithm) -> str:
        """The same with the announced key that signs next; or NoSigningKey."""
        ...

    def can_sign(self, algorithms: Iterable[Algorithm]) -> None:
        """Raise RingStale or NoSigningKey where not all of these can be signed with now."""
        ...

    def verify(self, token: str, *, typ: str) -> dict[str, Any]:
        """The claims of a token that we signed with exactly this `typ`; or TokenRefused."""
        ...


class _OurAlgorithms(JWSRegistry):
    """joserfc's registry, narrowed to the algorithms of the ring.

    It also spares us the warning that RFC 9864 prefers the name Ed25519 to EdDSA: relying parties
    know the old name, and ours is always Ed25519.
    """

    def get_alg(self, name: str) -> Any:
        return self.algorithms[Algorithm(name).value]


class LocalSigner:
    """Signs and verifies with one snapshot of the ring at a time, while its lease holds."""

    def __init__(self, ring: OpenRing, *, holds: Callable[[], bool]) -> None:
        self._registry = _OurAlgorithms(algorithms=[algorithm.value for algorithm in Algorithm])
        self._ring = ring
        self._holds = holds

    @property
    def ring(self) -> OpenRing:
        """The snapshot in use."""
        return self._ring

    def use(self, ring: OpenRing) -> None:
        """Sign and verify with this snapshot from now on."""
        self._ring = ring

    def sign(self, claims: Mapping[str, Any], *, typ: str, algorithm: Algorithm) -> str:
        """Sign with the key that signs for this algorithm now."""
        ring = self._ring
        return self._signed(ring, _of(ring.signing, algorithm), claims, typ)

    def canary(self, claims: Mapping[str, Any], *, typ: str, algorithm: Algorithm) -> str:
        """Sign with the key that is announced: only what is good for nothing but a test."""
        ring = self._ring
        return self._signed(ring, _of(ring.next, algorithm), claims, typ)

    def can_sign(self, algorithms: Iterable[Algorithm]) -> None:
        """Ask before something is used up that only a token can replace."""
        self._check_lease()
        for algorithm in algorithms:
            _of(self._ring.signing, algorithm)

    def verify(self, token: str, *, typ: str) -> dict[str, Any]:
        """Check size, form, header and signature, in this order; `typ` is compared exactly."""
        ring = self._ring
        record = _signed_by(ring, _header(token), typ=typ)
        try:
            signed = jws.deserialize_compact(
                token, ring.public[record.kid], registry=self._registry
            )
        except JoseError:
            raise TokenRefused("signature") from None
        self._check_lease()
        return _claims(signed.payload or b"")

    def _signed(
        self, ring: OpenRing, record: KeyRecord, claims: Mapping[str, Any], typ: str
    ) -> str:
        algorithm = record.algorithm.value
        signed = _header_part(algorithm, record.kid, typ) + b"." + _part(_ENCODE(claims).encode())
        signature = self._registry.get_alg(algorithm).sign(signed, ring.private[record.kid])
        token = (signed + b"." + _part(signature)).decode()
        # Asked when the signature is there: a machine may have been stopped while it was made.
        self._check_lease()
        return token

    def _check_lease(self) -> None:
        if not self._holds():
            raise RingStale


def _part(raw: bytes) -> bytes:
    """A part of a JWS: base64url without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


@lru_cache(maxsize=64)
def _header_part(algorithm: str, kid: str, typ: str) -> bytes:
    """The same for every token of a key and kind: put together once."""
    return _part(_ENCODE({"alg": algorithm, "kid": kid, "typ": typ}).encode())


def _of(keys: Mapping[Algorithm, KeyRecord], algorithm: Algorithm) -> KeyRecord:
    """The key of an algorithm; NoSigningKey where there is none."""
    found = keys.get(algorithm)
    if found is None:
        raise NoSigningKey(algorithm)
    return found


def _signed_by(ring: OpenRing, header: dict[str, Any], *, typ: str) -> KeyRecord:
    # We write these three and no others: no `crit`, `b64`, `jku` or `jwk` is ever considered.
    if header.keys() != {"alg", "kid", "typ"}:
        raise TokenRefused("header")
    if header["typ"] != typ:
        raise TokenRefused("typ")
    kid = header["kid"]
    record = ring.by_kid.get(kid) if isinstance(kid, str) else None
    if record is None:
        raise TokenRefused("kid")
    if header["alg"] != record.algorithm.value:
        raise TokenRefused("alg")
    return record


def _header(token: str) -> dict[str, Any]:
    if len(token) > LONGEST_TOKEN:
        raise TokenRefused("size")
    segments = token.split(".")
    if len(segments) != 3 or not token.isascii():  # noqa: PLR2004 - RFC 7515 section 7.1
        raise TokenRefused("form")
    try:
        raw = base64.b64decode(segments[0] + "=" * (-len(segments[0]) % 4), b"-_", validate=True)
        header = json.loads(raw)
    except (ValueError, RecursionError):
        raise TokenRefused("form") from None
    if not isinstance(header, dict):
        raise TokenRefused("form")
    return header


def _claims(payload: bytes) -> dict[str, Any]:
    try:
        claims = json.loads(payload)
    except ValueError:
        raise TokenRefused("claims") from None
    if not isinstance(claims, dict):
        raise TokenRefused("claims")
    return claims
