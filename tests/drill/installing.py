"""Fetching and building the services that are not written in Python, outside the clone.

What is not installed, or cannot be fetched, is left out by name.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).parent / "consumers"
_PATIENCE = 600


@dataclass(frozen=True, slots=True)
class LeftOut:
    """This one does not take part."""

    why: str


def node() -> Sequence[str] | LeftOut:
    """The command of the service on Node."""
    quietly = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]

    def command(folder: Path) -> Sequence[str]:
        return ["node", str(folder / "consumer.js")]

    return _built("node", ("node", "npm"), ["npm", "ci", *quietly], command)


def go() -> Sequence[str] | LeftOut:
    """The command of the service in Go."""

    def command(folder: Path) -> Sequence[str]:
        return [str(folder / "service")]

    return _built("go", ("go",), ["go", "build", "-o", "service", "."], command)


def java() -> Sequence[str] | LeftOut:
    """The command of the service in Java."""

    def command(folder: Path) -> Sequence[str]:
        return [
            "java",
            "-Xmx256m",
            "-cp",
            f"{folder}/target/classes:{folder}/target/jars/*",
            "Service",
        ]

    build = ["mvn", "--batch-mode", "--quiet", "package"]
    return _built("java", ("java", "mvn"), build, command)


def _built(
    name: str,
    needs: Sequence[str],
    build: Sequence[str],
    command: Callable[[Path], Sequence[str]],
) -> Sequence[str] | LeftOut:
    missing = [each for each in needs if shutil.which(each) is None]
    if missing:
        return LeftOut(f"{missing[0]} is not installed")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / f"farstu-drill-{name}"
    shutil.copytree(_HERE / name, folder, dirs_exist_ok=True)
    try:
        subprocess.run(build, cwd=folder, check=True, capture_output=True, timeout=_PATIENCE)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return LeftOut(f"`{' '.join(build[:2])}` failed")
    return command(folder)
