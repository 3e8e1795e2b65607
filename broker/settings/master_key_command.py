"""Master keys from a program: a vault's client, or whatever fetches them from where they are kept.

Run without a shell, once each time that the configuration is read. Nothing that it writes is ever
shown: it may be a key.
"""

import json
import re
import subprocess
from typing import Any, Final, TypeGuard

from broker.settings.problem import Problem

_PATH: Final = "secrets.master_keys_command"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_SECONDS: Final = 20.0
_REMEDY: Final = (
    'It must print one JSON object, such as {"k01": "…"}, within 20 seconds, and end with 0. '
    "Run it by hand as the broker's user."
)


def with_fetched_keys(values: dict[str, Any], problems: list[Problem]) -> dict[str, Any]:
    """The values with the keys that the configured program gives, if one is configured."""
    secrets = values.get("secrets")
    if not isinstance(secrets, dict):
        return values
    command, given = secrets.get("master_keys_command"), secrets.get("master_keys", {})
    if not isinstance(given, dict) or not _is_command(command):
        return values  # the schema says what is wrong with it
    fetched = _fetched(command, problems)
    problems += [_twice(name) for name in sorted(fetched.keys() & given.keys())]
    secrets["master_keys"] = fetched | given
    return values


def _is_command(value: Any) -> TypeGuard[list[str]]:
    return isinstance(value, list) and bool(value) and all(isinstance(e, str) for e in value)


def _twice(name: str) -> Problem:
    return Problem(
        f"secrets.master_keys.{name}",
        "Also given by the program of `master_keys_command`.",
        "Give each master key in one place.",
    )


def _fetched(command: list[str], problems: list[Problem]) -> dict[str, str]:
    try:
        ran = subprocess.run(  # noqa: S603 - the operator's own program, and no shell
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False
        )
    except ValueError:
        problems.append(Problem(_PATH, "Cannot be run: it is no command.", _REMEDY))
        return {}
    except OSError as error:
        problems.append(Problem(_PATH, f"Cannot be run: {error.strerror}.", _REMEDY))
        return {}
    except subprocess.TimeoutExpired:
        problems.append(Problem(_PATH, "Has not ended in time.", _REMEDY))
        return {}
    if ran.returncode != 0:
        problems.append(Problem(_PATH, f"Ended with {ran.returncode}.", _REMEDY))
        return {}
    try:
        keys = json.loads(ran.stdout)
    except (ValueError, RecursionError):
        keys = None
    if not isinstance(keys, dict) or not all(_is_named_key(*each) for each in keys.items()):
        problems.append(Problem(_PATH, "Did not print a JSON object of names and keys.", _REMEDY))
        return {}
    return keys


def _is_named_key(name: str, key: object) -> bool:
    """A name is short, so that a key that stands in its place is not shown as one."""
    return isinstance(key, str) and _NAME.fullmatch(name) is not None
