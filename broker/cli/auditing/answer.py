"""What an audit's figures mean for an installation: by company, and for the whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from broker.registers.audit.advice import advice
from broker.registers.audit.bounds import CompanyBound, Policy, Rules, Yearly, bound_of
from broker.registers.audit.figures import Figures


@dataclass(frozen=True, slots=True)
class CompanyAnswer:
    """A company's figures, what they come to, and what to change."""

    figures: Figures
    policy: Policy
    bound: CompanyBound
    advice: tuple[str, ...]

    @property
    def meets_target(self) -> bool:
        """Whether the company puts up with it."""
        return self.bound.configured.takeovers <= self.policy.target


@dataclass(frozen=True, slots=True)
class Answer:
    """Of all companies, and `whole`: the installation's bound.

    Tries are counted over all companies together, and the weakest is where all of them are worth
    most: what it comes to there is what it comes to.
    """

    companies: tuple[CompanyAnswer, ...]
    identities: int
    customers: int
    whole: Yearly


def answer_of(figures: Sequence[Figures], policies: Mapping[str, Policy], rules: Rules) -> Answer:
    """Judge them under the rules."""
    of_all = sum(each.customers for each in figures)
    companies = tuple(
        _company(each, policies[each.company], rules, of_all, figures) for each in figures
    )
    return Answer(
        companies,
        rules.identities,
        of_all,
        Yearly(
            max(each.bound.configured.takeovers for each in companies),
            max(each.bound.configured.on_one for each in companies),
            max(each.bound.configured.on_one_known for each in companies),
        ),
    )


def _company(
    figures: Figures, policy: Policy, rules: Rules, of_all: int, known: Sequence[Figures]
) -> CompanyAnswer:
    beside = [each for each in known if each.company in policy.beside]
    bound = bound_of(figures, policy.ladder, rules, of_all=of_all, beside=beside)
    return CompanyAnswer(figures, policy, bound, advice(figures, bound, policy))
