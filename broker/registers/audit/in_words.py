"""A year's takeovers as somebody would say them, who does not read 5.8e-08."""

from typing import Final

_FEW: Final = 10
_NEVER: Final = 1e-6


def at_most(takeovers: float, customers: int) -> str:
    """A bound: of so many customers a year, or one in so many years."""
    if takeovers < _NEVER:
        return "less than one customer in a million years"
    if takeovers < 1:
        return f"at most one customer in {_rounded(1 / takeovers):,} years"
    shown = f"{takeovers:,.0f}" if takeovers >= _FEW else f"{takeovers:.2g}"
    return f"at most {shown} of {customers:,} customers a year"


def _rounded(years: float) -> int:
    """Two figures of it, as nobody knows it better."""
    return int(float(f"{years:.2g}"))
