"""Events of a login's way, from leaving for a provider to signing out. Never whose it is.

`login_id` is the same in all lines of one login: random, for the log alone, and told to nobody.
"""

from dataclasses import dataclass
from typing import ClassVar

from broker.telemetry.log import Event


@dataclass(frozen=True, slots=True)
class LoginBegun(Event):
    """A browser was sent to a provider."""

    kind: ClassVar[str] = "login_begun"

    provider: str
    client_id: str
    login_id: str


@dataclass(frozen=True, slots=True)
class LoginCompleted(Event):
    """A client got its answer. `how`: `first` time with numbers, `again`, or by `session` alone."""

    kind: ClassVar[str] = "login_completed"

    provider: str
    client_id: str
    how: str
    login_id: str


@dataclass(frozen=True, slots=True)
class CodeRedeemed(Event):
    """A client got its tokens, signed with these algorithms; `""` for one that it did not get."""

    kind: ClassVar[str] = "code_redeemed"

    client_id: str
    access_algorithm: str
    id_algorithm: str
    login_id: str


@dataclass(frozen=True, slots=True)
class SignedOut(Event):
    """Somebody said yes to signing out; `client_id` is the client that asked, or `""`."""

    kind: ClassVar[str] = "signed_out"

    provider: str
    client_id: str
