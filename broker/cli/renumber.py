"""`farstu register renumber`: customers get other numbers, and their links follow."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from broker.cli.clock import now
from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.database import opened
from broker.cli.register_screen import ImportScreen, import_screen, tell_findings
from broker.cli.speaking import CommandFailed, say
from broker.registers.findings import FileRefused
from broker.registers.lines import Source
from broker.registers.renumbering_outcomes import Refusal, Renumbered, RenumberingRefused
from broker.settings.schema import Settings
from broker.wiring.register import renumbering

_REMEDIES = {
    Refusal.ROWS: "Mend the file and run it again. Two customers cannot become one this way.",
    Refusal.NO_ROWS: "It needs the columns company;old_number;new_number, and a row a customer.",
    Refusal.NO_CHANGE: "See that the columns old_number and new_number are the right ones.",
    Refusal.NOBODY: "See that it is the right file, and that it has not been carried out already.",
    Refusal.PEPPER_GONE: "Put the pepper into [secrets.peppers] again.",
    Refusal.SEALED: "Put the master key into [secrets.master_keys] again.",
    Refusal.OVERTAKEN: "Let nothing be imported meanwhile.",
}


def renumber(
    map_file: Annotated[
        Path,
        typer.Argument(
            metavar="MAP",
            exists=True,
            dir_okay=False,
            readable=True,
            help="A CSV file with the columns company;old_number;new_number.",
        ),
    ],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read and judge everything, change nothing.")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(dir_okay=False, writable=True, help="Write every bad row's line and reason."),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Give customers the numbers of a new billing system; links and delegations follow.

    All rows or none; numbers may be swapped. Import the new system's export at once afterwards:
    until then nobody new can connect.
    """
    settings = read_settings(config)
    with import_screen(report) as screen, map_file.open("rb") as stream:
        source = Source(map_file.name, stream, map_file.stat().st_size)
        outcome = asyncio.run(_renumber(settings, source, screen, dry_run=dry_run))
    if isinstance(outcome, RenumberingRefused):
        tell_findings(screen, outcome.findings, report)
        whom = f"{outcome.company}: " if outcome.company else ""
        raise CommandFailed(
            f"Nothing was changed: {whom}{outcome.refusal}.", _REMEDIES[outcome.refusal]
        )
    _say_counts(outcome)
    if dry_run:
        say("Nothing was changed: a dry run.", style="bold green")
        return
    say("Renumbered.", style="bold green")
    say(
        "Now import the new system's export: until then nobody new can connect to these companies. "
        "What invoices prove is kept by number, and could not be carried over."
    )


async def _renumber(
    settings: Settings, source: Source, screen: ImportScreen, *, dry_run: bool
) -> Renumbered | RenumberingRefused:
    async with opened(settings) as storage:
        try:
            return await renumbering(settings, storage, clock=now).run(
                source,
                dry_run=dry_run,
                on_finding=screen.on_finding,
                on_progress=screen.on_progress,
            )
        except FileRefused as refused:
            raise CommandFailed(
                str(refused), "Nothing was changed. docs/register.md describes the file."
            ) from refused


def _say_counts(outcome: Renumbered) -> None:
    for count in outcome.companies:
        say(count.company, style="bold")
        for label, value in (
            ("numbers that change", count.changes),
            ("of these, customers with an account", count.linked),
            ("customers that nobody ever connected to", count.unlinked),
            ("in the current register", count.in_register),
        ):
            say(f"  {label:<42}{value:,}")
