"""The configuration, read at the start and again when somebody asks: the file, then the options.

The path is made absolute once: the working folder may be another one later.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from broker.settings.load import config_path, load
from broker.settings.problem import SettingsInvalid
from broker.settings.schema import Settings
from broker.telemetry.log import Log
from broker.telemetry.process import ReloadRefused, RestartNeeded

AT_START = ("host", "port")
"""Keys of `[server]` that a supervisor cannot change."""

AT_START_ALONE = (*AT_START, "drain_seconds", "leave_seconds")
"""Those that a single process cannot change either: it does not begin anew."""


@dataclass(frozen=True, slots=True)
class Reading:
    """`read` gives judged settings, or raises SettingsInvalid."""

    read: Callable[[], Settings]

    def read_again(
        self, began_with: Settings, log: Log, *, fixed: Sequence[str] = AT_START
    ) -> Settings | None:
        """Return what shall be in force, or None and the reasons in the log."""
        try:
            settings = self.read()
        except SettingsInvalid as invalid:
            refuse(invalid, log)
            return None
        for path in _needing_restart(began_with, settings, fixed):
            log.write(RestartNeeded(path))
        return settings


def reading(config: Path | None, options: dict[str, Any]) -> Reading:
    """Return how to read what this command line means; `options` are keys of `[server]`."""
    given = {key: value for key, value in options.items() if value not in (None, "")}
    path = config_path(config, os.environ).absolute()

    def read() -> Settings:
        settings = load(path, os.environ)
        server = settings.server.model_copy(update=given)
        return settings.model_copy(update={"server": server})

    return Reading(read)


def refuse(invalid: SettingsInvalid, log: Log) -> None:
    """Say each problem in the log; a value stands in none of them."""
    for problem in invalid.problems:
        log.write(ReloadRefused(problem.path, problem.reason))


def _needing_restart(before: Settings, after: Settings, fixed: Sequence[str]) -> Iterator[str]:
    """The keys that a reload cannot follow."""
    for key in fixed:
        if getattr(before.server, key) != getattr(after.server, key):
            yield f"server.{key}"
    if before.server.workers == 1 < after.server.workers:
        yield "server.workers"  # there is no supervisor
    if (before.server.tls_certificate is None) != (after.server.tls_certificate is None):
        yield "server.tls_certificate"
    if before.telemetry != after.telemetry:
        yield "telemetry"
