"""How a renumbering can end."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from broker.registers.findings import Reason


class Refusal(StrEnum):
    """Why nothing was renumbered; the text is for the operator."""

    ROWS = "some rows cannot be used, and a renumbering is done as a whole"
    NO_ROWS = "the file names no customer"
    NO_CHANGE = "every new number in the file is the old one"
    NOBODY = "nobody has any of the old numbers that the file names"
    PEPPER_GONE = "the pepper that the current register was imported with is not configured"
    SEALED = "contacts of the current register do not open with the configured master keys"
    OVERTAKEN = "an import was made current, or a customer connected, meanwhile; run it again"


@dataclass(frozen=True, slots=True)
class RenumberedCompany:
    """How many rows change a number, and how many of these somebody is linked to or is known of.

    `unlinked` are those of whom we have no link, past or present: nothing follows there.
    """

    company: str
    changes: int
    linked: int
    in_register: int

    @property
    def unlinked(self) -> int:
        return self.changes - self.linked


@dataclass(frozen=True, slots=True)
class Renumbered:
    """Done; or it would be, after a dry run."""

    companies: tuple[RenumberedCompany, ...]


@dataclass(frozen=True, slots=True)
class RenumberingRefused:
    """Nothing was changed, and why; `company` may be empty."""

    refusal: Refusal
    findings: Mapping[tuple[str, str, Reason], int]
    company: str = ""
