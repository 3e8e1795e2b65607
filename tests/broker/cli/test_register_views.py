"""`farstu register audit --register` and `read`, on the views of a real billing database."""

import csv
import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from typer.testing import Result

from broker.registers.generator import sister_companies, write_register
from tests.billing import Billing, CustomerRow, InvoiceRow
from tests.servers.billing_view import PASSWORD, BillingDatabase, billing_database
from tests.servers.postgresql import PostgreSQL

Run = Callable[..., Result]
COMPANY = "exempel-elnat"
LACKS_PROTECTED = "ALTER VIEW farstu_customers RENAME COLUMN protected TO secret"


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export of a few households, which one statement can take."""
    folder = tmp_path_factory.mktemp("export")
    company = sister_companies(grid=COMPANY)[1]
    write_register(folder, [company], households=150, today=date.today(), months=4)  # noqa: DTZ011
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a file by column."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


@pytest.fixture(scope="module")
def database(postgresql_server: PostgreSQL, export: Path) -> Iterator[BillingDatabase]:
    """A billing database that knows what the export says."""
    billing = Billing()
    billing.add(*(CustomerRow(**each) for each in rows(export / "customers.csv")))
    billing.add(*(InvoiceRow(**each) for each in rows(export / "invoices.csv")))
    with billing_database(postgresql_server) as opened:
        opened.load(billing)
        yield opened


@pytest.fixture
def spoilt(postgresql_server: PostgreSQL) -> Iterator[BillingDatabase]:
    """Views that a test may change."""
    billing = Billing()
    billing.add(CustomerRow("100245", company=COMPANY))
    billing.add(InvoiceRow("100245", "1007001", company=COMPANY))
    with billing_database(postgresql_server) as opened:
        opened.load(billing)
        yield opened


def name_register(
    monkeypatch: pytest.MonkeyPatch, database: BillingDatabase, kind: str = "sql"
) -> None:
    """The installation's only company is asked there."""
    path = Path("farstu.toml")
    text = path.read_text().replace(
        f"[companies.{COMPANY}]", f'[companies.{COMPANY}]\ncustomer_register = "billing"', 1
    )
    where = f'database = "{database.url}"' if kind == "sql" else 'url = "http://127.0.0.1:1/v1"'
    path.write_text(f'{text}\n[registers.billing]\nkind = "{kind}"\n{where}\n')
    secret = "PASSWORD" if kind == "sql" else "TOKEN"
    monkeypatch.setenv(f"FARSTU_REGISTERS__BILLING__{secret}", PASSWORD)


def test_views_and_export_of_them_come_to_the_same(
    installed: Run, export: Path, database: BillingDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every figure, in the same form."""
    files = str(export / "customers.csv"), str(export / "invoices.csv")
    by_files = json.loads(installed("register", "audit", *files, "--json").stdout)
    name_register(monkeypatch, database)
    result = installed("register", "audit", "--register", "billing", "--json")
    assert result.exit_code == 0, result.stderr
    assert by_files["companies"][COMPANY]["papers"] > 400
    assert json.loads(result.stdout) == by_files


def test_who_breaks_off_sees_no_trace(
    installed: Run,
    database: BillingDatabase,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Between two pages, with a cursor open."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    name_register(monkeypatch, database)
    with monkeypatch.context() as patch:
        patch.setattr("broker.cli.register_screen.ImportScreen.on_progress", interrupted)
        result = installed("register", "audit", "--register", "billing")
    assert result.exit_code == 130
    assert "Traceback" not in result.stderr
    assert not caplog.records


def test_figures_of_views_are_kept_too(
    installed: Run, database: BillingDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broker's doctor judges by them."""
    name_register(monkeypatch, database)
    assert "Kept" in installed("register", "audit", "--register", "billing", "--save").stdout
    assert f"guessing at {COMPANY}: at most" in installed("doctor", "--offline").stdout


def test_rows_that_cannot_be_read_are_counted(
    installed: Run, spoilt: BillingDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By view, column and reason; a view has no lines, and no value is shown."""
    name_register(monkeypatch, spoilt)
    spoilt.run("INSERT INTO billing.kund SELECT * FROM billing.kund")
    spoilt.run("UPDATE billing.kund SET nr = '100246', lage = 'asleep' WHERE ctid = '(0,2)'")
    result = installed("register", "audit", "--register", "billing")
    assert result.exit_code == 0, result.stderr
    assert "1 × farstu_customers: status is neither active, closed nor deceased" in result.stderr
    assert " line " not in result.stderr
    assert "100246" not in result.output
    assert "asleep" not in result.output


@pytest.mark.parametrize("command", [("audit", "--register", "billing"), ("read", "billing")])
def test_views_that_are_not_whole_are_refused(
    command: tuple[str, ...],
    installed: Run,
    spoilt: BillingDatabase,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With the column that is missing, as the doctor says it: nobody's row could be read."""
    name_register(monkeypatch, spoilt)
    assert installed("register", *command).exit_code == 0
    spoilt.run(LACKS_PROTECTED)
    result = installed("register", *command)
    assert result.exit_code == 1
    assert "the view farstu_customers lacks protected" in result.stderr
    assert "docs/register.md" in result.stderr


def test_views_without_a_customer_of_the_company(
    installed: Run, spoilt: BillingDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says what the column must hold."""
    name_register(monkeypatch, spoilt)
    spoilt.run("UPDATE billing.kund SET bolag = 'other'")
    result = installed("register", "audit", "--register", "billing")
    assert result.exit_code == 1
    assert f"`company` must hold one of: {COMPANY}" in result.stderr


def test_a_billing_database_that_is_down(
    installed: Run, spoilt: BillingDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cause and what to do, no trace, and no password."""
    name_register(monkeypatch, spoilt)
    monkeypatch.setenv("FARSTU_REGISTERS__BILLING__PASSWORD", "wrong-password-of-the-reader")
    result = installed("register", "audit", "--register", "billing")
    assert result.exit_code == 1
    assert "Register billing cannot be read: InvalidPasswordError 28P01." in result.stderr
    assert "wrong-password" not in result.output


def test_an_api_cannot_be_read_as_a_whole(
    installed: Run, spoilt: BillingDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An export is needed for it, and it says so."""
    name_register(monkeypatch, spoilt, "http")
    result = installed("register", "audit", "--register", "billing")
    assert result.exit_code == 1
    assert "write an export" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "or --register"),
        (("farstu.toml",), "or --register"),
        (("farstu.toml", "farstu.toml", "--register", "billing"), "either files or --register"),
        (("--register", "other"), "not among the registers: billing"),
        (("--register", "billing", "--report", "bad.txt"), "--report is for files"),
    ],
)
def test_it_is_called_wrongly(
    arguments: tuple[str, ...],
    words: str,
    installed: Run,
    spoilt: BillingDatabase,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Files or a register, and one that there is."""
    name_register(monkeypatch, spoilt)
    result = installed("register", "audit", *arguments)
    assert result.exit_code == 2
    assert words in result.stderr
