"""Do portals see what we would publish: metadata and keys at the issuer's own address."""

import json
from collections.abc import Collection
from typing import Any

from broker.upkeep.finding import Finding, error, ok

_NAME = "metadata at the issuer's address"
_KEYS = "keys at the issuer's address"


def judge_metadata(seen: bytes, expected: bytes) -> Finding:
    """Compare what portals read with this release's, on this configuration."""
    found, wanted = _members(seen), _members(expected)
    if not found:
        return error(
            _NAME,
            "what answers there is no metadata",
            "See that the proxy hands every path on to the broker, and nothing else answers there.",
        )
    wrong = sorted(name for name in found.keys() | wanted if found.get(name) != wanted.get(name))
    if not wrong:
        return ok(_NAME, "as we would publish it")
    return error(
        _NAME,
        f"another {', '.join(wrong)} than this configuration and release would publish",
        "Restart the brokers if the configuration changed; see that the proxy does not rewrite or "
        "keep answers, and that the address leads to this installation.",
    )


def judge_keys(seen: bytes, expected: Collection[str]) -> Finding:
    """Every key that we sign with or have announced must be there, by `kid`."""
    listed = _members(seen).get("keys", [])
    keys = listed if isinstance(listed, list) else []
    kids = {each.get("kid") for each in keys if isinstance(each, dict)}
    missing = set(expected) - kids
    if not missing:
        return ok(_KEYS, f"all {len(expected)}")
    return error(
        _KEYS,
        f"{len(missing)} of {len(expected)} are not there: portals refuse what they sign",
        "See that no proxy keeps /jwks for longer than it says, and that the address leads here.",
    )


def _members(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
