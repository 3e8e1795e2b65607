"""Writing a generated register as the CSV files that `farstu register import` reads."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from broker.registers import customers_file, facilities_file, invoices_file
from broker.registers.csv_reading import Layout
from broker.registers.generator.billing import Accounts, GeneratedInvoice, invoices_of
from broker.registers.generator.companies import SisterCompany
from broker.registers.generator.households import GeneratedCustomer, customers_of

Encoding = Literal["utf-8", "utf-8-sig", "cp1252"]


@dataclass(frozen=True, slots=True)
class RegisterFiles:
    """Where the files are, and how many rows they have besides their headers."""

    customers: Path
    invoices: Path
    facilities: Path
    customer_rows: int
    invoice_rows: int


def write_register(
    directory: Path,
    companies: Sequence[SisterCompany],
    *,
    households: int,
    today: date,
    months: int = 14,
    seed: int = 1,
    encoding: Encoding = "utf-8",
    delimiter: Literal[";", ","] = ";",
) -> RegisterFiles:
    """Write `customers.csv`, `invoices.csv` and `facilities.csv` for so many households."""
    directory.mkdir(parents=True, exist_ok=True)
    sheet = _Sheet(directory, encoding, delimiter)
    accounts = {company: Accounts() for company in companies}
    customer_rows = 0
    with (
        sheet.written("customers.csv", customers_file.LAYOUT) as write_customer,
        sheet.written("facilities.csv", facilities_file.LAYOUT) as write_facility,
    ):
        for company in companies:
            for one in customers_of(company, households, today=today, seed=seed):
                write_customer(_customer(company.id, one))
                write_facility(_facility(company.id, one))
                accounts[company].add(one)
            customer_rows += len(accounts[company])
    invoice_rows = 0
    point = "," if delimiter == ";" else "."
    with sheet.written("invoices.csv", invoices_file.LAYOUT) as write_invoice:
        for company in companies:
            for paper in invoices_of(
                company, accounts[company], today=today, months=months, seed=seed
            ):
                write_invoice(_invoice(company.id, paper, point))
                invoice_rows += 1
    return RegisterFiles(
        customers=directory / "customers.csv",
        invoices=directory / "invoices.csv",
        facilities=directory / "facilities.csv",
        customer_rows=customer_rows,
        invoice_rows=invoice_rows,
    )


@dataclass(frozen=True, slots=True)
class _Sheet:
    directory: Path
    encoding: Encoding
    delimiter: str

    @contextmanager
    def written(self, name: str, layout: Layout) -> Iterator[Callable[[tuple[str, ...]], None]]:
        """Write the header and yield what writes a row; no generated field needs quoting."""
        with (self.directory / name).open("w", encoding=self.encoding, newline="\r\n") as file:

            def write(row: tuple[str, ...]) -> None:
                file.write(self.delimiter.join(row) + "\n")

            write(layout.required + layout.optional)
            yield write


def _customer(company: str, one: GeneratedCustomer) -> tuple[str, ...]:
    return (
        company,
        str(one.number),
        one.kind,
        one.status,
        one.email,
        one.phone,
        "1" if one.protected else "0",
        one.name,
        one.evidence_from.isoformat() if one.evidence_from else "",
    )


def _facility(company: str, one: GeneratedCustomer) -> tuple[str, ...]:
    return (company, str(one.number), one.facility, "Hemma")


def _invoice(company: str, one: GeneratedInvoice, point: str) -> tuple[str, ...]:
    sign = "-" if one.amount < 0 else ""
    kronor, ore = divmod(abs(one.amount), 100)
    return (
        company,
        str(one.customer),
        str(one.number),
        one.ocr,
        one.issued_on.isoformat(),
        one.due_on.isoformat() if one.due_on else "",
        f"{sign}{kronor}{point}{ore:02d}",
        one.type,
        "",
    )
