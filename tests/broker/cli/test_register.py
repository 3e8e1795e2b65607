"""`farstu register`: import, status, take-back, as an operator types them."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from broker.cli.clock import now
from broker.cli.configuration import read_settings
from broker.cli.database import opened
from tests.broker.registers.desk import CUSTOMERS, INVOICES, customer, invoice
from tests.house import a_key

Run = Callable[..., Result]
COMPANY = "exempel-elnat"


def export(customers: str, invoices: str = "") -> None:
    """Write an export into the folder `export`, of the company that `init` makes."""
    folder = Path("export")
    folder.mkdir(exist_ok=True)
    for name, content in (("customers", CUSTOMERS + customers), ("invoices", INVOICES + invoices)):
        text = content.replace("elnat;", f"{COMPANY};")
        (folder / f"{name}.csv").write_text(text, encoding="cp1252")


@pytest.fixture
def imported(installed: Run) -> Run:
    """One customer with one invoice has been imported."""
    export(customer("100423", name="Åke Öst"), invoice("100423", "4711023"))
    assert installed("register", "import", "export").exit_code == 0
    return installed


def test_an_import_says_what_it_read(installed: Run) -> None:
    """Counts by company, and success in the exit code."""
    export(customer("100423"), invoice("100423", "4711023"))
    result = installed("register", "import", "export")
    assert result.exit_code == 0
    assert "customers                           1 (before: first import)" in result.stdout
    assert "invoices that prove something       1" in result.stdout
    assert "\nImported.\n" in result.stdout


def test_an_import_says_where_a_second_item_is_missing(installed: Run) -> None:
    """By class, and what it means; a number of nobody's."""
    rows = invoice("100423", "4711023", due_on="") + invoice("200423", "4711024", due_on="")
    export(customer("100423") + customer("200423", kind="organisation"), rows)
    said = installed("register", "import", "export").stdout
    assert re.search(r"private: no second item +1\n", said)
    assert re.search(r"organisations: no second item +1\n", said)
    told = " ".join(said.split())
    assert f"second item at {COMPANY}: 1 invoice bears none (amount_and_due_date)" in told
    assert "ask for nothing more" in told
    assert "4711023" not in said
    export(customer("100423"), invoice("100423", "4711023"))
    assert "second item at" not in installed("register", "import", "export", "--force").stdout


def test_an_import_says_that_nobody_has_measured_it(installed: Run) -> None:
    """With the command for it, in its last line; and no longer once somebody has."""
    export(customer("100423"), invoice("100423", "4711023"))
    audit = f"farstu register audit {Path('export/customers.csv')} {Path('export/invoices.csv')}"
    said = installed("register", "import", "export").stdout.splitlines()
    assert said[-1] == (
        f"Nobody has measured what guessing is worth here ({COMPANY}): {audit} --save"
    )
    assert installed(*audit.split()[1:], "--save").exit_code == 0
    assert installed("register", "import", "export").stdout.splitlines()[-1] == "Imported."


def test_files_can_be_named_one_by_one(installed: Run) -> None:
    """Billing systems have their own ideas about names."""
    export(customer("100423"))
    result = installed(
        "register", "import", "--customers", "export/customers.csv", "--invoices",
        "export/invoices.csv", "--dry-run",
    )  # fmt: skip
    assert result.exit_code == 0
    assert "Nothing was changed: a dry run." in result.stdout
    assert "never imported" in installed("register", "status").stdout


@pytest.mark.parametrize(
    "arguments", [[], ["nowhere"], ["--customers", "export/customers.csv"], ["."]], ids=str
)
def test_calling_it_wrongly_is_exit_code_two(installed: Run, arguments: list[str]) -> None:
    """No directory, no such directory, half of the files, a directory without them."""
    export(customer("100423"))
    assert installed("register", "import", *arguments).exit_code == 2


def test_bad_rows_are_told_without_values_and_written_to_the_report(installed: Run) -> None:
    """The first twenty on the screen, all in the report, none with what stands in it."""
    export(customer("100423") + customer("secret-number") * 30)
    result = installed("register", "import", "export", "--report", "bad.txt")
    assert result.exit_code == 0
    assert "30 × customers.csv: customer_number does not have the form" in result.stderr
    assert "… and 10 more; all are in bad.txt." in result.stderr
    report = Path("bad.txt").read_text(encoding="utf-8").splitlines()
    assert len(report) == 30
    assert report[0].startswith("customers.csv line 3: customer_number does not have the form")
    assert "secret" not in result.output + "".join(report)


def test_a_refused_import_is_exit_code_one(imported: Run) -> None:
    """Reason and remedy on standard error; --force imports it."""
    export(customer("100423", status="closed"))
    result = imported("register", "import", "export")
    assert result.exit_code == 1
    assert "Nothing was changed" in result.stderr
    assert f"{COMPANY}: more than 1 % of the customers change" in result.stderr
    assert "--force" in result.stderr
    assert imported("register", "import", "export", "--force").exit_code == 0


def test_strict_refuses_one_bad_row(installed: Run) -> None:
    """And says that the export is what needs mending."""
    export(customer("100423") + customer("x"))
    result = installed("register", "import", "export", "--strict")
    assert result.exit_code == 1
    assert "Mend the export" in result.stderr


def test_a_wrong_company_is_told_with_the_right_ones(installed: Run) -> None:
    """The commonest mistake of a first import."""
    export(customer("100423", company="elnaet"))
    result = installed("register", "import", "export")
    assert result.exit_code == 1
    assert f"must hold one of: {COMPANY}." in result.stderr


