"""From pydantic's errors of shape to problems in our words, without ever showing a value."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from broker.settings.problem import Problem, path_of
from broker.settings.schema import Settings
from broker.settings.shape import did_you_mean, is_section, walk

BAD_KEY = "[key]"
_REFERENCE = "Run `farstu config reference` to see every key."


def misshapen(error: ValidationError) -> Iterator[tuple[list[str | int], Problem]]:
    """Yield the place and the problem of each error of shape; places may repeat."""
    for each in error.errors(include_url=False, include_context=False, include_input=False):
        place = place_of(each["loc"])
        yield place, _problem(place, each["type"], each["msg"], each["loc"])


def place_of(loc: tuple[str | int, ...]) -> list[str | int]:
    """Return the part of pydantic's location that is a place in the file.

    Its tags for the branches of a union are left out; an unknown key is kept.
    """
    keys = loc[:-1] if loc[-1] == BAD_KEY else loc
    found, kind = walk(Settings, keys)
    if len(found) == len(keys) - 1 and is_section(kind):
        return [*found, keys[-1]]
    return found


def _problem(place: list[str | int], kind: str, message: str, loc: tuple[Any, ...]) -> Problem:
    path = path_of(place)
    if loc[-1] == BAD_KEY:
        return Problem(
            path,
            "This name cannot be used.",
            "Names have small letters a-z, figures and hyphens, at most 63 (and `sv` or `en` where "
            "texts are by language).",
        )
    if kind == "extra_forbidden":
        return unknown_key(path, place)
    if kind == "missing" and place[0] == "secrets" and len(place) > 1:
        return Problem(
            path,
            "Missing.",
            "If this installation had one, give it that one again. A first one is made by "
            f"`farstu config secret`: {_description(place)}",
        )
    if kind == "missing":
        return Problem(path, "Missing.", f"Give it: {_description(place)}")
    return Problem(path, f"{message}.", f"What it is: {_description(place)}")


def unknown_key(path: str, place: list[str | int]) -> Problem:
    """Say that nothing is called this, and what may have been meant."""
    _, owner = walk(Settings, place[:-1])
    near = did_you_mean(str(place[-1]), owner.model_fields) if is_section(owner) else ""
    return Problem(path, "There is no such key.", near or _REFERENCE)


def _description(place: list[str | int]) -> str:
    """Return the schema's sentence about the nearest field at or above a place."""
    for end in range(len(place), 0, -1):
        _, owner = walk(Settings, place[: end - 1])
        key = place[end - 1]
        if is_section(owner) and key in owner.model_fields:
            return str(owner.model_fields[key].description)
    return "a table; run `farstu config reference`."
