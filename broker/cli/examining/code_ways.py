"""Whether codes can leave by every way that a company's ladder names, and who needs them to.

Where a class begins at a code that never comes, the configuration is refused; all else is said
here, by `farstu doctor` and `farstu config check`.
"""

from collections.abc import Iterable, Iterator

from broker.cli.examining.installation import Installation
from broker.settings.schema import Settings
from broker.upkeep.finding import Finding, ok, warning

_NAME = "codes"


async def look_at_code_ways(whole: Installation) -> Iterable[Finding]:
    """As `code_ways` says, or that all is well."""
    settings = whole.settings
    found = list(code_ways(settings))
    if not found and settings.outbound.ways:
        return [ok(_NAME, "every way that they are to be sent by is there")]
    return found


def code_ways(settings: Settings) -> Iterator[Finding]:
    """Say of which companies some codes, or all, have no way out.

    While nothing leaves at all, that is said of messages.
    """
    leaving = settings.outbound.ways
    ways = {name: each.ladder.codes for name, each in settings.companies.items()}
    if leaving:
        yield from _missing({name: _not_in(leaving, some) for name, some in ways.items()})
    yield from _without(
        [name for name, some in ways.items() if not some or (leaving and leaving.isdisjoint(some))]
    )


def _not_in(leaving: frozenset[str], ways: Iterable[str]) -> list[str]:
    return [way for way in ways if way not in leaving]


def _missing(ways: dict[str, list[str]]) -> Iterator[Finding]:
    companies = "; ".join(f"{name}: {', '.join(some)}" for name, some in ways.items() if some)
    if companies:
        yield warning(
            _NAME,
            f"those to customers who have no other contact are given up, by company: {companies}",
            "Say how they leave, in [outbound] (docs/notices.md), or take the way out of the "
            "company's `ladder.codes`.",
        )


def _without(companies: list[str]) -> Iterator[Finding]:
    if companies:
        yield warning(
            _NAME,
            "none is ever sent by " + ", ".join(companies) + ": whoever said *this was not me* can "
            "be connected again only after `farstu links resume`, nobody without an invoice can "
            "be, and nobody comes to hold every permission",
            "Name the ways in the company's `ladder.codes`, and how they leave in [outbound] "
            "(docs/notices.md).",
        )
