"""Checks of registers elsewhere: what they answer, and when they were last read."""

import asyncio
from collections.abc import Iterable

from broker.cli.examining.installation import Installation
from broker.registers.distant.source import SourceFailed
from broker.settings.schema import Settings
from broker.upkeep.finding import Finding
from broker.upkeep.register_checks import (
    judge_answer,
    judge_reading,
    judge_unreachable,
    judge_views,
)
from broker.wiring.registers import companies_of, opened_source, opened_sql_source, used

_NOBODYS = "0000000000"


async def look_at_registers(whole: Installation) -> Iterable[Finding]:
    """Each one that a company names."""
    return await ask_registers(whole.settings)


async def ask_registers(settings: Settings) -> list[Finding]:
    """As `look_at_registers`, all at once, without an installation around it."""
    found = await asyncio.gather(*(_look(settings, name) for name in used(settings)))
    return [each for findings in found for each in findings]


async def look_at_readings(whole: Installation) -> Iterable[Finding]:
    """The daily readings of companies whose register is elsewhere."""
    readings = await whole.kept.copies.readings()
    return [
        judge_reading(company, readings.get(company), whole.now())
        for name in used(whole.settings)
        for company in companies_of(whole.settings, name)
    ]


async def _look(settings: Settings, name: str) -> list[Finding]:
    try:
        if settings.registers[name].kind == "sql":
            return await _look_at_views(settings, name)
        return [await _look_at_api(settings, name)]
    except SourceFailed as failed:
        return [judge_unreachable(name, failed.cause)]


async def _look_at_views(settings: Settings, name: str) -> list[Finding]:
    # Imported here: the driver takes a tenth of a second that others spare.
    from broker.registers.distant.view_facts import read_view_facts  # noqa: PLC0415

    async with opened_sql_source(settings, name) as source:
        facts = await read_view_facts(source, companies_of(settings, name))
        return judge_views(name, source.views, facts)


async def _look_at_api(settings: Settings, name: str) -> Finding:
    """Ask each question about a customer whom nobody is."""
    company = companies_of(settings, name)[0]
    async with opened_source(settings, name) as source:
        await source.customers(company, [_NOBODYS])
        await source.invoices(company, _NOBODYS, _NOBODYS)
        size = await source.size(company)
    customers = settings.registers[name].customers
    return judge_answer(name, has_size=size is not None, customers=customers)
