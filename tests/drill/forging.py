"""Tokens that nobody may take: made of a good one, or signed with a key that was stolen.

The thief has read the database and its master key: they hold every private key that has signed.
"""

import base64
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any, Final

from joserfc import jws
from joserfc.jwk import Key
from joserfc.jws import JWSRegistry

from keys import Algorithm, KeyRecord, Seal
from keys.jwk import new_key, private_key, public_pem
from keys.ring import CAN_SIGN
from keys.sealing import opened

LONG: Final = 3600
_ALL: Final = [each.value for each in Algorithm]


class _Registry(JWSRegistry):
    """Signs whatever is asked for, without advice."""

    def get_alg(self, name: str) -> Any:
        return self.algorithms[name]


_REGISTRY = _Registry(algorithms=_ALL)


def claims_of(token: str) -> dict[str, Any]:
    """What it says, unverified."""
    found: dict[str, Any] = json.loads(_decoded(token.split(".", 2)[1]))
    return found


def header_of(token: str) -> dict[str, Any]:
    """Its header, unverified."""
    found: dict[str, Any] = json.loads(_decoded(token.split(".", 1)[0]))
    return found


class Forger:
    """Has a key of each algorithm that is not ours."""

    def __init__(self) -> None:
        self._own = {each: new_key(each) for each in Algorithm}

    def forged(self, good: str, record: KeyRecord) -> Mapping[str, str]:
        """A token of each kind, after a good one that this key has signed; good for an hour."""
        header, claims = header_of(good), claims_of(good) | {"exp": int(time.time()) + LONG}
        alg = record.algorithm
        own = self._own[alg]
        head, body, signature = good.split(".", 2)
        other = _encoded(json.dumps(claims | {"sub": "somebody else"}).encode())
        kid = own.thumbprint()
        return {
            "signature changed": f"{head}.{body}.{_changed(signature)}",
            "claims changed": f"{head}.{other}.{signature}",
            "no signature": f"{head}.{body}.",
            "another key, same kid": _signed(header, claims, own),
            "another key, its own kid": _signed(header | {"kid": kid}, claims, own),
            "another key in the header": _signed(
                header | {"kid": kid, "jwk": own.as_dict(private=False)}, claims, own
            ),
            "alg none": f"{_encoded(json.dumps(header | {'alg': 'none'}).encode())}.{other}.",
            "HS256 with the public key": _confused(header, other, public_pem(record)),
        }


class Thief:
    """Has every private key, and signs after it should be good for nothing."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal
        self._keys: dict[str, Key] = {}

    def steal(self, record: KeyRecord) -> None:
        """While it is there: of a key that signs no more it is destroyed."""
        if record.kid not in self._keys and record.state in CAN_SIGN:
            self._keys[record.kid] = private_key(record, opened(record, self._seal))

    def token(self, record: KeyRecord, good: str) -> str | None:
        """As fresh as if it were minted now; None where the key was not got hold of."""
        key, now = self._keys.get(record.kid), int(time.time())
        if key is None:
            return None
        header = {"alg": record.algorithm.value, "kid": record.kid, "typ": "at+jwt"}
        return _signed(header, claims_of(good) | {"iat": now, "exp": now + LONG}, key)


def _signed(header: Mapping[str, Any], claims: Mapping[str, Any], key: Key) -> str:
    return jws.serialize_compact(
        dict(header), json.dumps(dict(claims)), key, algorithms=_ALL, registry=_REGISTRY
    )


def _confused(header: Mapping[str, Any], body: str, public: str) -> str:
    """Our public key as a shared secret (RFC 8725 section 2.1): no library signs this for us."""
    head = _encoded(json.dumps(dict(header) | {"alg": "HS256"}).encode())
    digest = hmac.digest(public.encode(), f"{head}.{body}".encode(), "sha256")
    return f"{head}.{body}.{_encoded(digest)}"


def _changed(signature: str) -> str:
    """Another character in the middle: the last one's spare bits may mean nothing."""
    middle = len(signature) // 2
    other = "A" if signature[middle] != "A" else "B"
    return signature[:middle] + other + signature[middle + 1 :]


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
