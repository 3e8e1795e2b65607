"""An audit's answer in plain words, for a screen."""

from collections.abc import Mapping

from broker.cli.auditing.answer import Answer, CompanyAnswer
from broker.cli.auditing.names import FIRST, KNOWING, LEVELS, SECOND
from broker.cli.speaking import say
from broker.registers.audit.chance import Chance

_WIDE = 48
_FIGURES = 16
_ITEMS = {
    "amount_and_due_date": "amount and due date",
    "ocr": "OCR number",
    "printed_code": "printed code",
}


def say_answer(found: Answer) -> None:
    """Company by company, then the whole."""
    for each in found.companies:
        _say_company(each, found.identities)
        say()
    say("The whole installation", style="bold")
    _line("customers", f"{found.customers:,}")
    _line("identities that attackers are assumed to have", f"{found.identities:,}")
    _line("takeovers a year by guessing, at most", _count(found.whole.takeovers))
    if all(each.meets_target for each in found.companies):
        say("Every company's target is met.", style="bold green")
    else:
        names = ", ".join(e.figures.company for e in found.companies if not e.meets_target)
        say(f"The target is missed: {names}.", style="bold yellow")


def _say_company(each: CompanyAnswer, identities: int) -> None:
    figures = each.figures
    say(figures.company, style="bold")
    _line("customers", f"{figures.customers:,}")
    for kind, count in figures.linkable.items():
        _line(f"can be linked, {kind}", f"{count:,}")
    _line("customers looked at", f"{figures.targets:,}")
    _line("their accepted invoices", f"{figures.papers:,}")
    _line("accepted invoices a customer", f"{figures.papers_each:.1f}")
    if figures.one_in > 1:
        _line("one customer in so many is looked at", f"{figures.one_in:,}")
    say()
    say("  The best guess at the invoice number, if the customer number is known, is right 1 in")
    _say_chances(figures.first, FIRST)
    say(f"  … at the second item ({_ITEMS[figures.second_item]}), if the invoice number is right")
    _say_chances(figures.second, SECOND)
    say("  Who cannot bring what is asked for")
    _line("no accepted invoice", f"{figures.without_invoice:.1%}")
    _line("no second item on one", f"{figures.without_second:.1%}")
    _line("accepted invoices without one", f"{figures.papers_without_second:,}")
    for way, share in figures.without_contact.items():
        _line(f"no contact for {way}", f"{share:.1%}")
    _line("no code by the ways that leave", f"{figures.unreachable:.1%}")
    _say_bound(each, identities)


def _say_chances(chances: Mapping[str, Chance], names: Mapping[str, str]) -> None:
    if not chances:
        say("    nothing to measure")
    for name, words in names.items():
        if name in chances:
            say(f"    {words:<{_WIDE}}{_chance(chances[name])}")


def _chance(chance: Chance) -> str:
    cases = f"{chance.sample:,} cases"
    if not chance.value:
        return f"{'never met':>{_FIGURES}}{'':>12}   {cases}"
    shown = f"{chance.guesses:,.1f}" if chance.guesses < _FEW else f"{chance.guesses:,.0f}"
    if chance.guesses >= _HUGE:
        shown = f"{chance.guesses:.1e}"
    return f"{shown:>{_FIGURES}}{chance.bits:>7.1f} bits   {cases}"


_FEW = 10
_TINY = 1e-6
_HUGE = 1e13


def _say_bound(each: CompanyAnswer, identities: int) -> None:
    figures, bound, ladder = each.figures, each.bound, each.policy.ladder
    say(f"  Takeovers a year by guessing, at most, with {identities:,} identities of attackers")
    for level, yearly in bound.by_level.items():
        here = "  ← as configured" if level is ladder.private else ""
        _line(f'private = "{LEVELS[level]}"', _count(yearly.takeovers), here)
    _line("the company's target", _count(each.policy.target))
    _line("one customer, if all of them try only that one", f"{bound.configured.on_one:.2%}")
    if figures.knowing_more is not None:
        _line(KNOWING[figures.knowing_more[0]], f"{bound.configured.on_one_known:.2%}")
    if each.advice:
        say("  What to change")
        for sentence in each.advice:
            say(f"    - {sentence}")


def _count(value: float) -> str:
    """Two figures of it, and never as a power of ten."""
    if value >= _FEW:
        return f"{value:,.0f}"
    if value < _TINY:
        return "< 0.000001"
    return f"{float(f'{value:.2g}'):.7f}".rstrip("0").rstrip(".")


def _line(label: str, value: str, remark: str = "") -> None:
    say(f"    {label:<{_WIDE}}{value:>{_FIGURES}}{remark}")
