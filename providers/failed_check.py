"""A named check that failed, before it is known at which provider.

The rules of this package raise `CheckFailed`; a provider's verbs run inside `refusing`, which puts
the provider's name to it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from providers.errors import UpstreamInvalid


class CheckFailed(Exception):
    """One named check did not hold. `detail` is for the log and holds nothing personal."""

    def __init__(self, check: str, *, detail: str = "") -> None:
        super().__init__(check)
        self.check = check
        self.detail = detail


@contextmanager
def refusing(provider: str) -> Iterator[None]:
    """Turn a failed check into the refusal that the broker knows (fail closed)."""
    try:
        yield
    except CheckFailed as failure:
        raise UpstreamInvalid(provider, failure.check, detail=failure.detail) from failure
