"""`farstu register audit`, as an operator types it: a register in, words or JSON out."""

import asyncio
import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from broker.cli.auditing.answer import Answer, answer_of
from broker.cli.auditing.machine import as_json
from broker.cli.auditing.measuring import Measured, measured_export, measured_register
from broker.cli.auditing.words import say_answer
from broker.cli.clock import now
from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.database import opened
from broker.cli.rare_collections import rare_collections
from broker.cli.register_screen import ImportScreen, import_screen, tell_findings
from broker.cli.speaking import CommandFailed, say
from broker.registers.audit.saving import written
from broker.settings.schema import Settings
from broker.storage.ports import AuditEvent
from broker.wiring.guessing import policies, rules
from broker.wiring.registers import companies_of
from linking.days import swedish_day

_File = typer.Argument(exists=True, dir_okay=False, readable=True, show_default=False)


def audit(
    customers: Annotated[Path | None, _File] = None,
    invoices: Annotated[Path | None, _File] = None,
    *,
    register: Annotated[
        str,
        typer.Option(
            show_default=False,
            help="In place of files: a register of kind `sql`, by its name in the configuration.",
        ),
    ] = "",
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

    Reads an export as `import` does, or the views of a billing database; needs no database of its
    own, and writes nothing but with --save. Says no number, name or contact of anybody.
    """
    settings, at = read_settings(config), now()
    chosen = _chosen(settings, customers, invoices, register, report)
    if save:
        asyncio.run(_see_that_they_can_be_kept(settings))
    with import_screen(report) as screen, rare_collections():
        figures, findings = chosen(screen, swedish_day(at))
    tell_findings(screen, findings.counts, report)
    if not figures:
        names = companies_of(settings, register) if register else settings.companies
        raise CommandFailed(
            f"No row of the {'view of customers' if register else 'customer file'} can be used.",
            f"The column `company` must hold one of: {', '.join(names)}.",
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


def _chosen(
    settings: Settings,
    customers: Path | None,
    invoices: Path | None,
    register: str,
    report: Path | None,
) -> Callable[[ImportScreen, date], Measured]:
    """What is to be read: both files, or a register."""
    if not register:
        if customers is None or invoices is None:
            raise typer.BadParameter("give the files of customers and invoices, or --register")
        return lambda screen, today: measured_export(settings, customers, invoices, screen, today)
    if customers is not None:
        raise typer.BadParameter("give either files or --register")
    if report is not None:
        raise typer.BadParameter("the rows of a view have no lines: --report is for files")
    _refuse_unreadable(settings, register)
    return lambda screen, today: measured_register(settings, register, screen, today)


def _refuse_unreadable(settings: Settings, register: str) -> None:
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


async def _see_that_they_can_be_kept(settings: Settings) -> None:
    """Before minutes are spent on reading. Raises CommandFailed where there is no place."""
    async with opened(settings):
        return


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
