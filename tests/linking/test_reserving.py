"""When a try is judged: rules as tables, and what nobody else can do to anybody."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.ladder import Ladder, Level
from linking.model import CustomerKind
from linking.tries.pressure import (
    NO_PRESSURE,
    Cause,
    Pressure,
    Thresholds,
    daily_for,
    level_under,
    price_under,
)
from linking.tries.reserving import Early, MoreEvidence, SoFar, TryRule, Wait
from linking.tries.waiting import OwnWaits
from tests.linking.fakes import NOW

SECOND = timedelta(seconds=1)
USUAL = Thresholds(daily=10)
USUAL_LADDER = Ladder()
COUNTS = st.integers(min_value=0, max_value=10**9)
PRESSURES = st.builds(Pressure, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS)
LADDERS = st.builds(
    Ladder,
    private=st.sampled_from([Level.INVOICE, Level.SECOND_ITEM]),
    organisation=st.sampled_from(Level),
    all_private_reachable=st.booleans(),
    with_second=st.frozensets(st.sampled_from(CustomerKind)),
)


def rule(given_level: Level = Level.INVOICE, *, ladder: Ladder = USUAL_LADDER) -> TryRule:
    """A form that was shown a minute ago."""
    return TryRule(OwnWaits(), USUAL, (ladder,), given_level, NOW - timedelta(minutes=1))


@pytest.mark.parametrize(
    ("pressure", "level"),
    [
        (Pressure(), Level.INVOICE),
        (Pressure(on_customer=2, on_invoice=2, of_all=9), Level.INVOICE),
        (Pressure(on_customer=3), Level.SECOND_ITEM),
        (Pressure(on_invoice=3), Level.SECOND_ITEM),
        (Pressure(of_all=10), Level.SECOND_ITEM),
        (Pressure(on_customer=99, of_all=10**6), Level.SECOND_ITEM),
        (Pressure(from_network=10**6), Level.INVOICE),
        (Pressure(on_customer=100), Level.CODE),
        (Pressure(beyond_first=10), Level.CODE),
    ],
)
def test_what_pressure_asks_for(pressure: Pressure, level: Level) -> None:
    """By published thresholds; a network never asks for evidence, since many share one."""
    assert level_under(pressure, USUAL) is level


@pytest.mark.parametrize(
    ("pressure", "seconds"),
    [
        (Pressure(), 0),
        (Pressure(on_customer=2, of_all=9, from_network=19), 0),
        (Pressure(on_customer=3), 10),
        (Pressure(of_all=10), 10),
        (Pressure(from_network=20), 10),
        (Pressure(from_network=100), 30),
        (Pressure(on_customer=100), 30),
        (Pressure(10**9, 10**9, 10**9, 10**9, 10**9), 30),
    ],
)
def test_what_pressure_costs(pressure: Pressure, seconds: int) -> None:
    """Half a minute at most, counted from when the form was shown."""
    assert price_under(pressure, USUAL) == seconds * SECOND


@pytest.mark.parametrize(
    ("customers", "failures"), [(0, 10), (30_000, 25), (10**6, 822), (10**8, 82_192)]
)
def test_the_daily_threshold_knows_customers_and_no_history(customers: int, failures: int) -> None:
    """Thrice what honest people fail; no attacker can teach it another figure."""
    assert daily_for(customers) == failures


@given(pressure=PRESSURES, ladder=LADDERS)
def test_no_more_is_asked_for_than_all_can_bring(pressure: Pressure, ladder: Ladder) -> None:
    """Not for a code without a contact, nor for what does not stand on every class's invoices."""
    asked = rule(ladder=ladder).asked(pressure)
    assert asked >= ladder.private
    if asked > ladder.private:
        assert asked is not Level.CODE or ladder.all_private_reachable
        assert asked is not Level.SECOND_ITEM or ladder.by_invoice <= ladder.with_second


@pytest.mark.parametrize(
    ("organisation", "with_second", "level"),
    [
        (Level.CODE, {CustomerKind.PRIVATE}, Level.SECOND_ITEM),
        (Level.CODE, {CustomerKind.ORGANISATION}, Level.INVOICE),
        (Level.CODE, set(), Level.INVOICE),
        (Level.INVOICE, {CustomerKind.PRIVATE}, Level.INVOICE),
        (Level.INVOICE, set(CustomerKind), Level.SECOND_ITEM),
    ],
)
def test_a_second_item_is_asked_for_where_every_invoice_bears_it(
    organisation: Level, with_second: set[CustomerKind], level: Level
) -> None:
    """Of each class that an invoice connects: the form is the same for all of them."""
    ladder = Ladder(organisation=organisation).in_force(with_second)
    assert rule(ladder=ladder).asked(Pressure(on_customer=3)) is level


def test_what_cannot_be_asked_for_makes_tries_dearer_all_the_same() -> None:
    """Whoever has waited for that moment is judged, with an invoice."""
    short = TryRule(OwnWaits(), USUAL, (Ladder().in_force(()),), Level.INVOICE, NOW)
    so_far = SoFar(pressure=Pressure(on_customer=3))
    assert short.not_now(so_far, now=NOW) == Early(NOW + 10 * SECOND)
    assert short.not_now(so_far, now=NOW + 10 * SECOND) is None


def test_letters_are_asked_for_by_many_failures_without_a_second_item() -> None:
    """They reach everybody; fewer failures ask for nothing meanwhile."""
    ladder = Ladder(all_private_reachable=True).in_force(())
    assert rule(ladder=ladder).asked(Pressure(on_customer=99)) is Level.INVOICE
    assert rule(ladder=ladder).asked(Pressure(on_customer=100)) is Level.CODE


