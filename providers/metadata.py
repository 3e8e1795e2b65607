"""A provider's discovery document: fetched when first needed, then kept a day.

The issuer must be the configured one, byte for byte (OpenID Connect Discovery section 4.3), and
every address in it must be https on a host of that provider's. When a refresh fails, the last good
document serves for a week; the first fetch has nothing to fall back on and raises.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from providers.errors import UpstreamUnavailable
from providers.failed_check import CheckFailed
from providers.http import Outbound
from providers.observer import Observer
from providers.single_flight import SingleFlight
from providers.strict_json import read_object

FRESH = timedelta(hours=24)
STALE = timedelta(days=7)
RETRY = timedelta(minutes=5)
_OK = 200


@dataclass(frozen=True, slots=True)
class Metadata:
    """What we use of the document (RFC 8414 section 2; RFC 9207 section 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    promises_iss: bool
    algorithms: tuple[str, ...]
    auth_methods: tuple[str, ...]
    challenge_methods: tuple[str, ...]
    scopes: tuple[str, ...]


def read_metadata(body: bytes, *, issuer: str, allows: Callable[[str], bool]) -> Metadata:
    """Return the document's metadata, or raise CheckFailed."""
    document = read_object(body, check="metadata")
    if document.get("issuer") != issuer:
        raise CheckFailed("metadata_issuer", detail="discovery names another issuer")

    def address(name: str, *, required: bool = True) -> str:
        value = document.get(name)
        if value is None and not required:
            return ""
        if not isinstance(value, str) or not allows(value):
            raise CheckFailed("metadata_endpoint", detail=name)
        return value

    return Metadata(
        issuer=issuer,
        authorization_endpoint=address("authorization_endpoint"),
        token_endpoint=address("token_endpoint"),
        jwks_uri=address("jwks_uri"),
        userinfo_endpoint=address("userinfo_endpoint", required=False),
        promises_iss=document.get("authorization_response_iss_parameter_supported") is True,
        algorithms=_words(document, "id_token_signing_alg_values_supported"),
        auth_methods=_words(document, "token_endpoint_auth_methods_supported"),
        challenge_methods=_words(document, "code_challenge_methods_supported"),
        scopes=_words(document, "scopes_supported"),
    )


def _words(document: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = document.get(name)
    return tuple(word for word in value if isinstance(word, str)) if isinstance(value, list) else ()


class Discovery:
    """The current metadata of one provider; one fetch at a time."""

    def __init__(
        self,
        provider: str,
        outbound: Outbound,
        *,
        url: str,
        issuer: str,
        clock: Callable[[], datetime],
        observer: Observer,
    ) -> None:
        self._provider = provider
        self._outbound = outbound
        self._url = url
        self._issuer = issuer
        self._clock = clock
        self._observer = observer
        self._flight = SingleFlight[Metadata]()
        self._last: Metadata | None = None
        self._fetched_at = datetime.min.replace(tzinfo=UTC)
        self._tried_at = self._fetched_at

    async def current(self) -> Metadata:
        """Return the metadata, or raise CheckFailed or UpstreamUnavailable when there is none."""
        now = self._clock()
        age = now - self._fetched_at
        if self._last is not None and (
            age < FRESH or (age <= STALE and now - self._tried_at < RETRY)
        ):
            return self._last
        return await self._flight.run(self._renew)

    async def fetch(self) -> Metadata:
        """Ask now, whatever is kept; what is kept is replaced by a good answer only."""
        answer = await self._outbound.get(self._url, endpoint="discovery")
        if answer.status != _OK:
            raise CheckFailed("metadata", detail=f"status {answer.status}")
        metadata = read_metadata(answer.body, issuer=self._issuer, allows=self._outbound.allows)
        self._last = metadata
        self._fetched_at = self._clock()
        return metadata

    async def _renew(self) -> Metadata:
        self._tried_at = self._clock()
        try:
            return await self.fetch()
        except (CheckFailed, UpstreamUnavailable):
            if self._last is None or self._tried_at - self._fetched_at > STALE:
                raise
            self._observer.stale(self._provider, "metadata")
            return self._last
