"""A register of each kind on one invented billing system, with storage and wiring of its own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from broker.registers.importing import Export, Mode
from broker.sealed import Vault
from broker.settings.registers import RegisterSettings
from broker.settings.schema import Settings
from broker.settings.verifying import LadderSettings
from broker.storage import Storage, open_storage
from broker.wiring.register import register_import
from broker.wiring.registers import Registers, opened_registers
from broker.wiring.secret_keys import master_keys
from tests.billing import Billing
from tests.broker.registers.desk import source
from tests.house import settings_for
from tests.moment import Moment
from tests.servers.billing_api import TOKEN, BillingApi, billing_api
from tests.servers.billing_view import PASSWORD, BillingDatabase

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def by_sql(database: BillingDatabase, **changes: Any) -> RegisterSettings:
    """The billing system's views."""
    described: dict[str, Any] = {
        "kind": "sql", "database": database.url, "password": SecretStr(PASSWORD),
    }  # fmt: skip
    return RegisterSettings(**(described | changes))


def by_http(api: BillingApi, **changes: Any) -> RegisterSettings:
    """The billing system's API."""
    described: dict[str, Any] = {
        "kind": "http", "url": f"http://127.0.0.1:{api.port}/v1", "token": SecretStr(TOKEN),
    }  # fmt: skip
    return RegisterSettings(**(described | changes))


def with_register(settings: Settings, register: RegisterSettings | None, *names: str) -> Settings:
    """All companies, or those named, have this register; `varme` takes OCR numbers too.

    `elhandel` prints codes on its invoices.
    """
    companies = {}
    for name, company in settings.companies.items():
        changes: dict[str, Any] = {}
        if name == "varme":
            changes["accept_ocr"] = True
            changes["invoice_number"] = company.invoice_number.model_copy(update={"max_length": 12})
        if name == "elhandel":
            changes["ladder"] = LadderSettings(second_item="printed_code")
        if register is not None and name in (names or settings.companies):
            changes["customer_register"] = "billing"
        companies[name] = company.model_copy(update=changes)
    registers = {} if register is None else {"billing": register}
    return settings.model_copy(update={"companies": companies, "registers": registers})


@dataclass
class OpenRegister:
    """A register that answers, what it answers from, and how it learns of a change."""

    settings: Settings
    storage: Storage
    registers: Registers
    billing: Billing
    clock: Moment
    refresh: Callable[[], Awaitable[None]]
    api: BillingApi | None = None

    @property
    def answering(self) -> Any:
        return self.registers.answering

    async def read(self, **how: bool) -> list[Any]:
        """The daily reading."""
        return await self.registers.readings["billing"].run(self.clock(), **how)


@asynccontextmanager
async def open_register(
    kind: str, billing: Billing, directory: Path, database: BillingDatabase | None, **changes: Any
) -> AsyncIterator[OpenRegister]:
    """`import`, `sql` or `http`; `changes` are to the register's settings."""
    clock = Moment(NOW)
    async with AsyncExitStack() as stack:
        api = None
        described = None
        if kind == "sql":
            assert database is not None
            database.load(billing)
            described = by_sql(database, **changes)
        if kind == "http":
            api = await stack.enter_async_context(billing_api(billing))
            described = by_http(api, **changes)
        settings = with_register(settings_for(directory), described)
        storage = await stack.enter_async_context(opened_storage(settings, clock))
        registers = await stack.enter_async_context(
            opened_registers(settings, storage, clock=clock)
        )

        async def refresh() -> None:
            if kind == "sql":
                assert database is not None
                database.load(billing)
            if kind == "import":
                await import_rows(settings, storage, clock, billing)

        await refresh()
        yield OpenRegister(settings, storage, registers, billing, clock, refresh, api)


@asynccontextmanager
async def opened_storage(
    settings: Settings, clock: Moment, database: str = "sqlite://"
) -> AsyncIterator[Storage]:
    """In memory or elsewhere, sealed with the installation's own keys."""
    vault = Vault(master_keys(settings))
    async with open_storage(
        database,
        "sqlite://",
        seal=vault.seal,
        open_sealed=vault.open,
        new_id=lambda prefix: f"{prefix}_1",
        clock=clock,
    ) as storage:
        yield storage


async def import_rows(
    settings: Settings, storage: Storage, clock: Moment, billing: Billing
) -> None:
    """By the real import, whatever changed."""
    customers, invoices = billing.as_csv()
    await register_import(settings, storage, clock=clock).run(
        Export(source("customers.csv", customers), source("invoices.csv", invoices)),
        Mode(force=True),
        on_finding=lambda _: None,
        on_progress=lambda *_: None,
    )
