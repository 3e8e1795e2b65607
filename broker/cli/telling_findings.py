"""Findings as an operator reads them: a mark, what is so, and what to do."""

from collections.abc import Iterable

from rich.text import Text

from broker.cli.speaking import say
from broker.upkeep.finding import Finding, Outcome

_MARKS = {
    Outcome.OK: ("✓", "green"),
    Outcome.WARNING: ("!", "yellow"),
    Outcome.ERROR: ("✗", "bold red"),
}


def say_findings(findings: Iterable[Finding]) -> None:
    """Print each in its order."""
    for each in findings:
        mark, style = _MARKS[each.outcome]
        what = each.what.replace("\n", "\n    ")
        say(Text.assemble((mark, style), " ", (each.name, "bold"), f": {what}"))
        if each.remedy:
            say(f"    → {each.remedy}")
