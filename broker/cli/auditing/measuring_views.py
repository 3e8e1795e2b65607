"""What an audit reads, opened: the views of a billing database."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import date

import typer

from broker.cli.auditing.measuring import Measured
from broker.cli.register_screen import ImportScreen
from broker.cli.sound_views import sound_views, unanswered
from broker.cli.speaking import CommandFailed
from broker.registers.audit.rows import RegisterRows
from broker.registers.audit.view_rows import ViewRows
from broker.registers.distant.source import SourceFailed
from broker.registers.findings import FindingTally
from broker.settings.schema import Settings
from broker.wiring.guessing import register_audit
from broker.wiring.registers import companies_of


def refuse_unreadable(settings: Settings, register: str) -> None:
    """Raise where there is no such register, or none that can be read as a whole."""
    if register not in settings.registers:
        known = ", ".join(settings.registers) or "none is configured"
        raise typer.BadParameter(f"{register} is not among the registers: {known}")
    if settings.registers[register].kind != "sql":
        raise CommandFailed(
            f"Register {register} is an API, which answers about one customer at a time: it cannot "
            "be read as a whole.",
            "Let the billing system write an export once, and measure that: farstu register audit "
            "customers.csv invoices.csv. docs/register.md describes the files.",
        )
    if not companies_of(settings, register):
        raise CommandFailed(
            f"No company has the register {register}.", "Name it as `customer_register` of one."
        )


def measured_register(settings: Settings, name: str, screen: ImportScreen, today: date) -> Measured:
    """Measure what a register elsewhere holds. Raises CommandFailed where it cannot be read.

    Rows of a view have no lines: of those that cannot be read, only the sums are told.
    """
    findings = FindingTally(lambda _: None)
    with _opened_views(settings, name, screen, findings) as rows:
        try:
            return register_audit(settings, today=today).run(rows, findings), findings
        except SourceFailed as failed:
            raise unanswered(name, failed) from None


@contextmanager
def _opened_views(
    settings: Settings, name: str, screen: ImportScreen, findings: FindingTally
) -> Iterator[RegisterRows]:
    """One loop for all of it: connections belong to the loop that opened them."""
    stack = AsyncExitStack()
    with asyncio.Runner() as runner:
        try:
            source = runner.run(stack.enter_async_context(sound_views(settings, name)))
            companies = companies_of(settings, name)
            yield ViewRows(source, companies, findings, screen.on_progress, runner.run)
        finally:
            # Whoever breaks off leaves a page half read, and its connection is gone by then.
            runner.get_loop().set_exception_handler(lambda *_: None)
            runner.run(stack.aclose())
