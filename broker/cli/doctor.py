"""`farstu doctor`: what is wrong with an installation, and what to do about it.

`farstu doctor consumer` is for those who check our tokens; `broker.cli.consumer` does it.
"""

import asyncio
import json
import os
from dataclasses import asdict
from typing import Annotated

import typer

from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.consumer.command import consumer
from broker.cli.examining.config_file import look_at_config_file
from broker.cli.examining.table import examine
from broker.cli.speaking import CommandFailed, say
from broker.cli.telling_findings import say_findings
from broker.settings.load import config_path
from broker.upkeep.finding import Outcome

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.callback(invoke_without_command=True, epilog="Example, every morning: farstu doctor --json")
def doctor(
    context: typer.Context,
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
    if context.invoked_subcommand is not None:
        _refuse_options(context)
        return
    settings, path = read_settings(config), config_path(config, os.environ)
    findings = [
        *look_at_config_file(path, settings),
        *asyncio.run(examine(settings, offline=offline)),
    ]
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


def _refuse_options(context: typer.Context) -> None:
    """An option that would have no effect is a slip of the pen."""
    if any(context.params.values()):
        raise typer.BadParameter(
            f"Options of `farstu doctor {context.invoked_subcommand}` stand after its name."
        )


app.command(
    "consumer",
    epilog="Example: farstu doctor consumer --service http://127.0.0.1:9000/me"
    " --audience https://api.example.se",
)(consumer)
