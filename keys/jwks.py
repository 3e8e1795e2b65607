"""The public JWK Set (RFC 7517 section 5), as ready bytes.

Only members named here are ever written, whatever a record holds: a private member cannot slip
through, since none is on the list.
"""

import json
from collections.abc import Iterable

from keys.model import KeyRecord
from keys.ring import published

_PUBLIC_MEMBERS = ("kty", "crv", "x", "y", "n", "e")


def jwks_document(records: Iterable[KeyRecord]) -> bytes:
    """The JWK Set of the published keys: canonical JSON, the same bytes for the same ring."""
    keys = [_public(record) for record in published(records)]
    return json.dumps({"keys": keys}, separators=(",", ":")).encode("ascii")


def _public(record: KeyRecord) -> dict[str, str]:
    stored = json.loads(record.public_jwk)
    members = {name: stored[name] for name in _PUBLIC_MEMBERS if name in stored}
    return members | {"use": "sig", "alg": record.algorithm.value, "kid": record.kid}
