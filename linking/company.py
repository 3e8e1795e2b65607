"""A company as the rules see it: how it writes its numbers, and for how long things last.

Values only. Its name, phone and pages are the broker's business.
"""

from dataclasses import dataclass, field

from linking.numbers import NumberFormat, fold
from linking.ocr import OcrTemplate


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

    def read_customer_number(self, raw: str) -> str:
        """A customer number as this company means it."""
        return self.customer_numbers.read(raw)

    def read_evidence(self, raw: str) -> str:
        """An invoice or OCR number as this company means it, for comparing only."""
        number = self.invoice_numbers.read(raw)
        return number if self.invoice_numbers.digits_only else fold(number)

    def evidence_in(self, raw: str) -> tuple[str, ...]:
        """Everything that these characters may mean as evidence, the literal reading first."""
        literal = self.read_evidence(raw)
        if not (self.accepts_ocr and self.ocr_template):
            return (literal,)
        inside = self.ocr_template.invoice_in(literal)
        return (literal,) if inside is None else (literal, self.read_evidence(inside))
