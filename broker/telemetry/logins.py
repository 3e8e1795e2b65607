"""Events of a login's way: it began, it was completed, its code was redeemed. Never whose it is."""

from dataclasses import dataclass
from typing import ClassVar

from broker.telemetry.log import Event


@dataclass(frozen=True, slots=True)
class LoginBegun(Event):
    """A browser was sent to a provider."""

    kind: ClassVar[str] = "login_begun"

    provider: str
    client_id: str


@dataclass(frozen=True, slots=True)
class LoginCompleted(Event):
    """A client got its answer. `how`: `first` time with numbers, `again`, or by `session` alone."""

    kind: ClassVar[str] = "login_completed"

    provider: str
    client_id: str
    how: str


@dataclass(frozen=True, slots=True)
class CodeRedeemed(Event):
    """A client got its tokens, signed with these algorithms; `""` for one that it did not get."""

    kind: ClassVar[str] = "code_redeemed"

    client_id: str
    access_algorithm: str
    id_algorithm: str
