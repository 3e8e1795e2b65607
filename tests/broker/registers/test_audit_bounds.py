"""What figures come to in a year, what to change, and what is kept of them."""

from dataclasses import replace

import pytest

from broker.registers.audit.advice import advice
from broker.registers.audit.bounds import Policy, Rules, bound_of
from broker.registers.audit.chance import Chance
from broker.registers.audit.figures import Figures
from broker.registers.audit.saving import read, written
from linking.ladder import Ladder, Level, SecondItem
from linking.tries.bound import Guessing, Odds
from linking.tries.pressure import Thresholds, daily_for
from linking.tries.waiting import OwnWaits
from tests.broker.registers.measured import N, figures

RULES = Rules(lambda many: Thresholds(daily=daily_for(many)), OwnWaits(), 10_000)


def test_the_bound_is_linkings_own() -> None:
    """With the customers at risk, the thresholds of the whole installation, the best of chances."""
    found = bound_of(figures(1 / N), Ladder(), RULES, of_all=100_000)
    guessing = Guessing(
        N, Ladder(), Thresholds(daily=daily_for(100_000)), OwnWaits(), identities=10_000
    )
    assert found.configured.takeovers == guessing.bound(Odds(1 / N, 1e-5)).takeovers
    assert found.configured.on_one == guessing.bound(Odds(1 / N, 1e-5)).on_one
    assert found.configured.on_one_known == found.configured.on_one


def test_every_ladder_stands_beside_the_configured_one() -> None:
    """Each level by itself, and ours among them."""
    ladder = Ladder(private=Level.SECOND_ITEM)
    found = bound_of(figures(1e-4), ladder, RULES, of_all=N)
    assert found.by_level[Level.SECOND_ITEM] == found.configured
    by_level = [found.by_level[level].takeovers for level in Level]
    assert by_level == sorted(by_level, reverse=True)
    assert by_level[-1] < 1e-6


def test_a_neighbours_paper_is_about_one_customer() -> None:
    """It cannot be had of everybody: only who is aimed at is worse off."""
    alone = bound_of(figures(1e-9), Ladder(), RULES, of_all=N).configured
    beside = bound_of(figures(1e-9, with_paper=0.9), Ladder(), RULES, of_all=N).configured
    assert beside.takeovers == alone.takeovers
    assert beside.on_one == alone.on_one < 1.0
    assert beside.on_one_known == 1.0


def test_a_paper_that_tells_no_more_than_luck_is_no_knowledge() -> None:
    """Where each run is shuffled, a crowd that is dense by luck is not the neighbour's doing."""
    shuffled = figures(1 / 20_000, with_paper=1 / 8_000)
    assert shuffled.knowing_more is None
    assert shuffled.first_of_one == shuffled.first_of_many
    in_order = figures(1 / 20_000, with_paper=0.9)
    assert in_order.knowing_more == ("neighbour_1", in_order.first["neighbour_1"])


def test_letters_bound_what_is_tried_on_one() -> None:
    """Then failures by others ask for a code; without, nothing but own waits does."""
    found = bound_of(figures(1 / N), Ladder(), RULES, of_all=N)
    assert found.letters.on_one < 0.01 < found.configured.on_one
    reaching = Ladder(all_private_reachable=True)
    assert bound_of(figures(1 / N), reaching, RULES, of_all=N).configured == found.letters


def test_one_paper_without_a_second_item_leaves_all_tries_at_the_first() -> None:
    """Failures ask for none then; beginning at it, or printing codes on all of them, is as good."""
    all_bear = bound_of(figures(1e-9), Ladder(), RULES, of_all=N)
    short = replace(figures(1e-9), papers_without_second=1)
    found = bound_of(short, Ladder(), RULES, of_all=N)
    assert found.configured.takeovers > 100 * all_bear.configured.takeovers
    assert found.by_level[Level.SECOND_ITEM] == all_bear.by_level[Level.SECOND_ITEM]
    assert found.printed_codes == all_bear.printed_codes
    policy = Policy(Ladder(), 1e-9, refuses=False)
    assert "1 accepted invoices bear no second item" in advice(short, found, policy)[0]


