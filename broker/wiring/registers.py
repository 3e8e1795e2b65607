"""Every company's register, on an installation's settings, storage and secrets.

Opens what asks a billing system; nothing is connected before the first question.
"""

import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

import httpx2

from broker.registers.by_company import RegisterByCompany
from broker.registers.distant.copies import CopySeal
from broker.registers.distant.daily import DailyReading
from broker.registers.distant.fair_queue import FairQueue
from broker.registers.distant.gate import Gate
from broker.registers.distant.http import HttpSource
from broker.registers.distant.outages import Outages
from broker.registers.distant.register import DistantRegister
from broker.registers.distant.source import Source
from broker.sealed import Vault
from broker.settings.registers import RegisterSettings
from broker.settings.schema import Settings
from broker.storage import Storage
from broker.wiring.companies import companies
from broker.wiring.notices import trust
from broker.wiring.register import imported_register, suspensions
from broker.wiring.secret_keys import master_keys
from broker.wiring.storage import with_login
from linking import CustomerRegister

if TYPE_CHECKING:
    from broker.registers.distant.sql import SqlSource

_WAITING: Final = 256
"""Questions that wait for their turn at most, of everybody."""


@dataclass(frozen=True, slots=True)
class Registers:
    """What answers for all companies, and the daily readings by their register's name."""

    answering: CustomerRegister
    readings: Mapping[str, DailyReading]


@asynccontextmanager
async def opened_registers(
    settings: Settings, storage: Storage, *, clock: Callable[[], datetime]
) -> AsyncIterator[Registers]:
    """Open every register that a company names."""
    imported = imported_register(settings, storage)
    async with AsyncExitStack() as stack:
        elsewhere: dict[str, CustomerRegister] = {}
        readings: dict[str, DailyReading] = {}
        for name in used(settings):
            source = await stack.enter_async_context(opened_source(settings, name))
            register = _register(settings, storage, name, source, earlier=imported, clock=clock)
            elsewhere |= dict.fromkeys(register.companies, register)
            readings[name] = _reading(settings, storage, name, register)
        answering = RegisterByCompany(elsewhere, imported) if elsewhere else imported
        yield Registers(answering, readings)


def used(settings: Settings) -> list[str]:
    """Return the registers that a company names."""
    named = {each.customer_register for each in settings.companies.values()}
    return [name for name in settings.registers if name in named]


def companies_of(settings: Settings, register: str) -> list[str]:
    """Return whose register it is."""
    return [name for name, each in settings.companies.items() if each.customer_register == register]


@asynccontextmanager
async def opened_source(settings: Settings, name: str) -> AsyncIterator[Source]:
    """Open what asks a billing system."""
    register = settings.registers[name]
    if register.kind == "sql":
        async with opened_sql_source(settings, name) as asked:
            yield asked
        return
    async with _client(register) as client:
        yield HttpSource(client, register.url, _with_ocr(settings))


@asynccontextmanager
async def opened_sql_source(settings: Settings, name: str) -> "AsyncIterator[SqlSource]":
    """Open a register of kind `sql`: for whoever reads all of it, too."""
    # Imported here: their driver takes a tenth of a second that others spare.
    from sqlalchemy import make_url  # noqa: PLC0415

    from broker.registers.distant.sql import Patience, SqlSource, opened_pool  # noqa: PLC0415
    from broker.registers.distant.views import Views  # noqa: PLC0415

    register = settings.registers[name]
    patience = Patience(float(register.connect_seconds), float(register.answer_seconds))
    url = make_url(with_login(register.database, "", register.password))
    # One more than questions are under way: an audit reads beside them.
    connections = register.parallel + 1
    async with opened_pool(url, connections=connections, patience=patience) as pool:
        views = Views(register.customers_view, register.invoices_view)
        yield SqlSource(pool, views, patience, _with_ocr(settings))


def _with_ocr(settings: Settings) -> frozenset[str]:
    """Companies whose OCR numbers are looked up as they are, not taken apart."""
    known = companies(settings)
    return frozenset(
        name for name, each in known.items() if each.accepts_ocr and each.ocr_template is None
    )


def _register(
    settings: Settings,
    storage: Storage,
    name: str,
    source: Source,
    *,
    earlier: CustomerRegister,
    clock: Callable[[], datetime],
) -> DistantRegister:
    described, known = settings.registers[name], companies(settings)
    vault = Vault(master_keys(settings))
    return DistantRegister(
        source=source,
        gate=_gate(settings, name, described.parallel, clock),
        companies={each: known[each] for each in companies_of(settings, name)},
        copies=storage.copies,
        seal=CopySeal(vault.seal, vault.open),
        earlier=earlier,
        clock=clock,
    )


def _gate(settings: Settings, name: str, places: int, clock: Callable[[], datetime]) -> Gate:
    described = settings.registers[name]
    seconds = float(described.connect_seconds + described.answer_seconds)
    return Gate(name, FairQueue(places, waiting=_WAITING), Outages(clock), seconds)


def _reading(
    settings: Settings, storage: Storage, name: str, register: DistantRegister
) -> DailyReading:
    """Its gate is its own: nothing that anybody types keeps a protection from being heard of."""
    return DailyReading(
        source=register.source,
        gate=_gate(settings, name, 1, register.clock),
        companies=register.companies,
        customers=settings.registers[name].customers,
        copies=storage.copies,
        seal=register.seal,
        earlier=register.earlier,
        transaction=storage.transaction,
        suspensions=suspensions(storage),
    )


def _client(register: RegisterSettings) -> httpx2.AsyncClient:
    """One client for all questions; its own certificate is shown where it has one."""
    headers = {"User-Agent": "farstu", "Accept-Encoding": "identity"}
    if register.token is not None:
        headers["Authorization"] = f"Bearer {register.token.get_secret_value()}"
    return httpx2.AsyncClient(
        verify=_trust(register),
        trust_env=False,
        follow_redirects=False,
        headers=headers,
        timeout=httpx2.Timeout(
            float(register.answer_seconds), connect=float(register.connect_seconds)
        ),
        limits=httpx2.Limits(max_connections=register.parallel + 1, keepalive_expiry=30.0),
    )


def _trust(register: RegisterSettings) -> ssl.SSLContext:
    context = trust(register.ca_file)
    if register.client_certificate is not None and register.client_key is not None:
        context.load_cert_chain(register.client_certificate, register.client_key)
    return context
