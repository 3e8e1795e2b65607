"""Of `farstu register`: import the customer register, look at it, take an import back."""

import asyncio
import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from broker.cli.after_import import known, say_what_is_left
from broker.cli.clock import now
from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.database import opened
from broker.cli.rare_collections import rare_collections
from broker.cli.read_register import read
from broker.cli.register_screen import (
    ImportScreen,
    import_screen,
    say_counts,
    say_left_out,
    tell_findings,
)
from broker.cli.renumber import renumber
from broker.cli.speaking import CommandFailed, say
from broker.registers.findings import FileRefused
from broker.registers.guards import Objection
from broker.registers.importing import Export, Imported, ImportRefused, Mode
from broker.registers.lines import Source
from broker.registers.taking_back import TakingBack
from broker.settings.schema import Settings
from broker.storage.register_ports import Generation, Reading
from broker.wiring.register import register_import
from linking.days import STOCKHOLM

app = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown")

_File = typer.Option(
    exists=True,
    dir_okay=False,
    readable=True,
    show_default=False,
    help="This file in place of the directory's.",
)


@dataclass(frozen=True, slots=True)
class _Files:
    customers: Path
    invoices: Path
    facilities: Path | None


@app.callback()
def register() -> None:
    """Import the customer register from the billing system's export, and look after it."""


