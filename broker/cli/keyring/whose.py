"""Is a token ours: what `farstu keys verify --token` says of it, and why not."""

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError

from broker.cli.keyring.asked import day_of
from broker.cli.speaking import CommandFailed, say
from broker.tokens.mint import ACCESS_TOKEN, ID_TOKEN
from keys import KeyRecord, LocalSigner, OpenRing, TokenRefused

_SHOWN: Final = ("iss", "aud", "iat", "exp")
_WHY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "size": "it is longer than any of ours",
        "form": "it is no JWT: that is three parts with points between them",
        "header": "its header has other members than ours have",
        "typ": f"its typ is neither {ACCESS_TOKEN} nor {ID_TOKEN}",
        "kid": "no key of ours has the kid that it names",
        "alg": "it names another algorithm than its key has",
        "signature": "the signature is not of the key that it names",
        "claims": "its claims are no JSON object",
    }
)


def say_whose(ring: OpenRing, token: str) -> None:
    """Say what a good one is for; CommandFailed with the reason for any other."""
    signer = LocalSigner(ring, holds=lambda: True)
    checks: list[str] = []
    for typ in (ACCESS_TOKEN, ID_TOKEN):
        try:
            claims = signer.verify(token, typ=typ)
        except TokenRefused as refused:
            checks.append(refused.check)
            continue
        shown = {name: claims[name] for name in _SHOWN if name in claims}
        say(f"It is ours ({typ}): {json.dumps(shown)}", style="bold green")
        return
    # The other kind's typ is never the reason.
    check = next((each for each in checks if each != "typ"), "typ")
    raise CommandFailed(f"It is no token of ours: {_why(check, ring.records, token)}.")


def _why(check: str, records: Sequence[KeyRecord], token: str) -> str:
    if check == "kid":
        kid = _header(token).get("kid")
        for each in (each for each in records if each.kid == kid):
            if each.revoked_at is not None:
                return f"its key {each.kid} was revoked, {day_of(each.revoked_at)}"
            if each.removed_at is not None:
                return f"its key {each.kid} was removed, {day_of(each.removed_at)}: it is too old"
    return _WHY[check]


def _header(token: str) -> dict[str, Any]:
    try:
        return dict(jws.extract_compact(token.encode()).headers())
    except (JoseError, ValueError):
        return {}
