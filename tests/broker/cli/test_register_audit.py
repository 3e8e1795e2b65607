"""`farstu register audit`, as an operator types it, and what follows from a kept one."""

import asyncio
import json
import subprocess
import sys
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from broker.app import opened as opened_application
from broker.cli.configuration import read_settings
from broker.cli.database import opened
from broker.registers.generator import sister_companies, write_register
from broker.settings.problem import SettingsInvalid

Run = Callable[..., Result]
COMPANY = "exempel-elnat"


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export of some hundred households."""
    folder = tmp_path_factory.mktemp("export")
    company = sister_companies(grid=COMPANY)[1]
    write_register(folder, [company], households=400, today=date.today(), months=6)  # noqa: DTZ011
    return folder


@pytest.fixture
def audit(installed: Run, export: Path) -> Run:
    """Run the audit of it."""
    files = str(export / "customers.csv"), str(export / "invoices.csv")
    return lambda *options: installed("register", "audit", *files, *options)


def configure(**ladder: object) -> None:
    """Give the company a ladder."""
    path = Path("farstu.toml")
    text = path.read_text(encoding="utf-8")
    table = f"\n[companies.{COMPANY}.ladder]\n" + "".join(
        f"{key} = {json.dumps(value)}\n" for key, value in ladder.items()
    )
    path.write_text(text + table, encoding="utf-8")
    assert tomllib.loads(path.read_text(encoding="utf-8"))


def start() -> None:
    """Open the application, as each worker does."""

    async def run() -> None:
        async with opened_application(read_settings(None)):
            pass

    asyncio.run(run())


def test_it_says_in_words_what_guessing_is_worth(audit: Run) -> None:
    """Odds, shares, bounds, and what to change."""
    result = audit()
    assert result.exit_code == 0, result.stderr
    for words in (
        "knows the range of the numbers",
        "has the next customer number's paper",
        "no contact for email",
        'private = "invoice"',
        "← as configured",
        "10,000 identities of attackers",
        "follow the customer numbers",
        f"The target is missed: {COMPANY}.",
    ):
        assert words in result.stdout


def test_it_needs_no_database(run: Run, export: Path) -> None:
    """Offline: a configuration is enough."""
    assert run("init").exit_code == 0
    files = str(export / "customers.csv"), str(export / "invoices.csv")
    assert run("register", "audit", *files).exit_code == 0
    assert not Path("farstu.db").exists()


def test_it_reads_nothing_that_it_could_not_keep(run: Run, export: Path) -> None:
    """Without a prepared database, --save ends before the files are read, and says what to do."""
    assert run("init").exit_code == 0
    files = str(export / "customers.csv"), str(export / "invoices.csv")
    result = run("register", "audit", *files, "--save")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "Run `farstu db migrate`" in result.stderr


def test_machines_get_the_same_figures(audit: Run) -> None:
    """And nothing else on standard output."""
    found: dict[str, Any] = json.loads(audit("--json", "--attackers", "50").stdout)
    assert found["attacker_identities"] == 50
    company = found["companies"][COMPANY]
    assert company["invoice_number"]["neighbour_1"]["chance"] > 0.5
    assert company["invoice_number"]["frequent"]["guesses"] is None
    assert company["yearly"] == company["yearly_by_level"]["invoice"]
    assert found["yearly"] == company["yearly"]
    assert company["meets_target"] is False


@pytest.mark.parametrize(
    ("leaves", "unreachable_as"), [(("email",), "email"), (("sms",), "sms"), ((), "everybody")]
)
def test_only_ways_that_leave_reach_anybody(
    audit: Run, leaves: tuple[str, ...], unreachable_as: str
) -> None:
    """Both ways are in `codes`; one without a way out in [outbound] brings nobody a code."""
    path = Path("farstu.toml")
    ways = "".join(f'{way} = "folder"\n' for way in leaves)
    folder = '[outbound.folder]\npath = "messages"\n' if leaves else ""
    sender = path.read_text(encoding="utf-8").replace(
        f"[companies.{COMPANY}]\n", f'[companies.{COMPANY}]\nnotice_sender = "a@example.se"\n'
    )
    path.write_text(f"{sender}\n[outbound]\n{ways}{folder}", encoding="utf-8")
    company = json.loads(audit("--json").stdout)["companies"][COMPANY]
    without = company["without_contact"] | {"everybody": 1.0}
    assert company["unreachable_by_code"] == without[unreachable_as]


def test_no_value_of_the_files_is_shown(audit: Run, export: Path, tmp_path: Path) -> None:
    """No number of a customer or an invoice, no address: not in words, JSON or report."""
    bad = tmp_path / "invoices.csv"
    lines = (export / "invoices.csv").read_text(encoding="utf-8").splitlines()
    bad.write_text("\n".join([*lines, lines[1].replace(";invoice;", ";Kalle;")]), encoding="utf-8")
    report = tmp_path / "report.txt"
    said = audit().output + audit("--json").output + audit("--report", str(report)).output
    said += report.read_text(encoding="utf-8")
    values = {cell for line in lines[1:200] for cell in line.split(";")[1:4] if cell}
    assert not [value for value in values if value in said]
    assert "@" not in said


def test_bad_rows_are_told_by_line_and_reason(installed: Run, export: Path, tmp_path: Path) -> None:
    """As an import tells them; the others count."""
    text = (export / "invoices.csv").read_text(encoding="utf-8").replace(";invoice;", ";bill;", 1)
    (tmp_path / "bad.csv").write_text(text, encoding="utf-8")
    files = str(export / "customers.csv"), str(tmp_path / "bad.csv")
    bad = installed("register", "audit", *files)
    assert bad.exit_code == 0
    assert "bad.csv line 2: type is neither invoice, credit, reminder nor final" in bad.stderr


def test_an_export_of_nobody_is_told(installed: Run, export: Path, tmp_path: Path) -> None:
    """With the names that the column may hold."""
    (tmp_path / "c.csv").write_text(
        (export / "customers.csv").read_text(encoding="utf-8").replace(COMPANY, "nobody"),
        encoding="utf-8",
    )
    result = installed("register", "audit", str(tmp_path / "c.csv"), str(export / "invoices.csv"))
    assert result.exit_code == 1
    assert f"must hold one of: {COMPANY}" in result.stderr


def test_a_file_that_is_none_is_told(installed: Run, export: Path, tmp_path: Path) -> None:
    """No stack trace for a header that is somebody's row."""
    (tmp_path / "c.csv").write_text("1;2;3\n", encoding="utf-8")
    result = installed("register", "audit", str(tmp_path / "c.csv"), str(export / "invoices.csv"))
    assert result.exit_code == 1
    assert "c.csv: lacks column" in result.stderr


