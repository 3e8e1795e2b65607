"""Makes ID tokens: right ones, and every wrong one that the faults ask for."""

from dataclasses import dataclass

from providers.emulated import jws
from providers.emulated.keys import WEAK_BITS, SigningKey, name_key
from providers.emulated.rings import KeyRing
from providers.emulated.upstream import Upstream

HOUR = 3600
TEN_MINUTES = 600
DAY = 86_400
OVERSIZE = 40_000
STRANGER = "client-of-somebody-else"

Claims = dict[str, object]


@dataclass(frozen=True, slots=True)
class IdTokens:
    """The ID token workshop of one provider."""

    upstream: Upstream

    def mint(self, claims: Claims, ring: KeyRing) -> str:
        """Return the token for these claims (absent where None), with the queued faults."""
        present = {name: value for name, value in claims.items() if value is not None}
        return self._sign(self._falsify(present), ring)

    def _falsify(self, claims: Claims) -> Claims:
        strikes = self.upstream.faults.strikes
        for fault, changes in self._changes(claims).items():
            if strikes(fault):
                claims = {**claims, **changes}
        return {name: value for name, value in claims.items() if value is not None}

    def _changes(self, claims: Claims) -> dict[str, Claims]:
        """Return what each fault puts in a claim's place (None: nothing)."""
        now = self.upstream.clock.stamp()
        return {
            "wrong_nonce": {"nonce": "a-nonce-that-was-never-sent"},
            "no_nonce": {"nonce": None},
            "wrong_issuer": {"iss": "https://somebody-else.example"},
            "old_issuer": {"iss": self.upstream.old_issuer},
            "wrong_audience": {"aud": STRANGER, "azp": STRANGER},
            "second_audience": {"aud": [claims.get("aud"), STRANGER], "azp": STRANGER},
            "expired": {"iat": now - 2 * HOUR, "nbf": now - 2 * HOUR, "exp": now - HOUR},
            "issued_in_future": {"iat": now + TEN_MINUTES},
            "not_yet_valid": {"nbf": now + TEN_MINUTES},
            "subject_integer": {"sub": 1234567890123456789},
            "no_subject": {"sub": None},
            "no_email": {"email": None, "email_verified": None},
            "no_object_id": {"oid": None},
            "padded_at_hash": {"at_hash": f"{claims.get('at_hash', '')}=="},
            "wrong_at_hash": {"at_hash": jws.half_hash("another-access-token")},
            "stale_auth_time": {"auth_time": now - DAY},
            "oversized": {"filler": "x" * OVERSIZE},
        }

    def _sign(self, claims: Claims, ring: KeyRing) -> str:
        strikes, key = self.upstream.faults.strikes, ring.signer()
        if strikes("alg_none"):
            return jws.leave_unsigned(claims)
        if strikes("hs256"):
            return jws.sign_with_public_key(claims, key)
        if strikes("weak_key"):
            self.upstream.shows_weak_key = True
            key = find_weak_key(self.upstream)
        if strikes("unknown_kid"):
            key = SigningKey("a-key-in-no-set", self.upstream.stock.rsa("never published"))
        header = {"typ": "JWT", "alg": key.algorithm} if strikes("no_kid") else None
        token = jws.sign(claims, key, header)
        return _bend(token) if strikes("bad_signature") else token


def find_weak_key(upstream: Upstream) -> SigningKey:
    """Return the provider's 1024-bit RSA key."""
    private = upstream.stock.rsa(f"{upstream.name} weak", WEAK_BITS)
    return SigningKey(upstream.weak_kid or name_key(private), private, {"alg": "RS256"})


def _bend(token: str) -> str:
    """Change the signature's first character: its last one may hold bits that do not count."""
    head, _, signature = token.rpartition(".")
    return f"{head}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
