"""What an import shows of bad rows: the causes, before what merely follows from them."""

from collections.abc import Callable
from pathlib import Path

from typer.testing import Result

from broker.cli.register_screen import FirstFindings
from broker.registers.findings import Finding, Reason
from tests.broker.cli.test_register import export
from tests.broker.registers.desk import customer, invoice

Run = Callable[..., Result]


def test_one_bad_customer_is_not_drowned_by_their_invoices(installed: Run) -> None:
    """The customer's row, then a few of those that follow, whose number is said."""
    invoices = "".join(invoice("100424", str(4_711_023 + each)) for each in range(40))
    bad = customer("100424", kind="company")
    export(customer("100423") + bad, invoices + invoice("100423", "x"))
    told = installed("register", "import", "export").stderr.splitlines()
    assert [line.strip() for line in told if " line " in line or " × " in line] == [
        "1 × customers.csv: kind is neither private nor organisation",
        "1 × invoices.csv: invoice_number does not have the form configured for the company",
        "40 × invoices.csv: customer_number is not among the customers that were read",
        "customers.csv line 3: kind is neither private nor organisation",
        "invoices.csv line 42: invoice_number does not have the form configured for the company",
        *(
            f"invoices.csv line {line}: customer_number is not among the customers that were read"
            for line in (2, 3, 4)
        ),
    ]
    assert "  … and 37 more; --report FILE writes them all." in told


def test_files_are_told_in_the_order_of_reading_whatever_their_names(installed: Run) -> None:
    """Customers come first, though invoices come before them in the alphabet."""
    export(customer("x"), invoice("100423", "x"))
    Path("export/customers.csv").rename("z.csv")
    told = installed(
        "register", "import", "--customers", "z.csv", "--invoices", "export/invoices.csv"
    ).stderr  # fmt: skip
    assert told.index("× z.csv") < told.index("× invoices.csv")


def test_lines_are_shown_in_their_order() -> None:
    """Whatever was noticed first: the earliest twenty lines of a file."""
    first = FirstFindings()
    for line in [*range(60, 30, -1), *range(2, 31)]:
        first.add(Finding("customers.csv", line, Reason.DUPLICATE_CUSTOMER))
    assert [text.split(":")[0] for text in first.lines()] == [
        f"customers.csv line {line}" for line in range(2, 22)
    ]


def test_what_follows_from_nothing_is_shown_like_anything_else() -> None:
    """Invoices of customers whom the export does not hold at all are the cause themselves."""
    first = FirstFindings()
    for line in range(2, 60):
        first.add(Finding("invoices.csv", line, Reason.UNKNOWN_CUSTOMER))
    assert len(first.lines()) == 20


def test_a_company_that_is_not_configured_is_shown_once_a_file() -> None:
    """At its first line, whenever that was noticed; the sums say how often."""
    first = FirstFindings()
    for line in [*range(60, 30, -1), *range(2, 31)]:
        first.add(Finding("customers.csv", line, Reason.UNKNOWN_COMPANY, "company"))
        first.add(Finding("invoices.csv", line, Reason.UNKNOWN_COMPANY, "company"))
    first.add(Finding("customers.csv", 70, Reason.DUPLICATE_CUSTOMER))
    assert [text.split(":")[0] for text in first.lines()] == [
        "customers.csv line 2", "customers.csv line 70", "invoices.csv line 2",
    ]  # fmt: skip
