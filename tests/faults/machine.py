"""One broker as on a machine of its own: `python -m tests.faults.machine FILE PORT`."""

import pickle
import sys
from pathlib import Path

from broker.cli.listening import listen

if __name__ == "__main__":
    settings = pickle.loads(Path(sys.argv[1]).read_bytes())  # noqa: S301 - written by this harness
    listen(settings, host="127.0.0.1", port=int(sys.argv[2]))
