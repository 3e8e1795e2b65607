"""One broker as on a machine of its own: `python -m tests.faults.machine FILE PORT`.

Takes its settings unjudged: the emulated consoles' secrets are public, and refused elsewhere.
"""

import sys
import tomllib
from pathlib import Path

from broker.settings.schema import Settings

if __name__ == "__main__":
    from broker.cli.serving.reading import Reading
    from broker.cli.serving.running import run

    given = Settings.model_validate(tomllib.loads(Path(sys.argv[1]).read_text()))
    here = {"host": "127.0.0.1", "port": int(sys.argv[2])}
    given = given.model_copy(update={"server": given.server.model_copy(update=here)})
    if not run(Reading(lambda: given), share_port=False):
        sys.exit(1)
