"""The tables of the page, in Markdown: the rules as they are, the formulas, what was measured."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from linking.tries.bound import Bound
from linking.tries.pressure import OF_ALL, ON_A_CUSTOMER, Thresholds, daily_for
from linking.tries.waiting import OwnWaits
from tests.simulate.curves import TRAFFIC_TICKS, numbers_of, yearly
from tests.simulate.experiments import SEED, SMALL, THEN_A_CODE, TWO_NUMBERS
from tests.simulate.findings import Finding, Told
from tests.simulate.rungs import RUNGS, Rung

CUSTOMERS = (30_000, 1_000_000, 100_000_000)
IDENTITIES = (100, 10_000)
Rows = Sequence[Sequence[str]]


def fixed_parts() -> dict[str, str]:
    """Those that follow from the rules alone."""
    return {
        "own waits": _own_waits(),
        "thresholds": _thresholds(),
        "shuffled": _takeovers(first_known=False),
        "known": _takeovers(first_known=True),
        "one customer": _one_customer(),
    }


def parts(findings: Sequence[Finding], told: Mapping[str, Told]) -> dict[str, str]:
    """All of them, by the name of their mark."""
    return fixed_parts() | {
        "rightful": _rightful(told),
        "billing": _billing(told),
        "busy days": _busy_days(told),
        "measured": _measured(findings),
    }


def figure(value: float) -> str:
    """Two digits that matter; what is tiny is said to be."""
    if value == 0:
        return "0"
    if value < 0.0001:
        return "< 0.0001"
    if value < 100:
        digits = f"{value:.2g}"
        return digits if "e" not in digits else f"{value:.0f}"
    return f"{round(value, 2 - len(str(int(value)))):,.0f}"


def table(head: Sequence[str], rows: Rows) -> str:
    """Markdown; all but the first column to the right."""
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _own_waits() -> str:
    waits, rows, tries = OwnWaits(), [], 1
    rows.append([f"1 to {waits.free + 1}", "none"])
    tries = waits.free + 2
    for step in waits.steps:
        rows.append([f"{tries} to {tries + step.times - 1}", span(step.wait)])
        tries += step.times
    rows.append(["every further one", span(waits.longest)])
    return table(["try", "wait before it"], rows)


def span(length: timedelta) -> str:
    """In words."""
    seconds = round(length.total_seconds())
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size and seconds % size == 0:
            many = seconds // size
            return f"{many} {unit}{'s' if many > 1 else ''}"
    return f"{seconds} seconds"


def _thresholds() -> str:
    t = Thresholds(daily=0)
    week, day = span(ON_A_CUSTOMER), "24 hours" if timedelta(days=1) == OF_ALL else span(OF_ALL)
    daily = "; ".join(f"{daily_for(each):,} of {each:,} customers" for each in CUSTOMERS)
    dear, dearest = span(t.dear), span(t.dearest)
    return table(
        ["failures of everybody", "in the last", "from", "what changes, for everybody alike"],
        [
            ["on one customer number", week, f"{t.on_customer}",
             f"that number: a second item, and a form must be open for {dear}"],
            ["on one customer number", week, f"{t.on_customer_second}",
             f"that number: a code where all can get one; {dearest}"],
            ["one invoice number on other customer numbers", week, f"{t.on_invoice}",
             "that invoice number: a second item"],
            ["on all numbers together", day, daily, f"all: a second item, {dear}"],
            ["of these, with a second item", day, "as many", "all: a code where all can get one"],
            ["from one network (/24, /56)", day, f"{t.from_network}", f"that network: {dear}"],
            ["from one network (/24, /56)", day, f"{t.from_network_dear}",
             f"that network: {dearest}"],
        ],
    )  # fmt: skip


def _takeovers(*, first_known: bool) -> str:
    head = ["customers begin with", *(f"{each:,} customers" for each in CUSTOMERS)]
    return table(head, [[rung.name, *_cells(rung, first_known=first_known)] for rung in RUNGS])


def _cells(rung: Rung, *, first_known: bool) -> list[str]:
    cells = []
    for customers in CUSTOMERS:
        most = [
            yearly(rung.attack(customers, identities, first_known=first_known))
            for identities in IDENTITIES
        ]
        texts = ["**all**" if each >= customers else figure(each) for each in most]
        cells.append(texts[0] if len(set(texts)) == 1 else " – ".join(texts))
    return cells


def _one_customer() -> str:
    """The most tries on one number in a year, and what they come to."""
    rows = []
    for rung in RUNGS:
        if rung.no_pressure:
            continue
        bounds = [_on_one(rung, customers) for customers in CUSTOMERS]
        tries = bounds[0].tries_on_one
        second = f"{tries.second:,.0f}"
        if not rung.ladder.all_private_reachable and tries.second:
            second = f"no limit but own waits ({second} by 10,000 accounts)"
        chances = [min(1.0, each.on_one) for each in bounds]
        rows.append([rung.name, f"{tries.first:,.0f}", second,
                     *(figure(each) for each in chances)])  # fmt: skip
    head = ["customers begin with", "tries with two numbers", "with a second item"]
    return table([*head, *(f"chance, {each:,} customers" for each in CUSTOMERS)], rows)


def _on_one(rung: Rung, customers: int) -> Bound:
    attack = rung.attack(customers, max(IDENTITIES), first_known=False)
    return attack.guessing.bound(attack.odds)


def _rightful(told: Mapping[str, Told]) -> str:
    rows = []
    for ladder, name in (
        (TWO_NUMBERS, "S4 customer under attack"),
        (THEN_A_CODE, "S4 customer under attack, then a code"),
    ):
        then = "then a code" if ladder.all_private_reachable else "then a second item"
        for who, key in (("nobody else there", "alone"), ("under attack", "attacked")):
            seconds = numbers_of(told, f"{name} {key}, s")
            rows.append([f"two numbers, {then}: {who}", *(_minutes(seconds[at]) for at in
                        (100, 198, 200)), "all"])  # fmt: skip
    head = ["from the first form to being linked", "half of them within", "99 % within"]
    slow = numbers_of(told, "S6 clumsy customers")
    office = numbers_of(told, "S5 shared office")
    mistyping = (
        f"Of customers who mistype as assumed below, {slow[0]:.2%} needed three tries at most, and "
        f"{slow[1]:.3%} were through within ten minutes; the slowest took {slow[3] / 60:.0f} "
        f"minutes and {slow[2]:.0f} tries."
    )
    sharing = (
        f"Of 5,000 people behind one address with an attacker who tries there once a minute all "
        f"day, half waited {office[0]:.0f} seconds for it, 99 % at most {office[1]:.0f}, the "
        f"unluckiest {office[2]:.0f}; nobody was refused."
    )
    return "\n\n".join([table([*head, "the slowest", "linked"], rows), mistyping, sharing])


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f} min"


def _billing(told: Mapping[str, Told]) -> str:
    rows = [[f"{own}", f"{_one(told, f'in order, {own} own'):.2%}"] for own in (1, 5, 20, 100)]
    taken = numbers_of(told, "billing in order, two numbers")[0]
    hits, asked = numbers_of(told, "shuffled")
    chained = (
        f"One simple attacker with five invoices of their own, two numbers being enough, went from "
        f"each customer to the next and took over {taken:,.0f} of {SMALL:,} in a year. In shuffled "
        f"billing the best guesses were right {hits:.0f} times in {asked:,.0f}."
    )
    head = ["own invoices", "best guess at a random other customer is right"]
    return "\n\n".join([table(head, rows), chained])


def _one(told: Mapping[str, Told], name: str) -> float:
    value = told[name]
    if not isinstance(value, float):
        raise TypeError(f"{name} is no figure")
    return value


def _busy_days(told: Mapping[str, Told]) -> str:
    names = {
        "S8 30,000 customers": "30,000 customers, four in five of those who fail succeed later",
        "S8 30,000 customers, all give up": "30,000 customers, all who fail give up",
        "S8 a million customers": "1,000,000 customers, four in five succeed later",
    }
    rows = [
        [words, *(f"{share:.0%}" for share in numbers_of(told, key))]
        for key, words in names.items()
    ]
    head = ["customers' failures against the usual", *(text for _, text in TRAFFIC_TICKS)]
    return table(head, rows)


def _measured(findings: Sequence[Finding]) -> str:
    """Takeovers, which chance has a hand in, apart from what holds in every run."""
    rows = [
        [f.what, _plain(f.measured), _plain(f.bound), _plain(f.limit), _within(f)]
        for f in findings
        if f.kind == "expected"
    ]
    by_chance = table(
        ["by chance", "in this run", "expected at most", "one run in 100 has more than", "within"],
        rows,
    )
    rows = [
        [f.what, _plain(f.measured), "exactly " * (f.kind == "exact") + _plain(f.bound), _within(f)]
        for f in findings
        if f.kind != "expected"
    ]
    always = table(["in every run", "measured", "at most", "within"], rows)
    failed = sum(not each.passes for each in findings)
    verdict = "All are within." if not failed else f"**{failed} are not.**"
    words = f"{len(findings)} figures of one run, seed {SEED}. {verdict}"
    return f"{words}\n\n{by_chance}\n\n{always}"


def _within(finding: Finding) -> str:
    return "yes" if finding.passes else "**NO**"


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else figure(value)