def test_nothing_is_kept_unless_asked_for(audit: Run) -> None:
    """And what is kept is noted in the trail."""

    async def kept() -> tuple[int, list[str]]:
        async with opened(read_settings(None)) as storage:
            kinds = [record.event.kind async for record in storage.audit.read()]
            return len(await storage.audits.kept()), kinds

    audit()
    assert asyncio.run(kept()) == (0, [])
    assert "Kept" in audit("--save").stdout
    assert asyncio.run(kept()) == (1, ["register_audited"])


def test_without_a_kept_audit_the_broker_starts(installed: Run) -> None:
    """Even where the company would refuse; the doctor says what is missing."""
    configure(refuse_above_target=True)
    start()
    result = installed("doctor", "--offline")
    assert f"guessing at {COMPANY}: never measured" in result.stdout


def test_where_guessing_pays_the_log_says_so(
    audit: Run, installed: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """At every start, and the doctor too; the broker starts."""
    audit("--save")
    start()
    assert "guessing_pays" in "".join(capsys.readouterr())
    doctor = installed("doctor", "--offline").stdout
    assert f"! guessing at {COMPANY}: at most" in doctor
    assert "the target is 0.01" in doctor
    assert "register audit" not in doctor


def test_where_nothing_more_can_be_asked_for_the_log_says_so(
    installed: Run, export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second item that was not imported; the broker starts, as before where all bear one."""
    assert installed("register", "import", str(export)).exit_code == 0
    start()
    assert "second_item_missing" not in "".join(capsys.readouterr())
    configure(second_item="printed_code")
    start()
    assert "second_item_missing" in "".join(capsys.readouterr())


def test_the_broker_refuses_to_start_where_the_company_says_so(audit: Run, installed: Run) -> None:
    """With the key, the figures and what to do; the doctor takes it for an error."""
    audit("--save")
    configure(refuse_above_target=True)
    with pytest.raises(SettingsInvalid) as refused:
        start()
    (problem,) = refused.value.problems
    assert problem.path == f"companies.{COMPANY}.ladder.refuse_above_target"
    assert "customers a year taken over by guessing" in problem.reason
    assert f"✗ guessing at {COMPANY}" in installed("doctor", "--offline").stdout
    checked = installed("config", "check")
    assert checked.exit_code == 1
    assert "refuse_above_target" in checked.stderr


def test_it_starts_again_when_codes_are_asked_for(audit: Run, installed: Run) -> None:
    """The kept figures are judged by the rules in force, not by those of the day."""
    audit("--save")
    configure(refuse_above_target=True, private="code", target=0.01)
    start()
    assert f"✓ guessing at {COMPANY}" in installed("doctor", "--offline").stdout
    assert installed("config", "check").exit_code == 0


def test_config_check_says_that_guessing_pays(audit: Run, installed: Run) -> None:
    """Where the database can be looked at; elsewhere it is silent."""
    assert "guessing" not in installed("config", "check").stdout
    audit("--save")
    checked = installed("config", "check")
    assert checked.exit_code == 0
    assert f"{COMPANY}: at most" in checked.stdout


def test_no_numbers_package_is_loaded_to_serve() -> None:
    """What only an audit needs costs no worker memory or time."""
    script = "import sys, broker.app, broker.cli.register; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
