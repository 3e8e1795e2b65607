"""A command group that imports a command's module only when that command is used.

`farstu --help` would otherwise load the database, the web server and every provider.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

from broker.cli.speaking import CommandFailed, tell_failure, tell_problems
from broker.settings.problem import SettingsInvalid


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command lives (`module.app`), and its line in the list."""

    module: str
    help: str
    is_group: bool = True


COMMANDS: dict[str, Entry] = {
    "init": Entry("broker.cli.init", "Write a first configuration.", is_group=False),
    "serve": Entry("broker.cli.serve", "Run the broker.", is_group=False),
    "config": Entry("broker.cli.config", "Check, show and explain the configuration."),
    "db": Entry("broker.cli.db", "Prepare the database, back it up, put it back."),
    "register": Entry("broker.cli.register", "Import the customer register, measure it."),
    "providers": Entry("broker.cli.providers", "Set up and test the identity providers."),
    "clients": Entry("broker.cli.clients", "Register portals and services."),
    "links": Entry("broker.cli.links", "See who is connected to a customer, and help them."),
    "keys": Entry("broker.cli.keys", "The signing keys: look, rotate, revoke."),
    "doctor": Entry("broker.cli.doctor", "Say what is wrong and what to do."),
    "audit": Entry("broker.cli.audit", "Verify the audit trail."),
}


_LISTING = "broker.cli.lazy.listing"


class LazyGroup(TyperGroup):
    """The top of the command line; also where failures become words and exit code 1."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - fixed by the base class
        """Name every command, in the order of a first installation."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import the command; for the list of all, its line alone will do."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        if ctx.meta.get(_LISTING):
            return TyperCommand(cmd_name, help=entry.help)
        app: typer.Typer = import_module(entry.module).app
        command: Any = get_group(app) if entry.is_group else get_command(app)
        command.name = cmd_name
        return command

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the list of commands without importing any."""
        ctx.meta[_LISTING] = True
        super().format_help(ctx, formatter)

    def invoke(self, ctx: Any) -> Any:
        """Run a command; what an operator can mend is told in words, without a trace."""
        try:
            return super().invoke(ctx)
        except SettingsInvalid as invalid:
            tell_problems(invalid.problems)
        except CommandFailed as failed:
            tell_failure(failed)
        raise typer.Exit(1)
