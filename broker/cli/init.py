"""`farstu init`: a first configuration with secrets of its own."""

import os
from pathlib import Path
from typing import Annotated

import typer

from broker.cli.first_config import FirstConfig, write_up
from broker.cli.speaking import CommandFailed, say
from broker.settings.load import DEFAULT_PATH, load
from broker.settings.problem import SettingsInvalid
from broker.settings.rules.companies import EXAMPLE_PHONE

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")

_OWNER_ONLY = 0o600


@app.command(
    epilog="Example: farstu init --issuer https://login.example.se --company 'Exempel Elnät AB' "
    "--phone '0771-12 34 56'"
)
def init(
    issuer: Annotated[
        str, typer.Option(help="Our own address: https, without a path.")
    ] = "http://localhost:8000",
    company: Annotated[str, typer.Option(help="Name of the company.")] = "Exempel Elnät AB",
    phone: Annotated[str, typer.Option(help="Phone number of its customer service.")] = (
        EXAMPLE_PHONE
    ),
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")] = Path(
        DEFAULT_PATH
    ),
) -> None:
    """Write a first configuration with fresh secrets, readable by you alone.

    It asks nothing and never overwrites a file. The providers in it are off until you have
    registered the broker with them.
    """
    first = FirstConfig(issuer=issuer, company=company, phone=phone)
    _write(output, write_up(first))
    try:
        load(output, {})
    except SettingsInvalid:
        output.unlink()
        raise
    say(f"Wrote {output}.")
    say("Next: farstu db migrate, then farstu providers guide google, then farstu clients add.")


def _write(path: Path, text: str) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    except FileExistsError:
        raise CommandFailed(
            f"{path} is there already.", "Name another file with --output, or move it away."
        ) from None
    except OSError as error:
        raise CommandFailed(
            f"{path} cannot be written: {error.strerror}.", "Name another file with --output."
        ) from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
