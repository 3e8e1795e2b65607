"""How much has to be shown, and by whom: the levels of evidence, per company and class.

An invoice's two numbers are the least. A second, independent item from the same paper is more; a
long code that was sent to the contact on file is the most. A company says where each of its
classes begins; pressure (`linking.tries.pressure`) can ask for more, but never for what some
customer of the class cannot bring.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

from linking.model import CustomerKind


class Level(IntEnum):
    """What a form asks for besides the customer number; a higher one is stronger."""

    INVOICE = 1
    SECOND_ITEM = 2
    CODE = 3


class SecondItem(StrEnum):
    """What stands on the invoice besides its number, and cannot be worked out from it.

    Only as good as it is random: `farstu register audit` measures it. An amount and a due date are
    shared or guessable in part, printed codes and the OCR number's own digits need not be.
    """

    PRINTED_CODE = "printed_code"
    OCR = "ocr"
    AMOUNT_AND_DUE_DATE = "amount_and_due_date"


class Way(StrEnum):
    """How a code can reach the contact on file."""

    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"


@dataclass(frozen=True, slots=True)
class Ladder:
    """Where the classes of a company begin, and how far pressure may go.

    `ways` are those that the company sends codes by; without any there are none.
    `all_private_reachable`: every private customer who can be linked has a contact that a code can
    be sent to; only then is a code ever asked for because of what others do.
    `with_second`: the classes of which every invoice that proves something bears the second item,
    as the register says (`in_force`); only then is it ever asked for because of what others do.
    """

    private: Level = Level.INVOICE
    organisation: Level = Level.CODE
    second_item: SecondItem = SecondItem.AMOUNT_AND_DUE_DATE
    all_private_reachable: bool = False
    ways: frozenset[Way] = frozenset({Way.EMAIL, Way.SMS})
    with_second: frozenset[CustomerKind] = frozenset(CustomerKind)

    def base(self, kind: CustomerKind) -> Level:
        """Where a class begins."""
        return self.private if kind is CustomerKind.PRIVATE else self.organisation

    @property
    def by_invoice(self) -> frozenset[CustomerKind]:
        """The classes that begin with what stands on an invoice."""
        return frozenset(kind for kind in CustomerKind if self.base(kind) < Level.CODE)

    @property
    def takes_invoices(self) -> bool:
        """Whether a form for invoices is of any use here: else all of them are sent on to codes."""
        return self.private < Level.CODE

    def asked(self, pressed: Level) -> Level:
        """What the form asks for under pressure. The same for every number: it knows no class."""
        return max(self.private, self.within(pressed))

    def within(self, pressed: Level) -> Level:
        """The most of what pressure asks for that everybody of these classes can bring."""
        if pressed is Level.CODE and self.all_private_reachable:
            return Level.CODE
        if pressed >= Level.SECOND_ITEM and self.by_invoice <= self.with_second:
            return Level.SECOND_ITEM
        return Level.INVOICE

    def in_force(self, with_second: Collection[CustomerKind]) -> "Ladder":
        """This ladder where the register says of which classes every invoice bears the item."""
        return replace(self, with_second=frozenset(with_second))

    def links(self, given: Level, kind: CustomerKind) -> bool:
        """Whether evidence of a level is where this class begins, or beyond."""
        return given >= self.base(kind)
