"""`farstu doctor`: what is wrong with an installation, and what to do about it."""

import asyncio
import json
from dataclasses import asdict
from typing import Annotated

import typer

from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.examining.table import examine
from broker.cli.speaking import CommandFailed, say
from broker.cli.telling_findings import say_findings
from broker.upkeep.finding import Outcome

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(epilog="Example, every morning: farstu doctor --json")
def doctor(
    *,
    offline: Annotated[
        bool, typer.Option("--offline", help="Leave out what needs the network.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
    config: ConfigOption = None,
) -> None:
    """Look at everything that can be wrong: clock, certificates, storage, providers, secrets, ages.

    Changes nothing. Ends with 1 when something must be done, with 0 when there are warnings only.
    """
    findings = asyncio.run(examine(read_settings(config), offline=offline))
    if as_json:
        say(json.dumps([asdict(each) for each in findings], ensure_ascii=False))
    else:
        say_findings(findings)
    outcomes = [each.outcome for each in findings]
    if errors := outcomes.count(Outcome.ERROR):
        raise CommandFailed(f"Something must be done: {errors}.")
    if as_json:
        return
    if warnings := outcomes.count(Outcome.WARNING):
        say(f"Nothing must be done at once; warnings: {warnings}.", style="bold yellow")
    else:
        say("All is well.", style="bold green")
