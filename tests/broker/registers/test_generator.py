"""Generated registers: the same every time, realistic, and readable in both encodings."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from broker.registers.generator import RegisterFiles, sister_companies, write_register
from linking.typed.numbers import luhn_holds

TODAY = date(2026, 11, 23)


def rows_of(path: Path, encoding: str = "utf-8") -> Iterator[dict[str, str]]:
    """The rows of a file by column name."""
    with path.open(encoding=encoding, newline="") as file:
        yield from csv.DictReader(file, delimiter=";")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> RegisterFiles:
    """A register of 400 households."""
    directory = tmp_path_factory.mktemp("register")
    return write_register(directory, sister_companies(), households=400, today=TODAY)


def test_the_same_seed_gives_the_same_register(files: RegisterFiles, tmp_path: Path) -> None:
    """A test that failed can be run again; another seed is another register."""
    again = write_register(tmp_path / "again", sister_companies(), households=400, today=TODAY)
    other = write_register(
        tmp_path / "other", sister_companies(), households=400, today=TODAY, seed=2
    )
    assert again.invoices.read_bytes() == files.invoices.read_bytes()
    assert other.customers.read_bytes() != files.customers.read_bytes()


def test_both_encodings_hold_the_same_rows(files: RegisterFiles, tmp_path: Path) -> None:
    """Windows-1252 as old billing systems write it."""
    old = write_register(
        tmp_path, sister_companies(), households=400, today=TODAY, encoding="cp1252"
    )
    assert list(rows_of(old.customers, "cp1252")) == list(rows_of(files.customers))
    assert b"\xe5" in old.customers.read_bytes()


def test_the_counts_are_those_of_the_files(files: RegisterFiles) -> None:
    """Benchmarks divide by them."""
    assert files.customer_rows == len(list(rows_of(files.customers)))
    assert files.invoice_rows == len(list(rows_of(files.invoices)))


def test_customers_are_numbered_in_sequence_with_gaps(files: RegisterFiles) -> None:
    """Churn leaves holes; who guesses a number near their own mostly guesses a customer."""
    numbers = [
        int(row["customer_number"]) for row in rows_of(files.customers) if row["company"] == "elnat"
    ]
    steps = Counter(after - before for before, after in pairwise(numbers))
    assert min(steps) == 1
    assert 0.8 < steps[1] / len(numbers) < 0.95


def test_invoice_numbers_follow_customer_order(files: RegisterFiles) -> None:
    """Within a billing run: that is what an attacker would interpolate from."""
    run = [
        row
        for row in rows_of(files.invoices)
        if row["company"] == "elnat"
        and row["type"] == "invoice"
        and row["issued_on"].startswith("2026-05")
    ]
    assert [int(row["customer_number"]) for row in run] == sorted(
        int(row["customer_number"]) for row in run
    )
    numbers = [int(row["invoice_number"]) for row in run]
    assert numbers == sorted(set(numbers))


def test_ocr_numbers_hold(files: RegisterFiles) -> None:
    """Luhn everywhere; the length digit where the company's agreement has one."""
    for row in rows_of(files.invoices):
        ocr = row["ocr"]
        if row["type"] == "credit":
            assert ocr == ""
            continue
        assert luhn_holds(ocr)
        if row["company"] != "fjarrvarme":
            assert int(ocr[-2]) == len(ocr) % 10
        assert row["invoice_number"] in ocr


def test_everything_that_makes_registers_difficult_is_there(tmp_path: Path) -> None:
    """Kinds, states, protection, moves, missing contacts, and every type of paper."""
    files = write_register(tmp_path, sister_companies(), households=4000, today=TODAY, months=2)
    customers = list(rows_of(files.customers))
    assert {row["kind"] for row in customers} == {"private", "organisation", ""}
    assert {row["status"] for row in customers} == {"active", "closed", "deceased"}
    assert {row["protected"] for row in customers} == {"0", "1"}
    assert any(row["evidence_from"] for row in customers)
    assert any(not row["email"] for row in customers)
    types = {row["type"] for row in rows_of(files.invoices)}
    assert types == {"invoice", "credit", "reminder", "final"}
    assert max(row["issued_on"] for row in rows_of(files.invoices)) <= TODAY.isoformat()


def test_nobody_real_can_be_reached(files: RegisterFiles) -> None:
    """Addresses in domains for examples only, phone numbers kept free for fiction."""
    for row in rows_of(files.customers):
        assert re.fullmatch(r"([a-z]+@example\.(com|net|org))?", row["email"])
        assert re.fullmatch(r"070-17406(0[5-9]|[1-9]\d)", row["phone"])
