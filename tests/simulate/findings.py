"""What an experiment found: figures beside their bounds, and figures that are only told.

A `Finding` passes or fails. `told` are those that stand on the page and in `--json`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tests.simulate.bounds import Poisson

Told = float | int | str | list[float] | list[list[float]]


@dataclass(frozen=True, slots=True)
class Finding:
    """`exact` must be met to the unit, `most` not exceeded, `expected` but by chance (1 in 100)."""

    what: str
    measured: float
    bound: float
    kind: Literal["exact", "most", "expected"] = "most"

    @property
    def limit(self) -> float:
        """What the measured figure must not exceed."""
        return Poisson(self.bound).upper_99 if self.kind == "expected" else self.bound

    @property
    def passes(self) -> bool:
        """Whether it is within."""
        if self.kind == "exact":
            return self.measured == self.bound
        return self.measured <= self.limit


@dataclass(frozen=True, slots=True)
class Found:
    """All of one experiment; `judged` is how many tries it took."""

    findings: list[Finding]
    told: Mapping[str, Told] = field(default_factory=dict)
    judged: int = 0
