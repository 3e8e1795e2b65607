"""What the demo says when it is up."""

import io
from datetime import date
from pathlib import Path

from rich.console import Console

from broker.dev.cast import CAST
from broker.dev.seed import write_files
from broker.dev.settings import Addresses, demo_settings
from broker.dev.welcome import show

DAY = date(2026, 5, 3)


def test_it_says_all_that_may_be_asked_for(tmp_path: Path) -> None:
    """What the register is given of each newest invoice, within 80 columns."""
    said = io.StringIO()
    show(Console(file=said, width=80), Addresses(8000), tmp_path, DAY)
    lines = said.getvalue().splitlines()
    write_files(tmp_path, DAY)
    rows = [row.split(";") for row in (tmp_path / "invoices.csv").read_text().splitlines()]
    place = {name: rows[0].index(name) for name in rows[0]}
    for customer in CAST:
        (row,) = [r for r in rows if r[place["invoice_number"]] == str(customer.latest)]
        (line,) = [each for each in lines if f" {customer.latest} " in each]
        amount = row[place["amount"]].replace(".", ",")
        assert line.split()[-4:] == [customer.number, row[2], amount, row[place["due_on"]]]
    assert any("med en kod" in line for line in lines)


def test_it_says_where_messages_to_customers_lie(tmp_path: Path) -> None:
    """In the folder that the demo's broker writes them into."""
    said = io.StringIO()
    show(Console(file=said, width=200), Addresses(8000), tmp_path, DAY)
    folder = demo_settings(8000, tmp_path).outbound.folder.path
    assert folder is not None
    assert f"   {folder}\n" in said.getvalue()
    assert f"   {tmp_path / 'broker.log'}\n" in said.getvalue()
