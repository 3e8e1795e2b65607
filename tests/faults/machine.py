"""One broker as on a machine of its own: `python -m tests.faults.machine FILE PORT`.

It is `farstu serve`, but for one thing: the emulated consoles' secrets are public and refused
elsewhere.
"""

import functools
import sys

from broker.cli.serving import reading

if __name__ == "__main__":
    from broker.cli.main import main

    setattr(reading, "load", functools.partial(reading.load, refused=frozenset()))  # noqa: B010
    file, port = sys.argv[1:]
    sys.argv[1:] = ["serve", "--config", file, "--port", port]
    main()
