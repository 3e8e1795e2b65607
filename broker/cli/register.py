"""`farstu register`: the group. What measures a register loads nothing of what imports one."""

from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

from broker.cli.auditing import audit

_AUDIT = typer.Typer(add_completion=False, rich_markup_mode="markdown")
_AUDIT.command("audit", epilog="Example: farstu register audit customers.csv invoices.csv")(audit)


class RegisterGroup(TyperGroup):
    """Its commands in the order of a first installation."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Name them all."""
        first, *others = _others().list_commands(ctx)
        at = others.index("take-back") + 1
        return [first, *others[:at], "audit", *others[at:]]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The audit is used by itself, and is to be quick; the others share what they load."""
        if cmd_name == "audit":
            return get_command(_AUDIT)
        return _others().get_command(ctx, cmd_name)


app = typer.Typer(cls=RegisterGroup, no_args_is_help=True, rich_markup_mode="markdown")


@app.callback()
def register() -> None:
    """Import the customer register from the billing system's export, and look after it."""


def _others() -> TyperGroup:
    # Imported here: the database and the web's client take half a second.
    from broker.cli import register_commands  # noqa: PLC0415

    return get_group(register_commands.app)
