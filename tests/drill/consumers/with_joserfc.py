"""A service with joserfc and the worst cache that is still honest.

It keeps the keys for all of `max-age`, whatever it does not know meanwhile, and never longer.
"""

import re
import time
from typing import Any

import httpx2
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from tests.drill.consumers.lines import ALGORITHMS, TYP, Told, serve


class _Registry(JWSRegistry):
    """Without the advice that Ed25519 be called by its newer name."""

    def get_alg(self, name: str) -> Any:
        if name not in ALGORITHMS:
            return super().get_alg(name)
        return self.algorithms[name]


class Kept:
    """The keys as they were fetched, and until when."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._http = httpx2.Client(trust_env=False, timeout=5)
        self._keys = KeySet([])
        self._until = 0.0

    def keys(self) -> KeySet:
        """Fetch only when the time is over."""
        if time.monotonic() >= self._until:
            answer = self._http.get(self._address).raise_for_status()
            max_age = re.search(r"max-age=(\d+)", answer.headers["cache-control"])
            self._keys = KeySet.import_key_set(answer.json())
            self._until = time.monotonic() + (int(max_age[1]) if max_age else 0)
        return self._keys


def main() -> None:
    """Serve."""
    told = Told.by_environment()
    kept, registry = Kept(told.jwks), _Registry(algorithms=ALGORITHMS)
    essential = {"essential": True}

    def judge(token: str) -> str:
        try:
            found = jwt.decode(token, kept.keys(), algorithms=ALGORITHMS, registry=registry)
            if found.header.get("typ") != TYP:
                return "typ"
            rules = jwt.JWTClaimsRegistry(
                now=int(time.time()) + told.skew,
                leeway=told.leeway,
                iss=essential | {"value": told.issuer},
                aud=essential | {"value": told.audience},
                exp=essential,
                iat=essential,
            )
            rules.validate(found.claims)
        except httpx2.HTTPError:
            return "fetching"
        except (JoseError, ValueError) as error:
            return type(error).__name__
        return "ok"

    serve(judge)


if __name__ == "__main__":
    main()
