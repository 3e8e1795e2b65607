"""Where settings come from: one TOML file, and the environment over it."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from broker.settings.environment import Environment
from broker.settings.master_key_command import with_fetched_keys
from broker.settings.operating import StorageSettings
from broker.settings.problem import Problem, SettingsInvalid

# How tomllib begins what it says of a table or key that stood there before.
_TWICE = ("Cannot declare", "Cannot overwrite", "Cannot mutate", "Duplicate inline table key")
_OUTBOUND_FILES = (
    ("smtp", "ca_file"),
    ("webhook", "ca_file"),
    ("folder", "path"),
    ("print_file", "path"),
)
_FILE = "sqlite:///"
_DEFAULT_DATABASE = StorageSettings().database
_REGISTER_FILES = ("ca_file", "client_certificate", "client_key")


def gather(path: Path, environ: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """Return the merged values of all sources, and what is wrong with the environment.

    Raises SettingsInvalid when the file cannot be read at all.
    """
    file = _read_file(path)
    problems: list[Problem] = []

    class Sources(BaseSettings):
        """Merges the sources; judging the result is left to the schema."""

        model_config = SettingsConfigDict(extra="allow", toml_file=path)

        @classmethod
        def settings_customise_sources(
            cls, settings_cls: type[BaseSettings], *_: Any, **_defaults: Any
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            environment = Environment(settings_cls, environ, file)
            problems.extend(environment.problems)
            return environment, TomlConfigSettingsSource(settings_cls)

    values = with_fetched_keys(Sources().model_extra or {}, problems)
    return _with_absolute_paths(values, path.parent), problems


def _read_file(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except tomllib.TOMLDecodeError as error:
        reason, remedy = _not_toml(str(error))
    except UnicodeDecodeError:
        reason, remedy = "Not in UTF-8.", "Save the file in UTF-8."
    except PermissionError:
        reason = "This user may not read it."
        remedy = "Run the command as the broker's user; that user must be able to read the file."
    except OSError as error:
        reason = f"Cannot be read: {error.strerror}."
        remedy = "Make one with `farstu init`, or say where it is: --config or FARSTU_CONFIG."
    raise SettingsInvalid([Problem(str(path), reason, remedy)])


def _not_toml(message: str) -> tuple[str, str]:
    """Keep the line and column of tomllib's message; the rest may quote what stands there.

    A table that is pasted below a first one of its name is the most common of all mistakes.
    """
    place = message.rpartition("(")[2].rstrip(")")
    if message.startswith(_TWICE):
        return (
            f"Twice the same table or key, {place}.",
            "Keep one table of each name, and in it each key once.",
        )
    return f"Not TOML, {place}.", "Correct what stands there; `https://toml.io` shows the form."


def _with_absolute_paths(values: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Paths start at the configuration file, wherever the broker was started."""
    brands = values.get("brands")
    tables = [(brand, "logo") for brand in brands.values()] if isinstance(brands, dict) else []
    tables += [(values.get("server"), key) for key in ("tls_certificate", "tls_key")]
    registers = values.get("registers")
    if isinstance(registers, dict):
        tables += [(each, key) for each in registers.values() for key in _REGISTER_FILES]
    outbound = values.get("outbound")
    if isinstance(outbound, dict):
        tables += [(outbound.get(channel), key) for channel, key in _OUTBOUND_FILES]
    for table, key in tables:
        if isinstance(table, dict) and isinstance(path := table.get(key), str):
            table[key] = str(folder.absolute() / path)
    storage = values.get("storage", {})
    if isinstance(storage, dict):
        values["storage"] = {"database": _DEFAULT_DATABASE, **storage}
        for key in ("database", "transient"):
            _start_at(folder, values["storage"], key)
    return values


def _start_at(folder: Path, storage: dict[str, Any], key: str) -> None:
    """A database file too; what is no file's address stays as it is, to be judged."""
    address = storage.get(key)
    if isinstance(address, str) and address.startswith(_FILE):
        name = address.removeprefix(_FILE)
        if name not in {"", ":memory:"}:
            storage[key] = f"{_FILE}{folder.absolute() / name}"
