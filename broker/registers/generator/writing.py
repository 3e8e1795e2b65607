"""Writing a generated register as the CSV files that `farstu register import` reads."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Literal

from broker.registers import customers_file, facilities_file, invoices_file
from broker.registers.csv_reading import Layout
from broker.registers.generator.billing import GeneratedInvoice, invoices_of
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
    population = {
        company: list(customers_of(company, households, today=today, seed=seed))
        for company in companies
    }
    sheet = _Sheet(directory, encoding, delimiter)
    people = [(company.id, one) for company, some in population.items() for one in some]
    customers = (_customer(company, one) for company, one in people)
    facilities = (_facility(company, one) for company, one in people)
    invoices = chain.from_iterable(
        _invoices(company, some, today=today, months=months, seed=seed, delimiter=delimiter)
        for company, some in population.items()
    )
    sheet.write("facilities.csv", facilities_file.LAYOUT, facilities)
    return RegisterFiles(
        customers=directory / "customers.csv",
        invoices=directory / "invoices.csv",
        facilities=directory / "facilities.csv",
        customer_rows=sheet.write("customers.csv", customers_file.LAYOUT, customers),
        invoice_rows=sheet.write("invoices.csv", invoices_file.LAYOUT, invoices),
    )


@dataclass(frozen=True, slots=True)
class _Sheet:
    directory: Path
    encoding: Encoding
    delimiter: str

    def write(self, name: str, layout: Layout, rows: Iterable[tuple[str, ...]]) -> int:
        """Write header and rows; no generated field needs quoting."""
        count = 0
        with (self.directory / name).open("w", encoding=self.encoding, newline="\r\n") as file:
            file.write(self.delimiter.join(layout.required + layout.optional) + "\n")
            for row in rows:
                file.write(self.delimiter.join(row) + "\n")
                count += 1
        return count


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


def _invoices(
    company: SisterCompany,
    customers: Sequence[GeneratedCustomer],
    *,
    today: date,
    months: int,
    seed: int,
    delimiter: str,
) -> Iterator[tuple[str, ...]]:
    point = "," if delimiter == ";" else "."
    for one in invoices_of(company, customers, today=today, months=months, seed=seed):
        yield _invoice(company.id, one, point)


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
