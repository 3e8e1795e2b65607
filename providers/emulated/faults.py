"""Everything that can be made to go wrong, and the queue of what shall go wrong next.

`CATALOGUE` is the table that the control endpoint shows and checks against. A fault strikes at one
place, a number of times (None: until reset), in the order in which it was queued. Which provider
can have which fault is not checked: a fault that its provider never looks for never strikes.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum


class Place(StrEnum):
    """Where a fault strikes."""

    DISCOVERY = "discovery"
    JWKS = "jwks"
    AUTHORIZE = "authorize"
    CALLBACK = "callback"
    TOKEN = "token"
    ID_TOKEN = "id_token"
    USERINFO = "userinfo"


TRANSPORT_PLACES = (Place.TOKEN, Place.DISCOVERY, Place.JWKS, Place.USERINFO, Place.AUTHORIZE)


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A fault that exists; the first place is the default one."""

    name: str
    places: tuple[Place, ...]
    text: str


def _kinds(places: tuple[Place, ...], **texts: str) -> tuple[FaultKind, ...]:
    return tuple(FaultKind(name, places, text) for name, text in texts.items())


TRANSPORT = _kinds(
    TRANSPORT_PLACES,
    slow="answers, but only after `seconds` (8)",
    timeout="holds the connection for `seconds` (60), then 504",
    down_500="500 with an empty body",
    down_502="502 with an HTML page",
    down_503="503 with Retry-After",
    throttled="too many requests, in the provider's own shape",
    html="200, but an HTML page instead of JSON",
    wrong_content_type="the right body as text/javascript",
    truncated="the right body, cut in half",
    huge="a body of 1 MB",
    redirect="302 to another address",
    not_json_object="200 and the JSON value false",
)
CALLBACKS = _kinds(
    (Place.CALLBACK,),
    cancel="the person cancels, in the provider's usual form",
    cancel_subcode="Microsoft: access_denied with error_subcode, without description",
    cancel_declined="Microsoft: consent declined, with a description",
    cancel_admin="Microsoft: an administrator would have to approve; the person turns back",
    error_code_only="Facebook: error_code and error_message, without error",
    lost_state="the answer comes back without state",
    duplicate_state="the answer holds state twice",
    wrong_state="the answer holds a state that we never sent",
    wrong_response_issuer="an RFC 9207 iss of somebody else",
    foreign_code="a code that another provider issued",
    server_error="error=server_error",
    temporarily_unavailable="error=temporarily_unavailable",
)
TOKENS = _kinds(
    (Place.TOKEN,),
    no_id_token="the token response lacks the ID token",
    no_access_token="the token response lacks the access token",
    expires_in_text="expires_in as a string of digits",
    expires_in_absent="no expires_in",
    form_body="Facebook: the old form-encoded body with `expires`",
    object_error="Yahoo: an error whose value is an object",
    secret_expired="Microsoft: invalid_client with code 7000222",
    code_rejected="invalid_grant, whatever the code",
)
ID_TOKENS = _kinds(
    (Place.ID_TOKEN,),
    wrong_nonce="another nonce",
    no_nonce="no nonce",
    wrong_issuer="another issuer",
    old_issuer="the provider's earlier form of the issuer",
    wrong_audience="meant for another client",
    second_audience="meant for us and for another client, azp the other",
    expired="expired an hour ago",
    issued_in_future="iat 10 minutes ahead",
    not_yet_valid="nbf 10 minutes ahead",
    alg_none="no signature",
    hs256="HS256 with the public key as secret",
    weak_key="signed RS256 with a 1024-bit RSA key that the key set publishes",
    unknown_kid="signed with a key that is in no key set",
    no_kid="no kid in the header",
    bad_signature="one byte of the signature changed",
    subject_integer="sub as a JSON number",
    no_subject="no sub",
    no_email="no e-mail claims",
    no_object_id="Microsoft: no oid",
    foreign_tenant="Microsoft: tid and iss of a work tenant, signed with the personal-account key",
    padded_at_hash="at_hash with == at its end",
    wrong_at_hash="at_hash of another access token",
    stale_auth_time="auth_time a day ago",
    oversized="a claim of 40 kB",
)
KEY_SETS = _kinds(
    (Place.JWKS,),
    empty_jwks="a key set without keys",
    two_keys_same_kid="the signing key twice, the first with another modulus or point",
    flapping="alternately one half of the keys and the other",
)
PROFILES = _kinds(
    (Place.USERINFO,),
    subject_mismatch="userinfo about somebody else",
    proof_required="Facebook: the app demands appsecret_proof, whatever its registration says",
)
AUTHORIZATIONS = _kinds(
    (Place.AUTHORIZE,),
    blocked="an error page that never redirects",
    pkce_rejected="Yahoo: a code_challenge from a confidential client is an error page",
)
METADATA = _kinds(
    (Place.DISCOVERY,),
    foreign_issuer="another issuer in the metadata",
    foreign_endpoints="the token endpoint on another host",
)

CATALOGUE: dict[str, FaultKind] = {
    kind.name: kind
    for group in (
        TRANSPORT,
        CALLBACKS,
        TOKENS,
        ID_TOKENS,
        KEY_SETS,
        PROFILES,
        AUTHORIZATIONS,
        METADATA,
    )
    for kind in group
}


class UnknownFaultError(ValueError):
    """There is no such fault, or it cannot strike there."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A queued fault; `times` None means until reset, `seconds` is for slow and timeout."""

    name: str
    place: Place
    times: int | None = 1
    seconds: float | None = None


def plan_fault(
    name: str, at: str | None = None, times: int | None = 1, seconds: float | None = None
) -> Fault:
    """Return a fault from the catalogue, or raise UnknownFaultError."""
    kind = CATALOGUE.get(name)
    if kind is None:
        raise UnknownFaultError(f"no fault named {name}")
    if at is not None and at not in kind.places:
        raise UnknownFaultError(f"{name} cannot strike at {at}")
    if times is not None and times < 1:
        raise UnknownFaultError("times must be 1 or more, or null")
    return Fault(name, kind.places[0] if at is None else Place(at), times, seconds)


class FaultQueue:
    """What shall go wrong next at one provider."""

    def __init__(self) -> None:
        self._queued: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Queue a fault."""
        self._queued.append(fault)

    def take(self, place: Place, among: Collection[str]) -> Fault | None:
        """Return the first queued fault of these names at this place, and use it up once."""
        for index, fault in enumerate(self._queued):
            if fault.place is place and fault.name in among:
                self._use(index, fault)
                return fault
        return None

    def strikes(self, name: str) -> bool:
        """Say whether this fault is due at its default place, and use it up once."""
        return self.take(CATALOGUE[name].places[0], (name,)) is not None

    def waiting(self) -> tuple[Fault, ...]:
        """Return what is still queued."""
        return tuple(self._queued)

    def clear(self) -> None:
        """Forget all faults."""
        self._queued.clear()

    def _use(self, index: int, fault: Fault) -> None:
        if fault.times is None:
            return
        if fault.times == 1:
            del self._queued[index]
        else:
            self._queued[index] = replace(fault, times=fault.times - 1)
