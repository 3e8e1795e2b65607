"""The curves of the page, from what the run told and from the formulas."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from linking.tries.waiting import OwnWaits
from tests.simulate.drawing import Axis, Chart, Line, Point, decades
from tests.simulate.experiments import DISTANCES, SMALL
from tests.simulate.findings import Told
from tests.simulate.rungs import RUNGS
from tests.simulate.spraying import Attack

_IDENTITIES = [10 ** (each / 4) for each in range(25)]
_SPRAYED = {
    "S1 own waits alone, 1 identity": 1,
    "S1 two numbers, 100 careful identities": 100,
    "S1 two numbers then a code, 10,000 identities": 10_000,
}
TRAFFIC_TICKS = [(float(each), f"× {each}") for each in (1, 2, 3, 5, 10)]


def charts(told: Mapping[str, Told]) -> dict[str, Chart]:
    """By the name of their file."""
    return {
        "guessing": _guessing(told),
        "known-numbers": known_numbers(),
        "neighbours": _neighbours(told),
        "waits": _waits(),
        "under-attack": _under_attack(told),
        "busy-days": _busy_days(told),
    }


def yearly(attack: Attack) -> float:
    """The most takeovers in a year."""
    return attack.guessing.bound(attack.odds).takeovers


def numbers_of(told: Mapping[str, Told], name: str) -> list[float]:
    """A list of figures that was told."""
    found = told[name]
    if not isinstance(found, list):
        raise TypeError(f"{name} is one figure")
    return [each for each in found if isinstance(each, (int, float))]


def _by_identities(*, first_known: bool) -> list[Line]:
    """Ladders whose curves lie on each other are one line with a joint name."""
    names: dict[tuple[Point, ...], list[str]] = {}
    for rung in RUNGS:
        if rung.is_drawn:
            points = tuple(
                (count, yearly(rung.attack(SMALL, round(count), first_known=first_known)))
                for count in _IDENTITIES
            )
            names.setdefault(points, []).append(rung.name)
    return [Line("; ".join(each), points) for points, each in names.items()]


_IDENTITY_AXIS = Axis("accounts that the attackers have", 1, 10**6, decades(0, 6), is_log=True)
_TAKEOVER_AXIS = Axis(
    "customers taken over in a year, expected at most", 1e-6, 1e5, decades(-6, 5), is_log=True
)


def _guessing(told: Mapping[str, Told]) -> Chart:
    runs = {count: numbers_of(told, name) for name, count in _SPRAYED.items()}
    measured = Line(
        "one run; in 98 of 100, what is expected lies within the bar",
        [(count, each[0]) for count, each in runs.items() if each[0] > 0],
        dots=True,
        bars=[(each[2], each[3]) for each in runs.values() if each[0] > 0],
    )
    return Chart(
        "Guessing where invoice numbers are shuffled: 30,000 customers",
        "Takeovers in a year grow with the attackers' accounts where own waits are the only limit. "
        "With pressure they do not: about a third of a customer a year for two numbers followed by "
        "a code, next to nothing with a printed code. Curves are what is expected at most. A "
        "single run may lie above by chance; its bar says how far chance goes.",
        _IDENTITY_AXIS,
        _TAKEOVER_AXIS,
        [*_by_identities(first_known=False), measured],
    )


def known_numbers() -> Chart:
    """Which follows from the rules alone."""
    return Chart(
        "Guessing where every invoice number is known: 30,000 customers",
        "Two numbers protect nobody. An amount and a due date alone are too little. A printed code "
        "keeps the expected takeovers below one in a hundred years for ten thousand accounts.",
        _IDENTITY_AXIS,
        _TAKEOVER_AXIS,
        _by_identities(first_known=True),
    )


def _neighbours(told: Mapping[str, Told]) -> Chart:
    rates = numbers_of(told, "by distance")
    return Chart(
        "Billing in customers' order: what one own invoice tells of others",
        "The share of best guesses that are right, by how far away the other customer number is: "
        "nearly all for the next one, a few in a hundred a hundred numbers away.",
        Axis("customer numbers away", 1, 10_000, decades(0, 4), is_log=True),
        Axis("best guesses that are right", 0, 1, _percents()),
        [Line("30,000 customers, one own invoice", list(zip(DISTANCES, rates, strict=True)))],
    )


def _waits() -> Chart:
    waits, total = OwnWaits(), timedelta(0)
    points: list[Point] = []
    for failures in range(1, 31):
        points.append((failures, total.total_seconds() / 60))
        total += waits.after(failures)
    lockout: list[Point] = [(1, 0), (10, 0), (10.001, 1e9)]
    ticks = [(each, f"{each:.0f}") for each in (0.0, 30.0, 60.0, 90.0, 120.0, 150.0)]
    return Chart(
        "How long somebody has waited until the next try, for own failures",
        "Nothing for six tries, then half a minute each, two minutes each, and never more than ten "
        "minutes each. A lockout after ten failures never ends by itself.",
        Axis("tries", 1, 30, [(each, f"{each:.0f}") for each in (1.0, 5.0, 10.0, 20.0, 30.0)]),
        Axis("minutes waited in all", 0, 150, ticks),
        [Line("here", points), Line("a lockout after ten, to compare", lockout)],
    )


def _under_attack(told: Mapping[str, Told]) -> Chart:
    lines = [
        Line(name, _shares(numbers_of(told, key)))
        for name, key in (
            ("nobody else there", "S4 customer under attack alone, s"),
            ("under attack: a second item is asked for", "S4 customer under attack attacked, s"),
            (
                "under attack: a code, already at hand",
                "S4 customer under attack, then a code attacked, s",
            ),
        )
    ]
    return Chart(
        "From the first form to being linked, for a rightful customer",
        "The share of customers who are linked, by time: under attack it takes them about as long "
        "again as filling in one more form takes, and everybody is linked.",
        Axis(
            "minutes", 0, 6, [(each, f"{each:.0f}") for each in (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0)]
        ),
        Axis("linked", 0, 1, _percents()),
        lines,
    )


def _busy_days(told: Mapping[str, Told]) -> Chart:
    ticks = [float(each) for each, _ in TRAFFIC_TICKS]
    return Chart(
        "Days on which more is asked for though nobody attacks",
        "By how much more people come than usual: none on usual days.",
        Axis("customers' failures against the usual", 1, 10, TRAFFIC_TICKS),
        Axis("share of days", 0, 1, _percents()),
        [
            Line(name, list(zip(ticks, numbers_of(told, key), strict=True)))
            for name, key in (
                ("30,000 customers, four in five succeed in the end", "S8 30,000 customers"),
                ("30,000 customers, all give up", "S8 30,000 customers, all give up"),
                ("a million, four in five succeed", "S8 a million customers"),
            )
        ],
    )


def _shares(ordered: Sequence[float]) -> list[Point]:
    last = len(ordered) - 1
    return [(seconds / 60, place / last) for place, seconds in enumerate(ordered)]


def _percents() -> list[Point | tuple[float, str]]:
    return [(each / 100, f"{each} %") for each in (0, 20, 40, 60, 80, 100)]
