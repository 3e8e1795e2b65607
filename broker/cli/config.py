"""`farstu config`: is it right, what is in force, what does a key mean."""

import asyncio
import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from broker.cli.clock import now
from broker.cli.commands_page import commands_page
from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.examining.code_ways import code_ways
from broker.cli.examining.registers import ask_registers
from broker.cli.kept_audits import tell_of_guessing
from broker.cli.speaking import CommandFailed, say
from broker.cli.telling_findings import say_findings
from broker.registers.distant.api_page import billing_api_page
from broker.settings.fresh import new_key
from broker.settings.load import config_path
from broker.settings.problem import path_of
from broker.settings.reference import example_file, reference_of, settings_page
from broker.settings.schema import Settings
from broker.telemetry.log_page import log_page
from broker.telemetry.metrics import metrics_page
from broker.upkeep.finding import Outcome
from broker.wiring.providers import build_providers

app = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown")

_PAGES = {
    "docs/reference/settings.md": settings_page,
    "docs/reference/commands.md": commands_page,
    "docs/reference/log.md": log_page,
    "docs/reference/metrics.md": metrics_page,
    "docs/reference/billing-api.json": billing_api_page,
    "farstu.example.toml": example_file,
}


@app.callback()
def config() -> None:
    """Check, show and explain the configuration."""


@app.command("check")
def check_config(
    *,
    registers: Annotated[
        bool,
        typer.Option("--registers", help="Ask the billing systems of [registers] too."),
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Say everything that is wrong with the configuration, each with what to do about it.

    Asks nothing of the network, unless you say `--registers`.
    """
    settings = read_settings(config)
    build_providers(settings, clock=now)  # each kind has rules of its own, and says them here
    say_findings(code_ways(settings))
    tell_of_guessing(settings)
    say(f"{config_path(config, os.environ)} is in order.")
    if not any(each.enabled for each in settings.providers.values()):
        say("No provider is enabled yet: `farstu providers guide google` says how.")
    if registers:
        _ask_registers(settings)


@app.command()
def show(config: ConfigOption = None) -> None:
    """Print every value in force, from the file, the environment and the defaults.

    Secrets are hidden.
    """
    for keys, value in _flat((), read_settings(config).model_dump(mode="json")):
        say(f"{path_of(keys)} = {json.dumps(value, ensure_ascii=False)}")


@app.command(epilog="Example: farstu config reference clients")
def reference(
    key: Annotated[str, typer.Argument(help="A table or key, such as `storage`.")] = "",
    *,
    write: Annotated[
        bool, typer.Option("--write", help="Write the pages into the source tree.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Fail if the written pages are not fresh.")
    ] = False,
) -> None:
    """Explain every key, or those whose name begins with the given one."""
    if write or check:
        _pages(write=write)
        return
    text = reference_of(key)
    if not text:
        raise CommandFailed(
            f"There is no key `{key}`.", "Run `farstu config reference` to see every key."
        )
    say(text)


@app.command()
def secret() -> None:
    """Print a new random key, as `[secrets]` needs them."""
    say(new_key())


def _ask_registers(settings: Settings) -> None:
    findings = asyncio.run(ask_registers(settings))
    say_findings(findings)
    if not findings:
        say("No company has a register elsewhere.")
    if errors := sum(each.outcome is Outcome.ERROR for each in findings):
        raise CommandFailed(f"Something must be done: {errors}.")


def _pages(*, write: bool) -> None:
    stale = []
    for name, make in _PAGES.items():
        path, text = Path(name), make()
        if write:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
    if stale:
        raise CommandFailed(
            f"Not fresh: {', '.join(stale)}.", "Run `farstu config reference --write`."
        )


def _flat(above: tuple[str, ...], value: Any) -> list[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict):
        return [each for key, below in value.items() for each in _flat((*above, key), below)]
    return [] if value is None else [(above, value)]
