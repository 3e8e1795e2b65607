"""`farstu`, the program: its commands by name, and what it says about itself."""

import os
import sys
from typing import Annotated

import typer

from broker import __version__
from broker.cli.lazy import LazyGroup

app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,  # they can show the values of variables
)


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - the form of an option's callback
    if wanted:
        typer.echo(f"farstu {__version__}")
        raise typer.Exit


@app.callback(
    epilog="A first installation: farstu init, farstu db migrate, farstu clients add, "
    "farstu providers guide google, farstu config check, farstu serve.",
)
def farstu(
    *,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Farstu: people sign in with an account they have, portals learn which customer it is.

    Commands end with 0 when all is well, 1 when something is wrong (told on standard error, with
    what to do), and 2 when they were called wrongly.
    """


def main() -> None:
    """Run the command line."""
    _open_closed_streams()
    app(prog_name="farstu")


def _open_closed_streams() -> None:
    """Let what was closed before us (`>&-`) lead to nowhere, for our workers too.

    Else the next file or socket that is opened gets its number, and what is meant for the screen.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            os.dup2(nowhere, number)
            os.set_inheritable(number, True)  # dup2 leaves it where both are one
            setattr(sys, name, os.fdopen(number, "w" if number else "r", closefd=False))
