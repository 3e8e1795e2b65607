"""What every service in Python does: read lines of tokens, answer with words; told by environment.

`JWKS`, `ISSUER`, `AUDIENCE`, and in seconds `LEEWAY`, `SKEW`, `CACHE`, `COOLDOWN`.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self

ALGORITHMS: Final = ["RS256", "PS256", "ES256", "EdDSA"]
TYP: Final = "at+jwt"


@dataclass(frozen=True, slots=True)
class Told:
    """What a service is configured with."""

    jwks: str
    issuer: str
    audience: str
    leeway: int
    skew: int
    cache: float
    cooldown: float

    @classmethod
    def by_environment(cls) -> Self:
        """Read it."""
        told = os.environ
        return cls(
            told["JWKS"],
            told["ISSUER"],
            told["AUDIENCE"],
            int(told["LEEWAY"]),
            int(told["SKEW"]),
            float(told["CACHE"]),
            float(told["COOLDOWN"]),
        )


def serve(judge: Callable[[str], str]) -> None:
    """Answer until there is nothing more to judge."""
    for line in sys.stdin:
        sys.stdout.write(" ".join(judge(token) for token in line.split()) + "\n")
        sys.stdout.flush()
