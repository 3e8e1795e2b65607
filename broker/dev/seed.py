"""Brings the cast into the register the way a utility would: as CSV, through the real import."""

from contextlib import ExitStack
from datetime import date
from pathlib import Path

from broker.app.parts import prefixed_id, utc_now
from broker.dev.cast import CAST, DemoCustomer, Paper, papers_of
from broker.dev.records import facility_of, kronor, price_of
from broker.registers import customers_file, facilities_file, invoices_file
from broker.registers.csv_reading import Layout
from broker.registers.findings import Finding
from broker.registers.importing import Export, ImportRefused, Mode
from broker.registers.lines import Source
from broker.sealed import Vault
from broker.settings.schema import Settings
from broker.storage import migrate_storage, open_storage
from broker.wiring.register import register_import
from broker.wiring.secret_keys import master_keys
from broker.wiring.storage import storage_urls


class SeedRefused(RuntimeError):
    """The demo's own register was not taken: a fault of the demo."""


async def seed(settings: Settings, directory: Path, today: date) -> None:
    """Make the database, write the register's files into the directory and import them."""
    database, transient = storage_urls(settings)
    await migrate_storage(database, transient)
    write_files(directory, today)
    vault = Vault(master_keys(settings))
    async with open_storage(
        database,
        transient,
        seal=vault.seal,
        open_sealed=vault.open,
        new_id=prefixed_id,
        clock=utc_now,
    ) as storage:
        with ExitStack() as stack:
            files = (_source(stack, directory / name) for name in FILES)
            outcome = await register_import(settings, storage, clock=utc_now).run(
                Export(*files), Mode(strict=True), on_finding=_complain, on_progress=_ignore
            )
    if isinstance(outcome, ImportRefused):
        raise SeedRefused("; ".join(str(one) for one in outcome.objections))


FILES = ("customers.csv", "invoices.csv", "facilities.csv")


def write_files(directory: Path, today: date) -> None:
    """Write the three files of an export."""
    papers = [paper for customer in CAST for paper in papers_of(customer, today)]
    customers, invoices, facilities = (directory / name for name in FILES)
    _write(customers, customers_file.LAYOUT, [_customer(each) for each in CAST])
    _write(invoices, invoices_file.LAYOUT, [_invoice(each) for each in papers])
    places = [_facility(each, place) for each in CAST for place in each.places]
    _write(facilities, facilities_file.LAYOUT, places)


def _write(path: Path, layout: Layout, rows: list[dict[str, str]]) -> None:
    columns = layout.required + layout.optional
    lines = [";".join(columns), *(";".join(row.get(one, "") for one in columns) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _customer(customer: DemoCustomer) -> dict[str, str]:
    return {
        "company": customer.company.id,
        "customer_number": customer.number,
        "kind": customer.kind,
        "status": customer.status,
        "email": f"kund{customer.number}@example.com",
        "phone": "070-1740605",  # of the series that Sweden keeps for fiction
        "protected": "1" if customer.protected else "0",
        "name": customer.name,
    }


def _invoice(paper: Paper) -> dict[str, str]:
    return {
        "company": paper.customer.company.id,
        "customer_number": paper.customer.number,
        "invoice_number": str(paper.number),
        "ocr": paper.ocr,
        "issued_on": paper.issued_on.isoformat(),
        "due_on": paper.due_on.isoformat(),
        "amount": kronor(price_of(paper)),
        "type": "final" if paper.is_final else "invoice",
    }


def _facility(customer: DemoCustomer, place: str) -> dict[str, str]:
    return {
        "company": customer.company.id,
        "customer_number": customer.number,
        "facility": facility_of(customer, place),
        "name": place,
    }


def _source(stack: ExitStack, path: Path) -> Source:
    return Source(path.name, stack.enter_context(path.open("rb")), path.stat().st_size)


def _complain(finding: Finding) -> None:
    raise SeedRefused(str(finding))


def _ignore(*_progress: object) -> None:
    """Nobody watches: it takes a moment."""