def test_a_sister_without_second_items_is_asked_for_none() -> None:
    """One form: what one company's customers cannot bring is asked of nobody there."""
    ladders = (Ladder(), Ladder().in_force(()))
    both = TryRule(OwnWaits(), USUAL, ladders, Level.INVOICE, NOW - timedelta(minutes=1))
    assert both.asked(Pressure(on_customer=3)) is Level.INVOICE


@given(pressure=PRESSURES, ladder=LADDERS, failures=st.integers(0, 10**6))
def test_others_never_make_anybody_wait(pressure: Pressure, ladder: Ladder, failures: int) -> None:
    """Evidence as asked, own wait and half a minute over: judged, whatever others did."""
    so_far = SoFar(failures, NOW - OwnWaits().after(failures) - 30 * SECOND, pressure)
    asked = rule(ladder=ladder).asked(pressure)
    assert rule(asked, ladder=ladder).not_now(so_far, now=NOW) is None


@given(pressure=PRESSURES, failures=st.integers(0, 10**6), code=st.booleans())
def test_own_waits_know_nobody_else(pressure: Pressure, failures: int, code: bool) -> None:
    """Until when is the same with and without what others do, and for whatever is brought."""
    level = Level.CODE if code else Level.SECOND_ITEM
    quiet = rule(level).not_now(SoFar(failures, NOW), now=NOW + SECOND)
    pressed = rule(level).not_now(SoFar(failures, NOW, pressure), now=NOW + SECOND)
    if failures > OwnWaits().free:
        assert quiet == pressed == Wait(NOW + OwnWaits().after(failures))
    else:
        assert not isinstance(pressed, Wait)


def test_the_question_for_more_comes_before_the_price() -> None:
    """Whoever must fill in another form does not wait for this one."""
    so_far = SoFar(pressure=Pressure(on_customer=3))
    assert rule().not_now(so_far, now=NOW) == MoreEvidence(Level.SECOND_ITEM)


def test_the_price_counts_from_the_form_and_from_the_latest_try() -> None:
    """Many forms at once are no quicker than one."""
    pressed = Pressure(on_customer=3)
    fresh = TryRule(OwnWaits(), USUAL, (Ladder(),), Level.SECOND_ITEM, NOW - 4 * SECOND)
    assert fresh.not_now(SoFar(pressure=pressed), now=NOW) == Early(NOW + 6 * SECOND)
    again = SoFar(1, NOW - SECOND, pressed)
    assert rule(Level.SECOND_ITEM).not_now(again, now=NOW) == Early(NOW + 9 * SECOND)


def test_whoever_has_a_code_meets_no_pressure() -> None:
    """It cannot be guessed, so nobody pays for others' guesses."""
    worst = SoFar(pressure=Pressure(10**9, 10**9, 10**9, 10**9, 10**9))
    assert rule(Level.CODE).not_now(worst, now=NOW) is None


@pytest.mark.parametrize(
    ("pressure", "cause"),
    [
        (Pressure(on_customer=3), Cause.CUSTOMER),
        (Pressure(on_customer=100), Cause.CUSTOMER),
        (Pressure(on_invoice=3), Cause.INVOICE),
        (Pressure(of_all=10), Cause.EVERYBODY),
        (Pressure(beyond_first=10, of_all=10), Cause.EVERYBODY),
        (Pressure(on_customer=3, on_invoice=3, of_all=10), Cause.CUSTOMER),
    ],
)
def test_operators_see_why_more_is_asked_for(pressure: Pressure, cause: Cause) -> None:
    """The outcome is the same one whatever it is: no page can show it by accident."""
    outcome = rule().not_now(SoFar(pressure=pressure), now=NOW)
    assert isinstance(outcome, MoreEvidence)
    assert outcome.cause is cause
    assert outcome == MoreEvidence(Level.SECOND_ITEM)


def test_what_a_company_always_asks_for_has_no_cause() -> None:
    """Also while others fail: it would have been asked for without them."""
    begins_with_two = Ladder(private=Level.SECOND_ITEM)
    outcome = rule(ladder=begins_with_two).not_now(SoFar(pressure=Pressure(of_all=10)), now=NOW)
    assert isinstance(outcome, MoreEvidence)
    assert outcome.cause is None


@pytest.mark.parametrize(
    ("pressure", "cause"),
    [
        (Pressure(from_network=20), Cause.NETWORK),
        (Pressure(from_network=100, on_customer=100), Cause.NETWORK),
        (Pressure(on_customer=3), Cause.CUSTOMER),
        (Pressure(of_all=10), Cause.EVERYBODY),
    ],
)
def test_operators_see_why_patience_is_asked_for(pressure: Pressure, cause: Cause) -> None:
    """The same here."""
    fresh = TryRule(OwnWaits(), USUAL, (USUAL_LADDER,), Level.SECOND_ITEM, NOW)
    outcome = fresh.not_now(SoFar(pressure=pressure), now=NOW)
    assert isinstance(outcome, Early)
    assert outcome.cause is cause
    assert outcome == Early(outcome.until)


@pytest.mark.parametrize("pressure", [NO_PRESSURE, Pressure(on_customer=10_000, of_all=10**6)])
def test_a_form_of_several_companies_asks_what_customers_of_each_can_bring(
    pressure: Pressure,
) -> None:
    """A sister whose letters reach everybody, or who begins at a code, asks that of nobody else."""
    without = Ladder(ways=frozenset())
    for sister in (Ladder(all_private_reachable=True), Ladder(private=Level.CODE)):
        rule = TryRule(OwnWaits(), Thresholds(daily=10), (without, sister), Level.SECOND_ITEM, NOW)
        assert rule.asked(pressure) <= Level.SECOND_ITEM
