"""Publishes key sets (RFC 7517 section 5), whole or with the faults that a key set can have."""

from collections.abc import Sequence

from providers.emulated.faults import Place
from providers.emulated.forgery import find_weak_key
from providers.emulated.keys import SigningKey
from providers.emulated.upstream import Upstream

Jwk = dict[str, object]


def publish(upstream: Upstream, keys: Sequence[SigningKey]) -> dict[str, list[Jwk]]:
    """Return the key set; `flapping` shows alternately one half of the keys and the other."""
    upstream.key_set_fetches += 1
    if upstream.faults.take(Place.JWKS, ("empty_jwks",)):
        return {"keys": []}
    if upstream.shows_weak_key and find_weak_key(upstream).kid not in {key.kid for key in keys}:
        keys = [*keys, find_weak_key(upstream)]
    if upstream.faults.take(Place.JWKS, ("two_keys_same_kid",)):
        keys = [one for key in keys for one in (_impostor(upstream, key), key)]
    if upstream.faults.take(Place.JWKS, ("flapping",)):
        keys = keys[upstream.key_set_fetches % 2 :: 2]
    return {"keys": [key.publish() for key in keys]}


def _impostor(upstream: Upstream, key: SigningKey) -> SigningKey:
    """Return another key under the same kid: it verifies nothing that the provider signs."""
    stock = upstream.stock
    private = stock.rsa("impostor") if key.algorithm == "RS256" else stock.ec("impostor")
    return SigningKey(key.kid, private, key.members)
