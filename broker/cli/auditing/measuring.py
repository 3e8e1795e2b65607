"""What an audit reads, opened: an export's two files, or the views of a billing database."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from datetime import date
from pathlib import Path

from broker.cli.register_screen import ImportScreen
from broker.cli.sound_views import sound_views, unanswered
from broker.cli.speaking import CommandFailed
from broker.registers.audit.export_rows import ExportRows
from broker.registers.audit.figures import Figures
from broker.registers.audit.rows import RegisterRows
from broker.registers.batches import Reading
from broker.registers.distant.source import SourceFailed
from broker.registers.findings import FileRefused, FindingTally
from broker.registers.lines import Source
from broker.settings.schema import Settings
from broker.wiring.guessing import register_audit
from broker.wiring.registers import companies_of

Measured = tuple[tuple[Figures, ...], FindingTally]
"""By company, and what was wrong with rows."""


def measured_export(
    settings: Settings, customers: Path, invoices: Path, screen: ImportScreen, today: date
) -> Measured:
    """Measure an export. Raises CommandFailed where it cannot be read."""
    findings = FindingTally(screen.on_finding)
    reading = Reading(settings.companies, findings, screen.on_progress)
    with ExitStack() as stack:
        rows = ExportRows(_source(stack, customers), _source(stack, invoices), reading)
        try:
            return register_audit(settings, today=today).run(rows, findings), findings
        except FileRefused as refused:
            raise CommandFailed(str(refused), "docs/register.md describes the files.") from refused


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
    # Imported here: the driver takes a tenth of a second that others spare.
    from broker.registers.audit.view_rows import ViewRows  # noqa: PLC0415

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


def _source(stack: ExitStack, path: Path) -> Source:
    try:
        return Source(path.name, stack.enter_context(path.open("rb")), path.stat().st_size)
    except OSError as error:
        raise CommandFailed(
            f"{path} cannot be read: {error.strerror}.", "See that you may read it."
        ) from error
