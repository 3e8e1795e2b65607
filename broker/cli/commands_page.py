"""The reference of the commands, made from the commands themselves."""

from typing import Any

from typer.main import get_command

from broker.cli.main import app

_HEAD = """\
# Commands

`farstu --help`, and `--help` after any command, say the same. Commands end with 0 when all is well,
1 when something is wrong (told on standard error, with what to do), and 2 when they were called
wrongly.

This page is made from the program by `farstu config reference --write`.
"""


def commands_page() -> str:
    """Return every command in Markdown."""
    return "\n".join([_HEAD, *_commands(get_command(app), "farstu")])


def _commands(command: Any, name: str) -> list[str]:
    if not hasattr(command, "list_commands"):
        return _command(command, name)
    context = command.make_context(name, [], resilient_parsing=True)
    below = _command(command, name) if command.invoke_without_command else []
    for each in command.list_commands(context):
        below += _commands(command.get_command(context, each), f"{name} {each}")
    return below


def _command(command: Any, name: str) -> list[str]:
    context = command.make_context(name, [], resilient_parsing=True)
    records = [each.get_help_record(context) for each in command.get_params(context)]
    lines = [f"## `{name}`", "", command.help or "", ""]
    lines += [f"- `{record[0]}`: {record[1]}" for record in records if record]
    if command.epilog:
        lines += ["", command.epilog]
    return [*lines, ""]
