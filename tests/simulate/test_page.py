"""The page says what the rules say, and the bounds are those of linking."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.simulate.bounds import Mean, Poisson
from tests.simulate.curves import known_numbers
from tests.simulate.drawing import Axis, Chart, Line, decades
from tests.simulate.experiments import TWO_NUMBERS
from tests.simulate.findings import Finding
from tests.simulate.page import PAGE, with_parts
from tests.simulate.spraying import Attack, spray
from tests.simulate.tables import figure, fixed_parts
from tests.simulate.targeting import burst, victims

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", fixed_parts())
def test_the_page_says_what_the_rules_say(name: str) -> None:
    """Waits, thresholds and bounds on it are those of today's code: else `make simulate`."""
    page = (ROOT / PAGE).read_text()
    assert with_parts(page, {name: fixed_parts()[name]}) == page


def test_no_figure_on_the_page_missed_its_bound() -> None:
    """What was written there was a run in which all were within."""
    page = (ROOT / PAGE).read_text()
    assert "All are within." in page
    assert "**NO**" not in page


def test_a_part_without_a_place_is_told() -> None:
    """Nothing is lost silently when the prose changes."""
    with pytest.raises(LookupError, match="no place for waits"):
        with_parts("# Page", {"waits": "| a |"})


@pytest.mark.parametrize(
    ("expected", "most"), [(0.0, 0), (0.005, 0), (0.1, 1), (1.0, 4), (10.0, 18), (1000.0, 1075)]
)
def test_chance_is_given_its_hundredth(expected: float, most: int) -> None:
    """The 99th percent of Poisson's law, from tables."""
    assert Poisson(expected).upper_99 == pytest.approx(most, abs=0 if expected < 500 else 1)


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0, 4.61), (4, 0.82, 11.6), (100, 78.2, 126)]
)
def test_what_a_single_run_tells_of_the_mean(count: int, low: float, high: float) -> None:
    """Garwood's limits at 98 %, from tables."""
    assert Mean(count).low == pytest.approx(low, rel=0.01)
    assert Mean(count).high == pytest.approx(high, rel=0.01)


def test_curves_that_lie_on_each_other_are_one_line() -> None:
    """With a joint name, else only the last one drawn would be seen."""
    lines = known_numbers().lines
    assert len({tuple(each.points) for each in lines}) == len(lines)
    assert any("; " in each.name for each in lines)


def test_a_figure_beyond_its_bound_fails() -> None:
    """Exactly, at the most, and by more than chance."""
    assert not Finding("judged", 4, 3, "exact").passes
    assert not Finding("judged", 2, 3, "exact").passes
    assert not Finding("judged", 4, 3).passes
    assert Finding("takeovers", 4, 1.0, "expected").passes
    assert not Finding("takeovers", 5, 1.0, "expected").passes


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.00001, "< 0.0001"),
        (0.30417, "0.3"),
        (43.8, "44"),
        (5257.4, "5,300"),
        (1e5, "100,000"),
    ],
)
def test_figures_have_the_digits_that_matter(value: float, text: str) -> None:
    """Two, never an exponent."""
    assert figure(value) == text


def test_a_curve_is_text_with_a_title() -> None:
    """Read aloud it has a name and a description; drawn twice it is the same."""
    axis = Axis("x", 1, 100, decades(0, 2), is_log=True)
    chart = Chart("Waits & more", "They end.", axis, axis, [Line("one", [(1, 1), (100, 100)])])
    assert '<title id="t">Waits &amp; more</title>' in chart.svg()
    assert '<desc id="d">They end.</desc>' in chart.svg()
    assert chart.svg() == chart.svg()


@pytest.mark.parametrize(
    "found",
    [
        lambda: burst("burst", 50),
        lambda: victims("victims", 20, 1, ladder=TWO_NUMBERS),
        lambda: spray(
            "spray", Attack(1_000, TWO_NUMBERS, 20, timedelta(days=3), 0.5, seeds=1), seed=1
        ),
    ],
    ids=["burst", "victims", "spray"],
)
def test_small_experiments_stay_within(found: object) -> None:
    """The run is some minutes; this is what a second shows of it."""
    assert callable(found)
    findings = found().findings
    assert [each for each in findings if not each.passes] == []
    assert findings
