"""The folder of files of letters: whether we can write there, and nobody else can look."""

import asyncio
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from broker.cli.examining.installation import Installation
from broker.upkeep.finding import Finding, error, ok, warning

_OTHERS: Final = 0o077


async def look_at_letters(whole: Installation) -> Iterable[Finding]:
    """Where codes by letter go, if they go into files."""
    outbound = whole.settings.outbound
    if outbound.letter != "print_file" or outbound.print_file.path is None:
        return []
    return [await asyncio.to_thread(_judge, outbound.print_file.path)]


def _judge(folder: Path) -> Finding:
    if not folder.exists():
        nearest = next(each for each in folder.parents if each.exists())
        if os.access(nearest, os.W_OK | os.X_OK):
            return ok("letters", f"{folder} is made with the first letter")
        return error(
            "letters",
            f"{folder} is not there, and this user cannot make it",
            f"Make it, and give it to the user that the broker runs as: `mkdir -m 700 {folder}`.",
        )
    if not folder.is_dir() or not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return error(
            "letters",
            f"{folder} is no folder that this user can write into",
            "Run `farstu doctor` as the broker's user, or give the folder to that user.",
        )
    if folder.stat().st_mode & _OTHERS:
        return warning(
            "letters",
            f"other users of this machine can look into {folder}, where codes lie in clear",
            f"`chmod 700 {folder}`, and let the mailing fetch files as the broker's user.",
        )
    return ok("letters", f"{folder} can be written, and nobody else looks into it")
