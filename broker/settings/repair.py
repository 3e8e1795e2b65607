"""Filling broken parts of a configuration so that the rest of it can still be judged.

The result is only ever checked, never used: somebody who got two things wrong sees both at once.
"""

import copy
from typing import Any, get_args, get_origin

from pydantic import ValidationError

from broker.settings.schema import Settings
from broker.settings.shape import is_list, is_section, is_table, walk
from broker.settings.wording import BAD_KEY, place_of

_ROUNDS = 6  # a missing table is filled one level a round, and no table is deeper than this
STAND_IN = "missing"


def repaired(values: dict[str, Any]) -> Settings | None:
    """Return settings with stand-ins for every broken part; None if they are beyond repair."""
    values = copy.deepcopy(values)
    for _ in range(_ROUNDS):
        try:
            return Settings.model_validate(values)
        except ValidationError as error:
            for each in error.errors(include_url=False, include_context=False, include_input=False):
                _mend(values, place_of(each["loc"]), bad_name=each["loc"][-1:] == (BAD_KEY,))
    return None


def _mend(values: dict[str, Any], place: list[str | int], *, bad_name: bool) -> None:
    if not place:
        return
    *above, last = place
    holder = _follow(values, above)
    if isinstance(holder, dict):
        holder.pop(last, None)
        if _needs_stand_in(place) and not bad_name:
            holder[last] = _stand_in(place)
    elif isinstance(holder, list) and isinstance(last, int):
        holder[last] = _stand_in(place)


def _needs_stand_in(place: list[str | int]) -> bool:
    """Whether something must stand here: a required key, or an entry that others may name."""
    _, owner = walk(Settings, place[:-1])
    if is_section(owner):
        field = owner.model_fields.get(str(place[-1]))
        return field is not None and field.is_required()
    return is_table(owner)


def _follow(values: Any, keys: list[str | int]) -> Any:
    for key in keys:
        try:
            values = values[key]
        except (KeyError, IndexError, TypeError):
            return None
    return values


def _stand_in(place: list[str | int]) -> Any:
    _, kind = walk(Settings, place)
    if is_section(kind) or is_table(kind):
        return {}
    if is_list(kind):
        return []
    choices = get_args(kind)
    return choices[0] if choices and get_origin(kind) is not None else STAND_IN
