"""What the log says of signing keys. A `kid` is public."""

from dataclasses import dataclass
from typing import ClassVar

from broker.telemetry.log import Event


@dataclass(frozen=True, slots=True)
class CanaryMinted(Event):
    """A service tests whether it takes tokens of the key that is announced."""

    kind: ClassVar[str] = "canary_minted"

    client_id: str
    algorithm: str


@dataclass(frozen=True, slots=True)
class SecretEnds(Event):
    """Our secret at a provider ends in so many days; then nobody signs in there any more.

    Told 30, 14 and 3 days ahead, by `secret_expires_on` of the configuration; 0 and less: it has
    ended.
    """

    kind: ClassVar[str] = "secret_ends"
    level: ClassVar[str] = "warning"

    provider: str
    days: int


@dataclass(frozen=True, slots=True)
class KeyMoved(Event):
    """By plan, a key is `announced`, begins `signing` (the one before it retires), or is `removed`.

    What somebody does by hand stands in the audit trail, as this does too.
    """

    kind: ClassVar[str] = "key_moved"

    state: str
    algorithm: str
    kid: str
