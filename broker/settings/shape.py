"""Reading the schema: which keys a table has, and what kind of value stands at a key.

Used by everything that walks the configuration by name: the environment, the wording of problems,
the repair of broken parts, the reference page.
"""

import difflib
from collections.abc import Iterable
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

from broker.settings.section import Section


def bare(kind: Any) -> Any:
    """Take `Annotated[…]` and `… | None` off a type."""
    if get_origin(kind) is Annotated:
        return bare(get_args(kind)[0])
    others = [each for each in get_args(kind) if each is not NoneType]
    if NoneType in get_args(kind) and len(others) == 1:
        return bare(others[0])
    return kind


def is_section(kind: Any) -> bool:
    """Whether the type is a table with fixed keys."""
    return isinstance(kind, type) and issubclass(kind, Section)


def is_table(kind: Any) -> bool:
    """Whether the type is a table whose keys the operator chooses."""
    return get_origin(kind) is dict


def is_list(kind: Any) -> bool:
    """Whether the type is a list of values."""
    return get_origin(kind) is tuple


def inside(kind: Any, key: str | int) -> Any:
    """Return the type at a key of a table or a position of a list; None if there is no such key."""
    if isinstance(key, int):
        return bare(get_args(kind)[0]) if is_list(kind) else None
    if is_section(kind):
        field = kind.model_fields.get(key)
        return bare(field.annotation) if field else None
    return bare(get_args(kind)[1]) if is_table(kind) else None


def walk(root: type[Section], keys: Iterable[str | int]) -> tuple[list[str | int], Any]:
    """Follow keys as far as the schema knows them; return those keys and the type found there."""
    found: list[str | int] = []
    kind: Any = root
    for key in keys:
        below = inside(kind, key)
        if below is None:
            break
        found.append(key)
        kind = below
    return found, kind


def did_you_mean(key: str, known: Iterable[str]) -> str:
    """Return `Did you mean "…"?`, or an empty text when nothing is near."""
    near = difflib.get_close_matches(key, list(known), n=1, cutoff=0.6)
    return f'Did you mean "{near[0]}"?' if near else ""
