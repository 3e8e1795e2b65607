"""One thing that was looked at: how it is, in plain words, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """A warning can wait until office hours; an error means that something must be done."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """`name` says what was looked at; `remedy` is empty when all is well."""

    name: str
    outcome: Outcome
    what: str
    remedy: str = ""


def ok(name: str, what: str) -> Finding:
    """All is well."""
    return Finding(name, Outcome.OK, what)


def warning(name: str, what: str, remedy: str) -> Finding:
    """It works, and will not for ever."""
    return Finding(name, Outcome.WARNING, what, remedy)


def error(name: str, what: str, remedy: str) -> Finding:
    """Something must be done."""
    return Finding(name, Outcome.ERROR, what, remedy)
