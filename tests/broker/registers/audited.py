"""Registers whose odds are known by construction, and the audit of one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from broker.registers.audit.auditing import RegisterAudit
from broker.registers.audit.figures import Figures
from broker.registers.audit.rows import InvoiceColumns, by_columns
from broker.registers.customers_file import CustomerRow
from broker.registers.findings import Finding, FindingTally
from broker.registers.invoices_file import InvoiceRow
from linking.company import Company
from linking.days import months_from
from linking.ladder import Ladder, SecondItem
from linking.model import CustomerKind, CustomerStatus

TODAY = date(2026, 11, 26)
FIRST_CUSTOMER = 100_001
FIRST_INVOICE = 7_000_001
MONTHS = 13

Numbering = Callable[[int, int], Sequence[int]]
"""Of so many customers and a month: the invoice number of each, in the order of the customers."""


def sequential(customers: int, month: int) -> Sequence[int]:
    """One unbroken series, in the order of customer numbers."""
    return range(FIRST_INVOICE + month * customers, FIRST_INVOICE + (month + 1) * customers)


def shuffled(customers: int, month: int) -> Sequence[int]:
    """The same series, each month's numbers in any order."""
    numbers = list(sequential(customers, month))
    Random(month).shuffle(numbers)  # noqa: S311 - invented data that must repeat
    return numbers


def at_random(digits: int) -> Numbering:
    """Drawn evenly out of all numbers of so many digits."""

    def drawn(customers: int, month: int) -> Sequence[int]:
        chance = Random(1_000 + month)  # noqa: S311 - as above
        return [chance.randrange(10 ** (digits - 1), 10**digits) for _ in range(customers)]

    return drawn


def a_customer(number: int) -> CustomerRow:
    """Private, active, with an address and a mobile phone."""
    return CustomerRow(
        company="elnat",
        number=str(number),
        kind=CustomerKind.PRIVATE,
        status=CustomerStatus.ACTIVE,
        protected=False,
        name="",
        email="somebody@example.com",
        phone="070-174 06 10",
        evidence_from=None,
    )


@dataclass
class Invented:
    """A register of one company; `change_customer` and `change_paper` make of a row what they like.

    Amounts are drawn evenly out of `amounts` öre; it is the due date's business that all of a month
    are due on the same day.
    """

    customers_count: int = 2_000
    numbering: Numbering = sequential
    amounts: int = 1_000_000
    change_customer: Callable[[CustomerRow], CustomerRow] = lambda row: row
    change_paper: Callable[[InvoiceRow], InvoiceRow] = lambda row: row
    customers_name: str = "customers.csv"
    invoices_name: str = "invoices.csv"
    findings: list[Finding] = field(default_factory=list)

    def customers(self) -> Iterator[Sequence[tuple[int, CustomerRow]]]:
        rows = (a_customer(FIRST_CUSTOMER + at) for at in range(self.customers_count))
        yield [(line, self.change_customer(row)) for line, row in enumerate(rows, 2)]

    def invoices(self) -> Iterator[InvoiceColumns]:
        chance = Random(7)  # noqa: S311 - as above
        line = 2
        for month in range(MONTHS):
            day = months_from(TODAY, month - MONTHS)
            rows = []
            for at, number in enumerate(self.numbering(self.customers_count, month)):
                ore = chance.randrange(100, 100 + self.amounts)
                rows.append((line, self.change_paper(_paper(at, number, day, ore))))
                line += 1
            yield from by_columns(rows)

    def audited(self, company: Company | None = None) -> Figures:
        """Its figures."""
        audit = RegisterAudit({"elnat": company or Company("elnat")}, TODAY)
        (figures,) = audit.run(self, FindingTally(self.findings.append))
        return figures


def _paper(at: int, number: int, day: date, ore: int) -> InvoiceRow:
    return InvoiceRow(
        company="elnat",
        customer_number=str(FIRST_CUSTOMER + at),
        invoice_number=str(number),
        ocr="",
        issued_on=day,
        proves=True,
        due_on=(day + timedelta(days=30)).isoformat(),
        amount=f"{ore // 100},{ore % 100:02d}",
        code="",
    )


def with_item(item: SecondItem, **changed: object) -> Company:
    """A company that asks for this second item."""
    return replace(Company("elnat", ladder=Ladder(second_item=item)), **changed)  # type: ignore[arg-type]