@app.command("import", epilog="Example: farstu register import /srv/export --report bad-rows.txt")
def import_export(
    directory: Annotated[
        Path | None,
        typer.Argument(
            exists=True,
            file_okay=False,
            show_default=False,
            help="Where customers.csv, invoices.csv and perhaps facilities.csv are.",
        ),
    ] = None,
    *,
    customers: Annotated[Path | None, _File] = None,
    invoices: Annotated[Path | None, _File] = None,
    facilities: Annotated[Path | None, _File] = None,
    strict: Annotated[bool, typer.Option("--strict", help="One bad row refuses all.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Import though much changed, once you know why.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read and judge everything, change nothing.")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(dir_okay=False, writable=True, help="Write every bad row's line and reason."),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Import an export: the whole truth about the companies that it names.

    Bad rows are left out and told by line and reason. Nothing is changed when the command fails.
    """
    settings = read_settings(config)
    files = _files(directory, customers, invoices, facilities)
    mode = Mode(strict=strict, force=force, dry_run=dry_run)
    with import_screen(report) as screen, rare_collections():
        outcome = asyncio.run(_import(settings, files, mode, screen))
    tell_findings(screen, outcome.findings, report)
    say_counts(outcome.companies)
    imported = [name for name, each in settings.companies.items() if each.customer_register is None]
    say_left_out(imported, outcome.companies)
    if isinstance(outcome, ImportRefused):
        raise CommandFailed(_reasons(outcome), _remedy(outcome, settings))
    if outcome.dry_run:
        say("Nothing was changed: a dry run.", style="bold green")
        return
    say("Imported.", style="bold green")
    named = [each.company for each in outcome.companies]
    say_what_is_left(
        settings, named, asyncio.run(known(settings)), (files.customers, files.invoices)
    )


@app.command()
def status(config: ConfigOption = None) -> None:
    """Show which imports are kept of each company, the current one first.

    Of a company whose register is elsewhere, when it was last read.
    """
    settings = read_settings(config)
    kept, readings = asyncio.run(_kept(settings))
    for company, (current, generations) in kept.items():
        say(company, style="bold")
        if elsewhere := settings.companies[company].customer_register:
            say(f"  {elsewhere}: {_reading_line(readings.get(company))}")
        elif current is None:
            say("  never imported")
        for generation in generations:
            say(f"  {_line(generation)}{_standing(generation, current)}")


@app.command("take-back", epilog="Example: farstu register take-back elnat")
def take_back(
    company: Annotated[str, typer.Argument(help="The company's id in the configuration.")],
    config: ConfigOption = None,
) -> None:
    """Make the import before the current one current again.

    Sessions that the import ended stay ended. Only one import back is kept.
    """
    settings = read_settings(config)
    if company not in settings.companies:
        raise typer.BadParameter(f"{company} is not among: {', '.join(settings.companies)}")
    restored = asyncio.run(_take_back(settings, company))
    if restored is None:
        raise CommandFailed(
            f"No import of {company} is kept from before the current one.",
            "Import a right export instead; it takes the place of what is current.",
        )
    say(f"{company} is as before: {_line(restored)}.")


app.command(epilog="Example: farstu register renumber numbers.csv --dry-run")(renumber)
app.command(epilog="Example: farstu register read billing")(read)


def _files(
    directory: Path | None, customers: Path | None, invoices: Path | None, facilities: Path | None
) -> _Files:
    if directory is not None:
        if not os.access(directory, os.X_OK):
            raise typer.BadParameter(f"the broker's user may not enter {directory}")
        customers = customers or directory / "customers.csv"
        invoices = invoices or directory / "invoices.csv"
        beside = directory / "facilities.csv"
        facilities = facilities or (beside if beside.is_file() else None)
    if customers is None or invoices is None:
        raise typer.BadParameter("give a directory, or both --customers and --invoices")
    for path in (customers, invoices):
        if not path.is_file():
            raise typer.BadParameter(f"there is no file {path}")
    return _Files(customers, invoices, facilities)


async def _import(
    settings: Settings, files: _Files, mode: Mode, screen: ImportScreen
) -> Imported | ImportRefused:
    with ExitStack() as stack:
        export = Export(
            _source(stack, files.customers),
            _source(stack, files.invoices),
            None if files.facilities is None else _source(stack, files.facilities),
        )
        async with opened(settings) as storage:
            try:
                return await register_import(settings, storage, clock=now).run(
                    export,
                    mode,
                    on_finding=screen.on_finding,
                    on_progress=screen.on_progress,
                )
            except FileRefused as refused:
                raise CommandFailed(
                    str(refused), "Nothing was changed. docs/register.md describes the files."
                ) from refused


def _source(stack: ExitStack, path: Path) -> Source:
    try:
        return Source(path.name, stack.enter_context(path.open("rb")), path.stat().st_size)
    except OSError as error:
        raise CommandFailed(
            f"{path} cannot be read: {error.strerror}. Nothing was changed.",
            "See that the broker's user may read it.",
        ) from error


_Kept = dict[str, tuple[Generation | None, list[Generation]]]


async def _kept(settings: Settings) -> tuple[_Kept, Mapping[str, Reading]]:
    """Each company's current generation, and all of them, that one first; and the readings."""
    kept: _Kept = {}
    async with opened(settings) as storage:
        for company in settings.companies:
            current = await storage.index.current(company)
            generations = await storage.index.generations(company)
            others = [one for one in generations if current is None or one.id != current.id]
            kept[company] = current, ([current] if current else []) + others
        return kept, await storage.copies.readings()


async def _take_back(settings: Settings, company: str) -> Generation | None:
    async with opened(settings) as storage:
        use_case = TakingBack(storage.index, storage.transaction, storage.audit, now)
        return await use_case.run(company)


def _standing(generation: Generation, current: Generation | None) -> str:
    if current is not None and generation.id == current.id:
        return ", current"
    # Its rows are counted when it is made current, and no import without customers ever is.
    return "" if generation.customers else ", under way or broken off"


def _line(generation: Generation) -> str:
    began = generation.started_at.astimezone(STOCKHOLM)
    return (
        f"{began:%Y-%m-%d %H:%M}, customers: {generation.customers:,}, numbers that prove "
        f"something: {generation.evidence:,}, pepper: {generation.pepper}"
    )


def _reading_line(reading: Reading | None) -> str:
    if reading is None:
        return "never read yet"
    at = reading.at.astimezone(STOCKHOLM)
    return f"read {at:%Y-%m-%d %H:%M}, customers: {reading.customers:,}"


def _reasons(outcome: ImportRefused) -> str:
    return "Nothing was changed:\n" + "\n".join(f"  {one}" for one in outcome.objections)


def _remedy(outcome: ImportRefused, settings: Settings) -> str:
    """What to do, of several reasons about the one that stands first among the remedies."""
    found = {one.objection for one in outcome.objections}
    remedies = _remedies(settings)
    of_found = (remedies[each] for each in remedies if each in found)
    return next(of_found, "Look at the export. If it is right, import it with --force.")


def _remedies(settings: Settings) -> dict[Objection, str]:
    newest = max(settings.secrets.master_keys)
    return {
        Objection.NO_CUSTOMERS: (
            f"The column `company` must hold one of: {', '.join(settings.companies)}."
        ),
        Objection.BAD_ROWS: "Mend the export and import it again.",
        Objection.OTHER_MASTER_KEY: (
            f"Let [secrets.master_keys] hold {newest} as it was. If that is lost for good, give "
            "the new one a name of its own, later in the alphabet, and import again."
        ),
        Objection.OVERTAKEN: "Import it again.",
        Objection.RESTRICTED_LOST: (
            "Export them too, once. --force gives up what is known of those who are missing."
        ),
        Objection.STRANGERS: (
            "See that [secrets.peppers] holds what it held, and look at the export. A new billing "
            "system's numbers come by `farstu register renumber` first; --force takes them as they "
            "are."
        ),
    }
