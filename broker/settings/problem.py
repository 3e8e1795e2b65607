"""What is wrong with a configuration: where, why, and what to do about it.

A problem never holds the value itself: it may be a secret.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that keeps the broker from starting.

    `path` is the key as one would write it in TOML (`clients.mina-sidor.redirect_uris[0]`), or the
    name of an environment variable or file.
    """

    path: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason} {self.remedy}"


class SettingsInvalid(Exception):
    """The configuration cannot be used; `problems` holds everything that is wrong with it."""

    code = "settings_invalid"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def path_of(keys: Iterable[str | int]) -> str:
    """Write keys and list positions as one dotted path, quoted where TOML would need it."""
    path = ""
    for key in keys:
        if isinstance(key, int):
            path += f"[{key}]"
        else:
            shown = key if _BARE_KEY.fullmatch(key) else f'"{key}"'
            path += f".{shown}" if path else shown
    return path


def is_within(path: str, whole: str) -> bool:
    """Whether a path is the other path or something inside of it."""
    return path == whole or path.startswith((f"{whole}.", f"{whole}["))
