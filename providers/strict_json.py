"""JSON objects from a stranger: one reading only, or none.

Python's reader takes the last of two equal names, NaN, and lone surrogates; another reader of the
same text may not, and what one of them checked is then not what the other used.
"""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from providers.failed_check import CheckFailed


def read_object(text: bytes, *, check: str) -> Mapping[str, Any]:
    """Return the JSON object in `text`, or raise CheckFailed under the caller's check name."""
    try:
        value = json.loads(
            text.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse_constant
        )
        if b"\\u" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise CheckFailed(check, detail=f"not strict JSON: {type(error).__name__}") from error
    if not isinstance(value, dict):
        raise CheckFailed(check, detail=f"not a JSON object but {type(value).__name__}")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name occurs twice")
    return members


def _refuse_constant(_: str) -> NoReturn:
    raise ValueError("not a JSON number")
