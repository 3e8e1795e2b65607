"""`farstu register read` and `status`, where a company's register is elsewhere."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import Result

from broker.settings.fresh import new_key
from tests.billing import Billing, CustomerRow
from tests.broker.registers.desk import CUSTOMERS, INVOICES, customer, invoice
from tests.servers.billing_api import BillingApi, billing_api

Run = Callable[..., Result]
COMPANY = "exempel-elnat"


@contextmanager
def in_background(billing: Billing, token: str) -> Iterator[BillingApi]:
    """An API beside a command that has a loop of its own."""
    loop, ready, over = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    running: list[BillingApi] = []

    async def serve() -> None:
        async with billing_api(billing, token=token) as api:
            running.append(api)
            ready.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    try:
        yield running[0]
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10)
        loop.close()


@pytest.fixture
def api(installed: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[BillingApi]:
    """The installation's only company is asked there; the token comes from the environment."""
    billing, token = Billing(), new_key()
    billing.add(CustomerRow("100245", company=COMPANY))
    with in_background(billing, token) as running:
        path = Path("farstu.toml")
        text = path.read_text().replace(
            f"[companies.{COMPANY}]", f'[companies.{COMPANY}]\ncustomer_register = "billing"', 1
        )
        url = f"http://127.0.0.1:{running.port}/v1"
        path.write_text(f'{text}\n[registers.billing]\nkind = "http"\nurl = "{url}"\n')
        monkeypatch.setenv("FARSTU_REGISTERS__BILLING__TOKEN", token)
        yield running


def test_a_reading_says_what_it_found(installed: Run, api: BillingApi) -> None:
    """In a line for each company; `status` says when that was."""
    assert "billing: never read yet" in installed("register", "status").stdout
    result = installed("register", "read", "billing")
    assert result.exit_code == 0
    assert f"{COMPANY}: customers: 1, linked: 0" in result.stdout
    assert "customers: 1" in installed("register", "status").stdout
    assert "never" not in installed("register", "status").stdout


def test_a_register_that_is_down_is_told(installed: Run, api: BillingApi) -> None:
    """With the cause, and a remedy."""
    api.fault = "status 503"
    result = installed("register", "read")
    assert result.exit_code == 1
    assert "It cannot be read: register billing: status 503." in result.stderr
    assert "farstu doctor" in result.stderr


def test_a_register_that_no_company_has(installed: Run, api: BillingApi) -> None:
    """The names there are."""
    result = installed("register", "read", "other")
    assert result.exit_code == 2
    assert "billing" in result.stderr


def test_where_everybody_imports_there_is_nothing_to_read(installed: Run) -> None:
    """It says which key would change that."""
    result = installed("register", "read")
    assert result.exit_code == 1
    assert "customer_register" in result.stderr


def test_the_configuration_shows_no_token(installed: Run, api: BillingApi) -> None:
    """It is a secret as any other."""
    shown = installed("config", "show").stdout
    assert api.token not in shown
    assert 'registers.billing.token = "**********"' in shown


def test_the_configuration_can_be_checked_with_the_registers(
    installed: Run, api: BillingApi
) -> None:
    """They are asked only when somebody says so; what is wrong with them fails the check then."""
    result = installed("config", "check", "--registers")
    assert result.exit_code == 0
    assert "✓ register billing: answers as it is described" in result.stdout
    api.fault = "html"
    result = installed("config", "check", "--registers")
    assert result.exit_code == 1
    assert "✗ register billing: does not answer: not_json" in result.stdout
    asked = len(api.asked)
    assert installed("config", "check").exit_code == 0
    assert len(api.asked) == asked


def test_an_import_misses_no_export_of_who_is_looked_up(installed: Run, api: BillingApi) -> None:
    """A company whose register is elsewhere is none that was forgotten."""
    path = Path("farstu.toml")
    text = path.read_text()
    table = text[text.index(f"[companies.{COMPANY}]") :].partition("\n\n")[0]
    other = table.replace(COMPANY, "other").replace('customer_register = "billing"\n', "")
    path.write_text(f"{text}\n{other}\n")
    Path("customers.csv").write_text(CUSTOMERS + customer("100423", company="other"))
    Path("invoices.csv").write_text(INVOICES + invoice("100423", "4711023", company="other"))
    result = installed(
        "register", "import", "--customers", "customers.csv", "--invoices", "invoices.csv"
    )
    assert result.exit_code == 0
    assert "Not in this export" not in result.stdout
    assert "has its register elsewhere" not in result.stdout


def test_an_import_of_who_is_looked_up_says_what_it_is_for(installed: Run, api: BillingApi) -> None:
    """Nobody is verified by it, so nobody is asked to measure it either."""
    Path("customers.csv").write_text(CUSTOMERS + customer("100423", company=COMPANY))
    Path("invoices.csv").write_text(INVOICES + invoice("100423", "4711023", company=COMPANY))
    result = installed(
        "register", "import", "--customers", "customers.csv", "--invoices", "invoices.csv"
    )
    assert result.exit_code == 0
    assert f"{COMPANY} has its register elsewhere (billing): nobody is verified" in result.stdout
    assert "register audit" not in result.stdout
