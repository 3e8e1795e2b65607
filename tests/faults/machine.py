"""One broker as on a machine of its own: `python -m tests.faults.machine FILE PORT`.

Takes settings as JSON, unjudged: the emulated consoles' secrets are public, and refused elsewhere.
"""

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from broker.settings.schema import Settings


def as_json(settings: Settings) -> str:
    """What was set, secrets in clear: readable by releases that lack what was not."""
    return json.dumps(_plain(settings))


def _plain(value: Any) -> Any:
    match value:
        case BaseModel():
            return {name: _plain(getattr(value, name)) for name in value.model_fields_set}
        case dict():
            return {name: _plain(each) for name, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case SecretStr():
            return value.get_secret_value()
        case None | bool() | int() | float():
            return value
        case _:
            return str(value)


if __name__ == "__main__":
    from broker.cli.serving.reading import Reading
    from broker.cli.serving.running import run

    given = Settings.model_validate_json(Path(sys.argv[1]).read_bytes())
    here = {"host": "127.0.0.1", "port": int(sys.argv[2])}
    given = given.model_copy(update={"server": given.server.model_copy(update=here)})
    if not run(Reading(lambda: given), share_port=False):
        sys.exit(1)
