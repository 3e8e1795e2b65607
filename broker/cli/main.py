"""`farstu`, the program: its commands by name, and what it says about itself."""

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
    app(prog_name="farstu")
