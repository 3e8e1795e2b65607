"""What an operator wants to hear of a provider, beside its errors; the broker counts and logs."""

from typing import Literal, Protocol

Cached = Literal["metadata", "keys"]
Endpoint = Literal["discovery", "keys", "token", "profile"]
Outcome = Literal["ok", "rejected", "unusable", "unavailable", "cancelled"]
"""A 2xx answer, a 4xx one, one that must not be used, none, or nobody waited for it any more."""


class Observer(Protocol):
    """Told in passing; must be quick and must not raise."""

    def unknown_claim(self, provider: str, claim: str) -> None:
        """The provider signed a claim that its ledger does not know: read its release notes."""
        ...

    def stale(self, provider: str, what: Cached) -> None:
        """A refresh failed and the last good copy is in use, for a bounded time."""
        ...

    def called(self, provider: str, endpoint: Endpoint, outcome: Outcome, seconds: float) -> None:
        """A call has ended, second try included; `unavailable` may also mean that none went out."""
        ...


class Unobserved:
    """Nobody listens."""

    def unknown_claim(self, provider: str, claim: str) -> None: ...

    def stale(self, provider: str, what: Cached) -> None: ...

    def called(
        self, provider: str, endpoint: Endpoint, outcome: Outcome, seconds: float
    ) -> None: ...
