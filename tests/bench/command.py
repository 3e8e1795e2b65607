"""`python -m tests.bench.command …`: a command of the broker's that says at its end what it took.

The last line on standard output: seconds of CPU, and KiB of memory at most. Nobody else can tell
the memory: of a child that has ended, its parent hears its own if that was more.
"""

import sys
import time

from broker.cli.main import main
from tests.memory import most_memory

if __name__ == "__main__":
    try:
        main()
    finally:
        sys.stdout.write(f"{time.process_time()} {most_memory()}\n")
