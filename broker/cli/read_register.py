"""`farstu register read`: the daily reading of registers elsewhere, now."""

import asyncio
from typing import Annotated

import typer

from broker.cli.clock import now
from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.database import opened
from broker.cli.sound_views import sound_views
from broker.cli.speaking import CommandFailed, say
from broker.registers.distant.daily import CompanyRead
from broker.settings.schema import Settings
from broker.wiring.registers import opened_registers, used
from linking import RegisterUnavailable


def read(
    register: Annotated[
        str, typer.Argument(help="A register's name in the configuration; all of them without.")
    ] = "",
    *,
    force: Annotated[
        bool,
        typer.Option("--force", help="Believe that many are free of a restriction, if you know."),
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Read status and contact of linked customers from a register elsewhere, now.

    The broker does so by itself once a day.
    """
    settings = read_settings(config)
    known = used(settings)
    if not known:
        raise CommandFailed(
            "No company has a register elsewhere.",
            "Name one of [registers] as `customer_register`.",
        )
    if register and register not in known:
        raise typer.BadParameter(f"{register} is not among: {', '.join(known)}")
    done = asyncio.run(_read(settings, [register] if register else known, force=force))
    for each in done:
        say(_line(each))
    if any(each.is_doubted for each in done):
        raise CommandFailed(
            "Many customers would be free of what restricted them: they stay restricted.",
            "Look at the view or the API. If it is right, run this again with --force.",
        )


async def _read(settings: Settings, names: list[str], *, force: bool) -> list[CompanyRead]:
    for name in names:
        if settings.registers[name].kind == "sql":
            async with sound_views(settings, name):
                pass
    async with (
        opened(settings) as storage,
        opened_registers(settings, storage, clock=now) as registers,
    ):
        try:
            return [
                each
                for name in names
                for each in await registers.readings[name].run(now(), force=force)
            ]
        except RegisterUnavailable as down:
            raise CommandFailed(
                f"It cannot be read: {down.detail}.", "`farstu doctor` says what is wrong with it."
            ) from None


def _line(read: CompanyRead) -> str:
    return (
        f"{read.company}: customers: {read.customers:,}, linked: {read.linked:,}, of whom unknown: "
        f"{read.unknown:,}, newly suspended: {read.suspended:,}, with a new contact: "
        f"{read.contacts_changed:,}, sessions ended: {read.sessions_ended:,}"
    )
