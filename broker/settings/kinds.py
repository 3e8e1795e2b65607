"""What kind of value a key takes, in words."""

from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from broker.settings.shape import bare, is_list, is_table

_WORDS: dict[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    date: "date",
    Path: "path of a file",
    SecretStr: "secret",
}


def kind_of(field: FieldInfo) -> str:
    """Return such as `whole number, 5 to 480` or `list of text`."""
    words = _kind(field.annotation)
    least = next((each.ge for each in field.metadata if isinstance(each, Ge)), None)
    most = next((each.le for each in field.metadata if isinstance(each, Le)), None)
    if least is None:
        return words
    return f"{words}, {least} to {most}" if most is not None else f"{words}, at least {least}"


def _kind(annotation: Any) -> str:
    kind = bare(annotation)
    arguments = get_args(kind)
    if is_list(kind):
        return f"list of {_kind(arguments[0])}"
    if is_table(kind):
        return f"table of {_kind(arguments[1])}{_by(arguments[0])}"
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(f"`{each}`" for each in arguments)
    if arguments:
        return " or ".join(_kind(each) for each in arguments if each is not type(None))
    return _WORDS[kind]


def _by(key: Any) -> str:
    return " by language" if get_origin(bare(key)) is Literal else " by name"