def test_a_company_beside_it_that_lacks_the_item_counts_too() -> None:
    """Of a form of both, no more is asked than both can answer."""
    mine, other = figures(1e-9), replace(figures(1e-9), papers_without_second=1)
    found = bound_of(mine, Ladder(), RULES, of_all=N, beside=[other])
    assert found.configured == bound_of(other, Ladder(), RULES, of_all=N).configured
    assert bound_of(mine, Ladder(), RULES, of_all=N, beside=[mine]) == bound_of(
        mine, Ladder(), RULES, of_all=N
    )


def test_no_more_are_taken_over_than_there_are() -> None:
    """A bound beyond everybody says everybody."""
    found = bound_of(figures(1.0, second=1.0), Ladder(), RULES, of_all=N)
    assert found.configured.takeovers == N


def test_organisations_count_where_numbers_connect_them() -> None:
    """The lower of the two beginnings is where guessing begins."""
    ladder = Ladder(private=Level.CODE, organisation=Level.INVOICE)
    found = bound_of(figures(1e-4), ladder, RULES, of_all=N)
    assert found.configured.takeovers > 0.1
    assert figures(1e-4).at_risk(ladder) == 2_000


def test_another_second_item_than_measured_adds_nothing() -> None:
    """Until it is measured."""
    known = bound_of(figures(1e-4, second=1e-9), Ladder(), RULES, of_all=N).by_level
    other = Ladder(second_item=SecondItem.PRINTED_CODE)
    unknown = bound_of(figures(1e-4, second=1e-9), other, RULES, of_all=N).by_level
    assert unknown[Level.SECOND_ITEM].takeovers > 1e6 * known[Level.SECOND_ITEM].takeovers


def test_what_is_kept_comes_back() -> None:
    """To the last figure, and as nothing where its form is another."""
    found = figures(1 / N)
    assert read(written(found)) == found
    assert read("{}") is None
    assert read(written(found).replace('"version":1', '"version":9')) is None


def sentences(found: Figures, ladder: Ladder, target: float = 0.01) -> str:
    """The advice on them."""
    policy = Policy(ladder, target, refuses=False)
    return "\n".join(advice(found, bound_of(found, ladder, RULES, of_all=N), policy))


def test_numbers_in_order_are_told() -> None:
    """That is what to change first about the invoices."""
    in_order = replace(
        figures(1 / N), first={"range": Chance(1 / N, N), "own_100": Chance(0.09, N)}
    )
    assert "follow the customer numbers" in sentences(in_order, Ladder())
    assert "follow the customer numbers" not in sentences(figures(1 / N), Ladder())


def test_a_level_that_is_enough_is_named_with_its_bound() -> None:
    """And with how many could not bring it."""
    found = sentences(figures(1e-5, second=1e-9), Ladder())
    assert "Begin at `second_item`" in found
    assert "2.0% of those who are asked" in found


def test_where_the_target_is_met_nothing_has_to_change() -> None:
    """But for what is not about everybody."""
    fine = replace(figures(1e-12, second=1e-12), unreachable=0.0)
    assert sentences(fine, Ladder(private=Level.SECOND_ITEM)) == ""
    aimed_at = replace(figures(1e-12, with_paper=1.0), unreachable=0.0)
    assert "next customer number" in sentences(aimed_at, Ladder())


def test_many_accounts_on_one_customer_are_not_the_neighbours_doing() -> None:
    """Where another's paper tells nothing, all accounts trying amounts are what is told."""
    shuffled = replace(figures(1 / N, with_paper=2 / N), unreachable=0.0)
    found = sentences(shuffled, Ladder(), target=1_000)
    assert found == ""
    found = sentences(shuffled, Ladder(), target=0.01)
    assert "with all their accounts" in found
    assert "next customer number" not in found
    assert "to 1% at most: random printed codes" in found
    assert "letters (`ladder.codes`)" in found


@pytest.mark.parametrize("second", [1e-3, 1e-15])
def test_a_weak_second_item_is_to_be_printed(second: float) -> None:
    """A random code, and what it would come to."""
    found = sentences(figures(1e-3, second=second), Ladder())
    assert ("Print a random code" in found) is (second == 1e-3)


def test_an_export_without_invoices_is_no_good_news() -> None:
    """What was not measured counts as known to everybody, and the advice says why."""
    nothing = replace(figures(0.0), first={}, second={}, papers=0)
    assert bound_of(nothing, Ladder(), RULES, of_all=N).configured.takeovers > 100
    assert "Nothing could be measured" in sentences(nothing, Ladder())
