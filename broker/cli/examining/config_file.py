"""The configuration file itself: who on this machine may read the secrets that stand in it."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from broker.settings.schema import Settings
from broker.upkeep.finding import Finding, error

_EVERYBODY = 0o007


def look_at_config_file(path: Path, settings: Settings) -> Iterable[Finding]:
    """A file without secrets may be read by all; its group is the operator's business."""
    if not path.stat().st_mode & _EVERYBODY:
        return
    text = path.read_text(encoding="utf-8")
    if any(secret and secret in text for secret in _secrets(settings.model_dump())):
        yield error(
            "configuration file",
            f"everybody on this machine may use {path}, and it holds secrets",
            f"Take it from them: chmod o= {path}. Who has read it has the secrets.",
        )


def _secrets(value: Any) -> Iterator[str]:
    match value:
        case SecretStr():
            yield value.get_secret_value()
        case dict():
            yield from _secrets(tuple(value.values()))
        case list() | tuple():
            for each in value:
                yield from _secrets(each)
        case _:
            return
