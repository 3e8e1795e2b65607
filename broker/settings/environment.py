"""`FARSTU_SECTION__KEY` variables as a source of settings, and `…_FILE` for secrets in files.

Segments are parted by two underscores. In a name that the operator chose, such as a client id,
`_` stands for `-` as well, and small and capital letters are the same. A list is JSON, or values
parted by white space; a table is JSON.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from broker.settings.problem import Problem
from broker.settings.schema import Settings
from broker.settings.shape import did_you_mean, inside, is_list, is_section, is_table

PREFIX = "FARSTU_"
CONFIG_VARIABLE = "FARSTU_CONFIG"
_FILE = "_FILE"
_SECRET_FILE_BYTES = 64 * 1024
# Kubernetes describes a service called `farstu` to every pod in these.
_NOT_OURS = re.compile(r"FARSTU_(SERVICE_(HOST|PORT(_\w+)?)|PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?)")


class Environment(PydanticBaseSettingsSource):
    """The environment as one source among others; `problems` holds what could not be used."""

    def __init__(
        self, settings_class: type[BaseSettings], environ: Mapping[str, str], file: dict[str, Any]
    ) -> None:
        super().__init__(settings_class)
        self._reading = read(environ, file)
        self.problems = self._reading.problems

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002 - fixed by the base class
        """Return one table; the whole is read at once by calling the source."""
        return self._reading.values.get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        return self._reading.values


@dataclass(frozen=True, slots=True)
class Reading:
    """What the environment says: nested values, and what is wrong with the rest."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read(environ: Mapping[str, str], file: Mapping[str, Any]) -> Reading:
    """Read all variables of ours. `file` is what the file says: its names are matched first.

    Where both `X` and `X_FILE` are given, the file has the last word.
    """
    reading = Reading()
    ours = [name for name in environ if name.startswith(PREFIX) and name != CONFIG_VARIABLE]
    for name in sorted(ours, key=lambda each: (each.endswith(_FILE), each)):
        if not _NOT_OURS.fullmatch(name):
            _read_one(name, environ[name], file, reading)
    return reading


def _read_one(name: str, text: str, file: Mapping[str, Any], reading: Reading) -> None:
    segments = name.removeprefix(PREFIX).removesuffix(_FILE).split("__")
    place = _resolve(name, segments, file, reading)
    if place is None:
        return
    keys, kind = place
    if name.endswith(_FILE):
        content = _content(name, text, reading)
        if content is None:
            return
        text = content
    try:
        value = _value(text, kind)
    except ValueError:
        reading.problems.append(
            Problem(name, "Not readable as JSON.", "Give a list or a table as JSON.")
        )
        return
    _put(reading.values, keys, value)


def _resolve(
    name: str, segments: list[str], file: Mapping[str, Any], reading: Reading
) -> tuple[list[str], Any] | None:
    keys: list[str] = []
    kind: Any = Settings
    given: Any = file
    for segment in segments:
        key = _key(segment, kind, given)
        below = inside(kind, key) if key else None
        if below is None:
            known = kind.model_fields if is_section(kind) else ()
            near = did_you_mean(segment.lower(), known)
            reading.problems.append(
                Problem(
                    name,
                    f"There is no such key: `{segment.lower()}`.",
                    near or "Correct or unset the variable; tables are parted by `__`.",
                )
            )
            return None
        keys.append(key)
        kind = below
        given = given.get(key) if isinstance(given, Mapping) else None
    return keys, kind


def _key(segment: str, kind: Any, given: Any) -> str:
    """Return the key that a segment means: the schema's, one that the file has, or a new one."""
    if not is_table(kind):
        return segment.lower()
    known = given if isinstance(given, Mapping) else {}
    alike = [key for key in known if _folded(key) == _folded(segment)]
    return str(alike[0]) if alike else segment.lower().replace("_", "-")


def _folded(name: str) -> str:
    return name.lower().replace("-", "_")


def _content(name: str, path: str, reading: Reading) -> str | None:
    try:
        with Path(path).open("rb") as file:
            return file.read(_SECRET_FILE_BYTES).decode("utf-8").strip()
    except (OSError, ValueError):
        reading.problems.append(
            Problem(
                name,
                "The file that it names cannot be read.",
                "Give the path of a text file in UTF-8 that the broker's user may read.",
            )
        )
        return None


def _value(text: str, kind: Any) -> Any:
    if is_list(kind):
        return json.loads(text) if text.lstrip().startswith("[") else text.split()
    if is_table(kind) or is_section(kind):
        return json.loads(text)
    return text


def _put(values: dict[str, Any], keys: list[str], value: Any) -> None:
    for key in keys[:-1]:
        below = values.setdefault(key, {})
        if not isinstance(below, dict):
            below = values[key] = {}
        values = below
    values[keys[-1]] = value
