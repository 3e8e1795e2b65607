"""Is this machine's clock right: against the database's, and against what others say it is."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from broker.upkeep.finding import Finding, error, ok, warning

TOLD_AFTER = timedelta(seconds=5)
WRONG_AFTER = timedelta(seconds=60)
_REMEDY = "Let a time service keep the clock: `timedatectl set-ntp true`, or see your host's."


def judge_clock(whose: str, theirs: datetime, ours: datetime) -> Finding:
    """More than 5 s is told; more than 60 s makes what is over valid, and what is valid over."""
    apart = ours - theirs
    seconds = abs(apart).total_seconds()
    name, way = f"clock, by {whose}", "ahead" if apart > timedelta() else "behind"
    if seconds > WRONG_AFTER.total_seconds():
        return error(name, f"{seconds:,.0f} s {way}", _REMEDY)
    if seconds > TOLD_AFTER.total_seconds():
        return warning(name, f"{seconds:,.0f} s {way}", _REMEDY)
    return ok(name, "right")


def stated_date(headers: Mapping[str, str]) -> datetime | None:
    """When an answer was made, as it says (RFC 9110 section 6.6.1); None if it does not."""
    try:
        said = parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return None
    return said if said.tzinfo else said.replace(tzinfo=UTC)
