"""What is told of registers elsewhere. Figures and names of the configuration only."""

from dataclasses import dataclass
from typing import ClassVar

from broker.telemetry.log import Event


@dataclass(frozen=True, slots=True)
class RegisterRead(Event):
    """Status and contact of linked customers were read again; `unknown` has no row to be read."""

    kind: ClassVar[str] = "register_read"

    register: str
    company: str
    linked: int
    unknown: int
    suspended: int
    contacts_changed: int


@dataclass(frozen=True, slots=True)
class RegisterDoubted(Event):
    """So many customers would be free of a restriction at once that it was not believed."""

    kind: ClassVar[str] = "register_doubted"
    level: ClassVar[str] = "warning"

    register: str
    company: str
    lifted: int
