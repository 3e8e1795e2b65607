"""A company as the rules see it: how it writes its numbers, and for how long things last.

Values only. Its name, phone and pages are the broker's business.
"""

from dataclasses import dataclass, field

from linking.ladder import Ladder
from linking.typed.numbers import NumberFormat, clean, fold, is_digits
from linking.typed.ocr import OcrTemplate

NOBODYS = "0"
"""Looked up in place of what can be no number of the company's, so that a register meets nothing
odd. It proves nothing, whatever the register says of it."""

_LONGEST = 32
LONGEST_OCR = 25
"""Digits, check digit included (Bankgirot's rules for OCR references)."""


@dataclass(frozen=True, slots=True)
class Company:
    """One legal person with a number space of its own; all spans are in months.

    `payment_accounts` are its own bankgiro and plusgiro numbers, which people mix up with others.
    """

    id: str
    customer_numbers: NumberFormat = field(default_factory=NumberFormat)
    invoice_numbers: NumberFormat = field(default_factory=NumberFormat)
    accepts_ocr: bool = False
    ocr_template: OcrTemplate | None = None
    payment_accounts: tuple[str, ...] = ()
    evidence_months: int = 14
    closed_reading_months: int = 18
    delegation_months: int = 12
    ladder: Ladder = field(default_factory=Ladder)

    def read_customer_number(self, raw: str) -> str:
        """A customer number as this company means it; `NOBODYS` for what can be none."""
        return _readable(self.customer_numbers.read(raw), self.customer_numbers)

    def read_evidence(self, raw: str) -> str:
        """An invoice or OCR number as this company means it, for comparing only."""
        numbers = self.invoice_numbers
        if numbers.digits_only:
            return _readable(numbers.read(raw), numbers)
        # Folded first: an O in front is then a leading zero, as it is to whoever reads the paper.
        return _readable(numbers.canonical(fold(clean(raw, digits_only=False))), numbers)

    def evidence_in(self, raw: str) -> tuple[str, ...]:
        """Everything that these characters may mean as evidence, the literal reading first."""
        literal = self.read_evidence(raw)
        if not (self.accepts_ocr and self.ocr_template):
            return (literal,)
        # Cleaned only: the zeros in front of an OCR number are part of what its check digits cover.
        inside = self.ocr_template.invoice_in(clean(raw, digits_only=True))
        return (literal,) if inside is None else (literal, self.read_evidence(inside))

    def asked_customer(self, number: str) -> str:
        """What a register is asked for a customer number that was read: `NOBODYS` for a misfit.

        A billing system may fail on numbers that it could not have given, and nobody may choose
        when it does.
        """
        return number if self.customer_numbers.fits(number) else NOBODYS

    def asked_evidence(self, evidence: str) -> str:
        """The same for evidence; an OCR number has a shape of its own where it counts as such."""
        fits = self.invoice_numbers.fits(evidence)
        return evidence if fits or self._may_be_ocr(evidence) else NOBODYS

    def _may_be_ocr(self, evidence: str) -> bool:
        is_known = self.accepts_ocr and self.ocr_template is None
        return is_known and is_digits(evidence) and len(evidence) <= LONGEST_OCR


def _readable(number: str, numbers: NumberFormat) -> str:
    """The number, if it is in the company's alphabet and no longer than any is."""
    alphabet = is_digits(number) or (not numbers.digits_only and number.isascii())
    return number if alphabet and len(number) <= _LONGEST else NOBODYS
