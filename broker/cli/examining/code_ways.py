"""Whether codes can leave by every way that a company's ladder names."""

from collections.abc import Iterable

from broker.cli.examining.installation import Installation
from broker.upkeep.finding import Finding, ok, warning


async def look_at_code_ways(whole: Installation) -> Iterable[Finding]:
    """Say of which companies some codes have no way out.

    While nothing leaves at all, that is said of messages.
    """
    outbound = whole.settings.outbound
    leaves = {"email": outbound.email, "sms": outbound.sms, "letter": outbound.letter}
    if set(leaves.values()) == {"none"}:
        return []
    waiting = {
        name: missing
        for name, company in whole.settings.companies.items()
        if (missing := [way for way in company.ladder.codes if leaves[way] == "none"])
    }
    if not waiting:
        return [ok("codes", "every way that they are to be sent by is there")]
    companies = "; ".join(f"{name}: {', '.join(ways)}" for name, ways in waiting.items())
    return [
        warning(
            "codes",
            f"those to customers who have no other contact are given up, by company: {companies}",
            "Say how they leave, in [outbound] (docs/notices.md), or take the way out of the "
            "company's `ladder.codes`.",
        )
    ]
