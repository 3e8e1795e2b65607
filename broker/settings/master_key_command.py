"""Master keys from a program: a vault's client, or whatever fetches them from where they are kept.

Run without a shell, once each time that the configuration is read, and in a session of its own, so
that what it has started can be killed with it. Nothing that it writes is ever shown: it may be a
key.
"""

import json
import os
import re
import selectors
import signal
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from time import monotonic
from typing import IO, Any, Final, TypeGuard, cast

from broker.settings.problem import Problem, is_within
from broker.settings.rules.secret_values import empty

_PATH: Final = "secrets.master_keys_command"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_SECONDS: Final = 20.0
_MOST: Final = 64 * 1024
_REMEDY: Final = (
    'It must print one JSON object, such as {"k01": "…"}, of at most 64 KiB within 20 seconds, and '
    "end with 0. Run it by hand as the broker's user, without showing the keys: "
    "`… >/dev/null; echo $?`."
)


class _Failed(Exception):
    """The program gave nothing that can be used; its argument says why."""


def with_fetched_keys(values: dict[str, Any], problems: list[Problem]) -> dict[str, Any]:
    """The values with the keys that the configured program gives, if one is configured."""
    secrets = values.get("secrets")
    if not isinstance(secrets, dict):
        return values
    command, given = secrets.get("master_keys_command"), secrets.get("master_keys", {})
    if not isinstance(given, dict) or not _is_command(command):
        return values  # the schema says what is wrong with it
    try:
        fetched = _fetched(command, may_be_none=bool(given))
    except _Failed as failed:
        problems.append(Problem(_PATH, str(failed), _REMEDY))
        return values
    problems += [_twice(name) for name in sorted(fetched.keys() & given.keys())]
    secrets["master_keys"] = fetched | given
    return values


def without_what_follows(problems: Iterable[Problem]) -> list[Problem]:
    """Where the program is at fault, nobody is told to make a first key: there are keys already."""
    found = list(problems)
    if any(is_within(each.path, _PATH) for each in found):
        return [each for each in found if each != empty("master_keys")]
    return found


def _is_command(value: Any) -> TypeGuard[list[str]]:
    return isinstance(value, list) and bool(value) and all(isinstance(e, str) for e in value)


def _twice(name: str) -> Problem:
    return Problem(
        f"secrets.master_keys.{name}",
        "Also given by the program of `master_keys_command`.",
        "Give each master key in one place.",
    )


def _fetched(command: list[str], *, may_be_none: bool) -> dict[str, str]:
    keys = _named_keys(_printed(command))
    if not keys and not may_be_none:
        raise _Failed("Gave no key, and none stands elsewhere.")
    return keys


def _printed(command: list[str]) -> bytes:
    """What it prints until it ends; whatever it has started is killed with it where it must be."""
    until = monotonic() + _SECONDS
    try:
        process = subprocess.Popen(  # noqa: S603 - the operator's own program, and no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except ValueError:
        raise _Failed("Cannot be run: it is no command.") from None
    except OSError as error:
        raise _Failed(f"Cannot be run: {error.strerror}.") from None
    with process:
        try:
            said = _read(process, until)
            code = process.wait(max(0, until - monotonic()))
        except BaseException as error:  # Ctrl-C too: it does not reach another session
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                raise _Failed("Has not ended in time.") from None
            raise
    if code != 0:
        raise _Failed(f"Ended with {code}.")
    return said


def _read(process: subprocess.Popen[bytes], until: float) -> bytes:
    """To the end of its output, or until it is too much. Raises TimeoutExpired."""
    out, said = cast("IO[bytes]", process.stdout).fileno(), b""
    with selectors.DefaultSelector() as selector:
        selector.register(out, selectors.EVENT_READ)
        while selector.select(max(0, until - monotonic())):
            part = os.read(out, _MOST + 1)
            if not part:
                return said
            said += part
            if len(said) > _MOST:
                raise _Failed("Printed more than 64 KiB.")
    raise subprocess.TimeoutExpired(process.args, _SECONDS)


def _named_keys(said: bytes) -> dict[str, str]:
    try:
        keys = json.loads(said)
    except (ValueError, RecursionError):
        keys = None
    if not isinstance(keys, dict) or not all(_is_named_key(*each) for each in keys.items()):
        raise _Failed("Did not print a JSON object of names and keys.")
    return keys


def _is_named_key(name: str, key: object) -> bool:
    """A name is short, so that a key that stands in its place is not shown as one."""
    return isinstance(key, str) and _NAME.fullmatch(name) is not None
