"""Reading the configuration and judging it: settings that can be used, or every problem at once."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from broker.settings.check import check
from broker.settings.demo_digests import DEMO_DIGESTS
from broker.settings.environment import CONFIG_VARIABLE
from broker.settings.master_key_command import without_what_follows
from broker.settings.problem import Problem, SettingsInvalid, is_within
from broker.settings.repair import repaired
from broker.settings.schema import Settings
from broker.settings.sources import gather
from broker.settings.wording import misshapen

DEFAULT_PATH = "farstu.toml"


def config_path(given: Path | None, environ: Mapping[str, str]) -> Path:
    """Return the file to read: the one given, else `FARSTU_CONFIG`, else `farstu.toml`."""
    return given or Path(environ.get(CONFIG_VARIABLE) or DEFAULT_PATH)


def load(
    path: Path, environ: Mapping[str, str], *, refused: frozenset[str] = DEMO_DIGESTS
) -> Settings:
    """Read and judge the configuration. Raises SettingsInvalid with every problem.

    `refused` holds digests of publicly known secrets; only the demo passes others than ours.
    """
    values, problems = gather(path, environ)
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        broken = _one_per_place(problem for _, problem in misshapen(error))
        problems += [*broken, *_of_the_rest(values, broken, refused)]
        # the cause would show values
        raise SettingsInvalid(without_what_follows(problems)) from None
    problems += check(settings, refused=refused)
    if problems:
        raise SettingsInvalid(without_what_follows(problems))
    return settings


def _of_the_rest(
    values: dict[str, Any], broken: list[Problem], refused: frozenset[str]
) -> list[Problem]:
    """Judge what has the right shape, leaving out what only follows from what has not."""
    settings = repaired(values)
    if settings is None:
        return []
    return [
        problem
        for problem in check(settings, refused=refused)
        if not any(is_within(problem.path, known.path) for known in broken)
    ]


def _one_per_place(problems: Iterable[Problem]) -> list[Problem]:
    """Keep the first problem of a place: a union of types reports each branch."""
    first: dict[str, Problem] = {}
    for problem in problems:
        first.setdefault(problem.path, problem)
    return list(first.values())
