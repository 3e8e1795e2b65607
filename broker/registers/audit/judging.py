"""What kept figures come to under the rules in force: is a company's target met?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from broker.registers.audit.bounds import CompanyBound, Policy, Rules, bound_of
from broker.registers.audit.figures import Figures
from broker.registers.audit.saving import read
from broker.storage.register_ports import RegisterAudits


@dataclass(frozen=True, slots=True)
class Judged:
    """A company's kept audit beside its policy; `at` is when it was kept."""

    company: str
    at: datetime
    figures: Figures
    bound: CompanyBound
    policy: Policy

    @property
    def misses(self) -> bool:
        """Whether guessing may bring more than the company puts up with."""
        return self.bound.configured.takeovers > self.policy.target

    @property
    def is_of_other_item(self) -> bool:
        """Whether another second item was measured than is asked for: it is worth nothing then."""
        return self.figures.second_item != self.policy.ladder.second_item.value


async def judged(
    audits: RegisterAudits, policies: Mapping[str, Policy], rules: Rules
) -> Mapping[str, Judged | None]:
    """By configured company; None where no audit was kept."""
    kept = {name: each for name, each in (await audits.kept()).items() if name in policies}
    readable = {name: read(each.figures) for name, each in kept.items()}
    figures = {name: each for name, each in readable.items() if each is not None}
    of_all = sum(each.customers for each in figures.values())
    return {
        name: Judged(
            name,
            kept[name].at,
            figures[name],
            bound_of(
                figures[name],
                policy.ladder,
                rules,
                of_all=of_all,
                beside=[figures[other] for other in policy.beside & figures.keys()],
            ),
            policy,
        )
        if name in figures
        else None
        for name, policy in policies.items()
    }
