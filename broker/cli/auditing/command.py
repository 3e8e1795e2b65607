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
from broker.cli.auditing.measuring import Measured, measured_export
from broker.cli.auditing.words import say_answer
from broker.cli.clock import now
from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.rare_collections import rare_collections
from broker.cli.register_screen import ImportScreen, import_screen, tell_findings
from broker.cli.speaking import CommandFailed, say
from broker.settings.schema import Settings
from broker.wiring.guessing import policies, rules
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
        _see_that_they_can_be_kept(settings)
    with import_screen(report) as screen, rare_collections():
        figures, findings = chosen(screen, swedish_day(at))
    tell_findings(screen, findings.counts, report)
    if not figures:
        names = _companies(settings, register)
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
        _keep(settings, found, at)
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
    from broker.cli.auditing.measuring_views import (  # noqa: PLC0415 - it loads the driver
        measured_register,
        refuse_unreadable,
    )

    refuse_unreadable(settings, register)
    return lambda screen, today: measured_register(settings, register, screen, today)


def _companies(settings: Settings, register: str) -> list[str]:
    """Whose rows are looked for: of those that have this register, or of all in an export."""
    companies = settings.companies.items()
    return [name for name, each in companies if not register or each.customer_register == register]


def _see_that_they_can_be_kept(settings: Settings) -> None:
    from broker.cli.auditing.keeping import see_that_they_can_be_kept  # noqa: PLC0415 - as below

    asyncio.run(see_that_they_can_be_kept(settings))


def _keep(settings: Settings, found: Answer, at: datetime) -> None:
    # Imported here: the stores take a third of a second, which most audits spare.
    from broker.cli.auditing.keeping import save  # noqa: PLC0415

    asyncio.run(save(settings, found, at))
