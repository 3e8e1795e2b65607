"""What an audit reads, opened: an export's two files. `measuring_views` opens a database's."""

from contextlib import ExitStack
from datetime import date
from pathlib import Path

from broker.cli.register_screen import ImportScreen
from broker.cli.speaking import CommandFailed
from broker.registers.audit.export_rows import ExportRows
from broker.registers.audit.figures import Figures
from broker.registers.batches import Reading
from broker.registers.findings import FileRefused, FindingTally
from broker.registers.lines import Source
from broker.settings.schema import Settings
from broker.wiring.guessing import register_audit

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


def _source(stack: ExitStack, path: Path) -> Source:
    try:
        return Source(path.name, stack.enter_context(path.open("rb")), path.stat().st_size)
    except OSError as error:
        raise CommandFailed(
            f"{path} cannot be read: {error.strerror}.", "See that you may read it."
        ) from error
