"""How commands speak: answers on standard output, problems on standard error.

Nothing here interprets markup, so that a name with brackets in it is shown as it is.
"""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import typer
from rich.console import Console
from rich.text import Text

from broker.settings.problem import Problem


class CommandFailed(Exception):
    """A command could not do its work; says what to do about it."""

    code = "command_failed"

    def __init__(self, reason: str, remedy: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


def say(text: str | Text = "", *, style: str = "") -> None:
    """Print a line of an answer, never wrapped: it may be pasted.

    Raises CommandFailed where it cannot be written; a reader who has seen enough is no failure.
    """
    line = Text(text, style=style) if isinstance(text, str) else text
    try:
        Console(soft_wrap=True, highlight=False).print(line)
    except BrokenPipeError:
        raise
    except OSError as error:
        _give_up_the_rest()
        raise CommandFailed(
            f"The answer cannot be written: {error.strerror}.",
            "See that there is room where standard output leads to.",
        ) from None


def _give_up_the_rest() -> None:
    """Let what Python still holds for standard output go nowhere, else it fails once more at exit.

    It holds it back where `PYTHONUNBUFFERED` is not set.
    """
    with suppress(OSError), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def tell(text: str | Text) -> None:
    """Print a line on standard error."""
    line = Text(text) if isinstance(text, str) else text
    Console(stderr=True, soft_wrap=True, highlight=False).print(line)


def confirmed(question: str) -> None:
    """Go on only after a yes; CommandFailed for anything else, and where nobody can answer."""
    try:
        typer.confirm(question, abort=True, err=True)
    except typer.Abort:
        tell("")
        raise CommandFailed(
            "Nothing was changed.", "Where nobody can be asked, `--yes` goes on without."
        ) from None


def tell_failure(failed: CommandFailed) -> None:
    """Say what failed and what to do."""
    tell(Text(failed.reason, style="bold red"))
    if failed.remedy:
        tell(Text(f"→ {failed.remedy}"))


def tell_problems(problems: Sequence[Problem]) -> None:
    """Say everything that is wrong with a configuration, or with what shall become part of it."""
    many = f"are {len(problems)} problems" if len(problems) > 1 else "is 1 problem"
    tell(Text(f"There {many}.", style="bold red"))
    for problem in problems:
        tell(Text(f"\n{problem.path}", style="bold"))
        tell(Text(f"  {problem.reason}"))
        tell(Text(f"  → {problem.remedy}", style="green"))
