"""`farstu providers`: what to do at each provider's console, and whether it was done right."""

import asyncio

import typer
from rich.text import Text

from broker.cli.clock import now
from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.speaking import CommandFailed, say
from broker.settings.schema import Settings
from broker.settings.shape import did_you_mean
from broker.wiring.providers import build_providers, callback_uri, registration
from providers.check import Finding, Level, check
from providers.guide import guide

app = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown")

_MARKS = {Level.OK: ("✓", "green"), Level.WARNING: ("!", "yellow"), Level.ERROR: ("✗", "bold red")}


@app.callback()
def providers() -> None:
    """Set up and test the identity providers."""


@app.command("guide", epilog="Example: farstu providers guide google")
def show_guide(
    name: str = typer.Argument(help="The provider's name in the configuration."),
    config: ConfigOption = None,
) -> None:
    """Say what to paste and click in a provider's own console, for this installation."""
    settings = read_settings(config)
    entry = settings.providers.get(name)
    if entry is None:
        raise _unknown(name, settings)
    help_page = f"{settings.issuer}/help/privacy"
    say(
        guide(
            registration(name, entry, settings),
            redirect_uri=callback_uri(settings, name),
            site_url=f"{settings.issuer}/",
            privacy_url=help_page,
            deletion_url=f"{help_page}#radering",
        )
    )


@app.command("check", epilog="Example: farstu providers check google")
def check_providers(
    name: str = typer.Argument("", help="One provider; else every enabled one."),
    config: ConfigOption = None,
) -> None:
    """Ask each provider whether discovery, keys and our secret are right. Nobody signs in."""
    settings = read_settings(config)
    if name and name not in settings.providers:
        raise _unknown(name, settings)
    if name and not settings.providers[name].enabled:
        raise CommandFailed(
            f"The provider {name} is off.", f"Set `enabled = true` in [providers.{name}]."
        )
    found = asyncio.run(_ask(settings, name))
    for each, findings in found.items():
        say(each, style="bold")
        for finding in findings:
            _tell_finding(finding)
    if not found:
        raise CommandFailed(
            "No provider is enabled.", "Begin with `farstu providers guide google`."
        )
    failed = [each for each, findings in found.items() if _has_error(findings)]
    if failed:
        raise CommandFailed(f"Not ready: {', '.join(failed)}.")


async def _ask(settings: Settings, only: str) -> dict[str, list[Finding]]:
    ready = build_providers(settings, clock=now)
    async with ready.client:
        return {
            name: await check(
                provider, redirect_uri=callback_uri(settings, name), today=now().date()
            )
            for name, provider in ready.providers.items()
            if only in {"", name}
        }


def _tell_finding(finding: Finding) -> None:
    mark, style = _MARKS[finding.level]
    say(Text.assemble("  ", (mark, style), " ", finding.text))
    if finding.remedy:
        say(f"    → {finding.remedy}")


def _has_error(findings: list[Finding]) -> bool:
    return any(finding.level is Level.ERROR for finding in findings)


def _unknown(name: str, settings: Settings) -> CommandFailed:
    near = did_you_mean(name, settings.providers)
    known = ", ".join(settings.providers) or "none"
    return CommandFailed(f"There is no provider {name}.", near or f"In the configuration: {known}.")
