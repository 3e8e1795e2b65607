"""`farstu register audit`, as an operator types it: files in, words or JSON out."""

import asyncio
import json
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from broker.cli.auditing.answer import Answer, answer_of
from broker.cli.auditing.machine import as_json
from broker.cli.auditing.words import say_answer
from broker.cli.clock import now
from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.database import opened
from broker.cli.rare_collections import rare_collections
from broker.cli.register_screen import ImportScreen, import_screen, tell_findings
from broker.cli.speaking import CommandFailed, say
from broker.registers.audit.export_rows import ExportRows
from broker.registers.audit.figures import Figures
from broker.registers.audit.saving import written
from broker.registers.batches import Reading
from broker.registers.findings import FileRefused, FindingTally
from broker.registers.lines import Source
from broker.settings.schema import Settings
from broker.storage.ports import AuditEvent
from broker.wiring.guessing import policies, register_audit, rules
from linking.days import swedish_day

_File = typer.Argument(exists=True, dir_okay=False, readable=True, show_default=False)


def audit(
    customers: Annotated[Path, _File],
    invoices: Annotated[Path, _File],
    *,
    as_machine: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
    save: Annotated[
        bool,
        typer.Option(
            "--save", help="Keep the figures: `farstu serve` and `farstu doctor` judge by them."
        ),
    ] = False,
    attackers: Annotated[
        int | None,
        typer.Option(
            min=1,
            show_default=False,
            help="Accounts that attackers have; else `verification.attacker_identities`.",
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(dir_okay=False, writable=True, help="Write every bad row's line and reason."),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Measure what guessing is worth on your own register, and what it can bring in a year.

    Reads an export as `import` does, without a database, and writes nothing but with --save. Says
    no number, name or contact of anybody.
    """
    settings, at = read_settings(config), now()
    with import_screen(report) as screen, rare_collections():
        figures, findings = _measured(settings, customers, invoices, screen, at)
    tell_findings(screen, findings.counts, report)
    if not figures:
        raise CommandFailed(
            "No row of the customer file can be used.",
            f"The column `company` must hold one of: {', '.join(settings.companies)}.",
        )
    found = answer_of(figures, policies(settings), rules(settings, identities=attackers))
    if as_machine:
        say(json.dumps(as_json(found), ensure_ascii=False))
    else:
        say_answer(found)
    if save:
        asyncio.run(_save(settings, found, at))
        if not as_machine:
            say("Kept: from now on `farstu serve` and `farstu doctor` judge by it.")


def _measured(
    settings: Settings, customers: Path, invoices: Path, screen: ImportScreen, at: datetime
) -> tuple[tuple[Figures, ...], FindingTally]:
    findings = FindingTally(screen.on_finding)
    reading = Reading(settings.companies, findings, screen.on_progress)
    with ExitStack() as stack:
        rows = ExportRows(_source(stack, customers), _source(stack, invoices), reading)
        try:
            audit = register_audit(settings, today=swedish_day(at))
            return audit.run(rows, findings), findings
        except FileRefused as refused:
            raise CommandFailed(str(refused), "docs/register.md describes the files.") from refused


def _source(stack: ExitStack, path: Path) -> Source:
    try:
        return Source(path.name, stack.enter_context(path.open("rb")), path.stat().st_size)
    except OSError as error:
        raise CommandFailed(
            f"{path} cannot be read: {error.strerror}.", "See that you may read it."
        ) from error


async def _save(settings: Settings, found: Answer, at: datetime) -> None:
    """Keep each company's figures, and note that in the trail: all or nothing."""
    async with opened(settings) as storage, storage.transaction():
        for each in found.companies:
            await storage.audits.keep(each.figures.company, written(each.figures), at=at)
            facts = {
                "targets": str(each.figures.targets),
                "papers": str(each.figures.papers),
                "takeovers": f"{each.bound.configured.takeovers:.3g}",
            }
            event = AuditEvent(
                "register_audited", at, "operator", each.figures.company, facts=facts
            )
            await storage.audit.append(event)
