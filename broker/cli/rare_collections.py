"""Python's garbage collector, told that a command makes millions of things that need no collector.

Rows die as soon as nobody holds them. Left alone, the collector walks over all that live every few
hundred, and takes a third of an import's time to find nothing.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_EVERY: Final = 200_000


@contextmanager
def rare_collections() -> Iterator[None]:
    """Look for cycles among what is made from here on, and only every some hundred thousand."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_EVERY, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