def test_a_wrong_header_is_exit_code_one(installed: Run) -> None:
    """The file and the columns are named, and where the guide is."""
    export("")
    Path("export/customers.csv").write_text("kundnr;namn\n", encoding="utf-8")
    result = installed("register", "import", "export")
    assert result.exit_code == 1
    assert "customers.csv: lacks column company, customer_number" in result.stderr
    assert "docs/register.md" in result.stderr


def test_an_unprepared_database_is_told(run: Run) -> None:
    """Before `farstu db migrate` there is nowhere to import to."""
    assert run("init").exit_code == 0
    export(customer("100423"))
    result = run("register", "import", "export")
    assert result.exit_code == 1
    assert "farstu db migrate" in result.stderr


def test_status_and_take_back(imported: Run) -> None:
    """Two imports are kept, the current one first; one can be taken back."""
    export(customer("100423") + customer("100424"))
    assert imported("register", "import", "export", "--force").exit_code == 0
    lines = imported("register", "status").stdout.splitlines()
    assert lines[0] == COMPANY
    assert "customers: 2," in lines[1]
    assert lines[1].endswith(", current")
    assert "customers: 1, numbers that prove something: 1, pepper: " in lines[2]
    taken = imported("register", "take-back", COMPANY)
    assert taken.exit_code == 0
    assert "customers: 1," in taken.stdout
    again = imported("register", "take-back", COMPANY)
    assert again.exit_code == 1
    assert "is kept from before" in again.stderr
    assert imported("register", "take-back", "elnaet").exit_code == 2


def test_customers_are_renumbered(imported: Run) -> None:
    """A dry run, then for good; what must follow is said."""
    Path("map.csv").write_text(f"company;old_number;new_number\n{COMPANY};100423;200423\n")
    dry = imported("register", "renumber", "map.csv", "--dry-run")
    assert dry.exit_code == 0
    assert "Nothing was changed: a dry run." in dry.stdout
    done = imported("register", "renumber", "map.csv")
    assert done.exit_code == 0
    assert re.search(r"in the current register +1\n", done.stdout)
    assert "import the new system's export" in done.stdout
    assert re.search(r"numbers that change +1\n", done.stdout)


def test_a_renumbering_that_is_refused(imported: Run) -> None:
    """Exit code 1, by line and reason, without a number."""
    Path("map.csv").write_text(f"company;old_number;new_number\n{COMPANY};100424;100423\n")
    result = imported("register", "renumber", "map.csv")
    assert result.exit_code == 1
    assert "map.csv line 2: new_number is another customer's" in result.stderr
    assert "100423" not in result.output
    Path("map.csv").write_text("what;is;this\n")
    assert imported("register", "renumber", "map.csv").exit_code == 1


def test_a_report_that_cannot_be_written_stops_before_anything_is_changed(installed: Run) -> None:
    """In words, with exit code 1."""
    export(customer("100423"))
    result = installed("register", "import", "export", "--report", "nowhere/bad.txt")
    assert result.exit_code == 1
    assert "nowhere/bad.txt cannot be written: No such file" in result.stderr
    assert "never imported" in installed("register", "status").stdout


def test_an_export_that_may_not_be_read(installed: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """In words, as everything that an operator can mend."""
    export(customer("100423"))
    really = Path.open

    def refuse(path: Path, *arguments: Any, **options: Any) -> Any:
        if path.name == "invoices.csv":
            raise PermissionError(13, "Permission denied")
        return really(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse)
    result = installed("register", "import", "export")
    assert result.exit_code == 1
    assert "export/invoices.csv cannot be read: Permission denied." in result.stderr


def test_an_import_that_was_broken_off_is_not_called_current(installed: Run) -> None:
    """What a killed import leaves is told as that, also where nothing is current."""

    async def begin() -> None:
        async with opened(read_settings(None)) as storage:
            await storage.index.open_generation(COMPANY, at=now(), pepper="p01")

    asyncio.run(begin())
    status = installed("register", "status").stdout
    assert "never imported" in status
    assert "under way or broken off" in status
    assert "current" not in status


def test_another_master_key_under_the_old_name_is_refused(imported: Run) -> None:
    """Said before anything is sealed with it, and with what to do."""
    file = Path("farstu.toml")
    text = file.read_text(encoding="utf-8")
    right = next(iter(read_settings(None).secrets.master_keys.values())).get_secret_value()
    file.write_text(text.replace(right, a_key("another").get_secret_value()), encoding="utf-8")
    refused = imported("register", "import", "export", "--force")
    assert refused.exit_code == 1
    assert "no contact of the current register opens" in refused.stderr
    assert "[secrets.master_keys]" in refused.stderr
    assert "Nothing was changed" in refused.stderr
    file.write_text(text, encoding="utf-8")
    assert imported("register", "import", "export").exit_code == 0


def test_a_company_that_is_not_in_the_export_is_named(imported: Run) -> None:
    """It keeps what it has: as somebody may want it, or since its name was misspelt."""
    assert "Not in this export" not in imported("register", "import", "export").stdout
    text = Path("farstu.toml").read_text(encoding="utf-8")
    section = text[text.index(f"[companies.{COMPANY}]") :]
    another = re.split(r"\n(?=\[(?!companies))", section, maxsplit=1)[0]
    more = text + "\n" + another.replace(f"companies.{COMPANY}", "companies.elhandel")
    Path("farstu.toml").write_text(more, encoding="utf-8")
    result = imported("register", "import", "export")
    assert result.exit_code == 0
    assert "Not in this export, and as before: elhandel.\nImported." in result.stdout
