"""A provider's public keys, kept per `kid` and merged from every fetch.

Microsoft's edge servers disagree for hours about which keys there are, so a key that is not seen
any more stays usable for a day. Keys are refreshed when an hour has passed, and once in five
minutes for a `kid` that nobody knows: a stranger with invented ones cannot make us hammer the
provider. When a refresh fails, what is kept serves for the same day.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from providers.errors import UpstreamUnavailable
from providers.failed_check import CheckFailed
from providers.http import Outbound
from providers.jws import Header, PublicKey
from providers.observer import Observer
from providers.single_flight import SingleFlight
from providers.strict_json import read_object

KEPT = timedelta(hours=24)
REFRESH = timedelta(hours=1)
RETRY = timedelta(minutes=5)
SET_CAP = 64 * 1024
MAX_KEYS = 100
MIN_RSA_BITS = 2048
MAX_RSA_BITS = 8192
_OK = 200
_KEY_TYPES = {"RSA": frozenset({"RS256", "PS256"}), "EC": frozenset({"ES256"})}


@dataclass(frozen=True, slots=True)
class UpstreamKey:
    """A parsed key, what it may verify, and the `issuer` that Microsoft writes on its keys."""

    kid: str | None
    key: PublicKey
    algorithms: frozenset[str]
    issuer: str | None
    material: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    key: UpstreamKey
    seen_at: datetime


def read_keys(body: bytes, *, algorithms: Collection[str]) -> tuple[UpstreamKey, ...]:
    """Return the usable keys of a JWK Set (RFC 7517 section 5), or raise CheckFailed.

    Keys for encryption, of another algorithm or curve, too small, or malformed are passed over, as
    are different keys under one `kid`: nobody could say which was meant.
    """
    keys = read_object(body, check="keys").get("keys")
    if not isinstance(keys, list) or len(keys) > MAX_KEYS:
        raise CheckFailed("keys", detail="no list of at most 100 keys")
    usable = [key for jwk in keys if (key := read_key(jwk, algorithms=algorithms)) is not None]
    materials: dict[str | None, set[tuple[str, ...]]] = {}
    for key in usable:
        materials.setdefault(key.kid, set()).add(key.material)
    return tuple(key for key in usable if key.kid is None or len(materials[key.kid]) == 1)


def read_key(jwk: object, *, algorithms: Collection[str]) -> UpstreamKey | None:
    """Return one key of a set if it may verify with one of `algorithms`, else None."""
    if not isinstance(jwk, dict) or jwk.get("use", "sig") != "sig":
        return None
    operations = jwk.get("key_ops")
    if operations is not None and not (isinstance(operations, list) and "verify" in operations):
        return None
    kid, issuer = jwk.get("kid"), jwk.get("issuer")
    suited = _KEY_TYPES.get(str(jwk.get("kty")), frozenset()).intersection(algorithms)
    if "alg" in jwk:
        suited = suited.intersection({str(jwk["alg"])})
    if not suited or not isinstance(kid, str | None) or not isinstance(issuer, str | None):
        return None
    members = ("kty", "n", "e") if jwk["kty"] == "RSA" else ("kty", "crv", "x", "y")
    material = tuple(str(jwk.get(member, "")) for member in members)
    key = _parse(dict(zip(members, material, strict=True)))
    return UpstreamKey(kid, key, suited, issuer, material) if key is not None else None


def _parse(public: Mapping[str, Any]) -> PublicKey | None:
    if public["kty"] == "EC":
        return _parse_curve_point(public) if public["crv"] == "P-256" else None
    # Base64url holds six bits a character; judged before parsing, which costs by the length.
    if not MIN_RSA_BITS - 6 <= len(public["n"]) * 6 <= MAX_RSA_BITS + 6:
        return None
    try:
        key = RSAKey.import_key(dict(public))
    except (JoseError, ValueError):
        return None
    return key if MIN_RSA_BITS <= key.public_key.key_size <= MAX_RSA_BITS else None


def _parse_curve_point(public: Mapping[str, Any]) -> PublicKey | None:
    try:
        return ECKey.import_key(dict(public))
    except (JoseError, ValueError):
        return None


class RemoteKeys:
    """The keys of one provider; one fetch at a time."""

    def __init__(
        self,
        provider: str,
        outbound: Outbound,
        *,
        algorithms: Collection[str],
        clock: Callable[[], datetime],
        observer: Observer,
    ) -> None:
        self._provider = provider
        self._outbound = outbound
        self._algorithms = frozenset(algorithms)
        self._clock = clock
        self._observer = observer
        self._flight = SingleFlight[None]()
        self._kept: dict[str, _Kept] = {}
        self._latest: tuple[UpstreamKey, ...] = ()
        self._fetched_at = datetime.min.replace(tzinfo=UTC)
        self._refresh_after = self._fetched_at
        self._refetch_after = self._fetched_at

    async def find(self, header: Header, *, jwks_uri: str) -> UpstreamKey:
        """Return the key that a token names, or raise CheckFailed or UpstreamUnavailable."""

        async def refresh() -> None:
            await self._refresh(jwks_uri)

        now = self._clock()
        due = now >= self._refresh_after or now - self._fetched_at > KEPT
        if due:
            await self._flight.run(refresh)
        key = self._look_up(header, now)
        if key is None and not due and (now >= self._refetch_after or self._flight.is_running):
            self._refetch_after = max(self._refetch_after, now + RETRY)
            await self._flight.run(refresh)
            key = self._look_up(header, now)
        if key is None:
            raise CheckFailed("token_key", detail="no usable key of that kid and algorithm")
        return key

    async def fetch(self, jwks_uri: str) -> tuple[UpstreamKey, ...]:
        """Ask now, merge what came into what is kept, and return it."""
        answer = await self._outbound.get(jwks_uri, endpoint="keys", cap=SET_CAP)
        if answer.status != _OK:
            raise CheckFailed("keys", detail=f"status {answer.status}")
        now = self._clock()
        self._latest = read_keys(answer.body, algorithms=self._algorithms)
        self._fetched_at = now
        self._kept = {kid: kept for kid, kept in self._kept.items() if now - kept.seen_at <= KEPT}
        for key in self._latest:
            if key.kid is not None:
                self._kept[key.kid] = _Kept(key, now)
        return self._latest

    async def _refresh(self, jwks_uri: str) -> None:
        """Fetch; on failure go on with what is kept, or raise when nothing usable is."""
        now = self._clock()
        self._refresh_after = now + RETRY
        try:
            await self.fetch(jwks_uri)
        except (CheckFailed, UpstreamUnavailable):
            if now - self._fetched_at > KEPT:
                raise
            self._observer.stale(self._provider, "keys")
        else:
            self._refresh_after = now + REFRESH

    def _look_up(self, header: Header, now: datetime) -> UpstreamKey | None:
        if header.kid is None:
            candidates = [key for key in self._latest if header.algorithm in key.algorithms]
            fresh = now - self._fetched_at <= KEPT
            return candidates[0] if len(candidates) == 1 and fresh else None
        kept = self._kept.get(header.kid)
        if kept is None or now - kept.seen_at > KEPT or header.algorithm not in kept.key.algorithms:
            return None
        return kept.key
