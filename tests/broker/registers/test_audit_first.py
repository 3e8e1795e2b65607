"""What a guess at an invoice number is worth, on registers whose odds are known by construction."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from math import comb
from random import Random

import pytest

from broker.registers.audit import neighbours
from broker.registers.audit.chance import NONE, Chance
from broker.registers.audit.figures import Figures
from broker.registers.invoices_file import InvoiceRow
from linking.company import Company
from linking.typed.numbers import luhn_digit
from tests.broker.registers.audited import (
    MONTHS,
    Invented,
    at_random,
    shuffled,
)

N = 2_000


@pytest.fixture(scope="module")
def in_order() -> Figures:
    """Numbers follow the customers."""
    return Invented(N).audited()


@pytest.fixture(scope="module")
def in_any_order() -> Figures:
    """The same numbers, shuffled within each month."""
    return Invented(N, shuffled).audited()


def test_a_dense_series_is_one_in_the_number_of_customers(in_any_order: Figures) -> None:
    """Whatever the number of invoices: as many as are accepted, as large is the range."""
    assert in_any_order.first["range"].value == pytest.approx(1 / N, rel=0.01)
    assert in_any_order.first["month"].value == pytest.approx(1 / N, rel=0.01)


def test_the_day_of_a_dense_series_is_no_more_than_the_run(in_any_order: Figures) -> None:
    """All of a month are of one day here: 1 in the number of customers again."""
    assert in_any_order.first["day"].value == pytest.approx(1 / N, rel=0.01)


def test_order_gives_the_neighbour_away(in_order: Figures) -> None:
    """Every number in order, nobody missing: whoever has the next paper is sure."""
    for distance in ("neighbour_1", "neighbour_10", "neighbour_100"):
        assert in_order.first[distance].value == pytest.approx(1.0)
    assert in_order.first["own_2"].value == pytest.approx(1.0)
    assert in_order.first_of_many.value == pytest.approx(1.0)


def test_shuffling_leaves_nothing_to_the_neighbour(in_any_order: Figures) -> None:
    """Own papers tell the month's range, no more: within a small factor of a blind guess there."""
    for name, chance in in_any_order.first.items():
        if name.startswith(("own", "near", "neighbour")):
            assert chance.value < 4 / N, name
    assert in_any_order.first_of_one.value < 4 / N


def test_papers_of_others_in_between_blur_the_order() -> None:
    """A fifth of the time one is nobody's: 4 in 5 is left nearby, and far away what sums tell."""

    def with_gaps(many: int, month: int) -> Sequence[int]:
        chance = Random(month)  # noqa: S311 - invented data that must repeat
        steps = (2 if chance.random() < 0.2 else 1 for _ in range(many))
        return list(accumulate(steps, initial=7_000_000 + 10 * month * many))[1:]

    figures = Invented(N, with_gaps).audited()
    commonest_of_sums = comb(100, 20) * 0.2**20 * 0.8**80
    assert figures.first["neighbour_1"].value == pytest.approx(0.8, rel=0.02)
    assert figures.first["neighbour_100"].value == pytest.approx(commonest_of_sums, rel=0.2)


def test_random_numbers_are_as_good_as_they_are_long() -> None:
    """Twelve digits: the accepted invoices of a customer out of all such numbers."""
    figures = Invented(N, at_random(12)).audited()
    assert figures.first["range"].value == pytest.approx(MONTHS / 9e11, rel=0.02)
    assert figures.first_of_many.value < 4 * MONTHS / 9e11
    assert figures.first_of_one.value < 4 * MONTHS / 9e11


def test_a_check_digit_adds_nothing() -> None:
    """Nine digits and a Luhn digit are worth what nine digits are."""
    bare = Invented(N, at_random(9))
    checked = Invented(
        N,
        at_random(9),
        change_paper=lambda row: row._replace(
            invoice_number=row.invoice_number + luhn_digit(row.invoice_number)
        ),
    )
    expected = bare.audited().first["range"].value
    assert checked.audited().first["range"].value == pytest.approx(expected, rel=0.01)


def test_stretches_that_were_not_handed_out_are_not_guessed_at() -> None:
    """A year in front of a running number makes the range no larger."""
    figures = Invented(
        N, lambda many, month: [(2026 + month) * 10**7 + at for at in range(many)]
    ).audited()
    assert figures.first["range"].value == pytest.approx(1 / N, rel=0.02)


def test_what_many_have_is_a_good_guess() -> None:
    """A tenth of the customers with the same number: one guess in ten."""
    figures = Invented(
        N,
        at_random(12),
        change_paper=lambda row: (
            row._replace(invoice_number="999999") if int(row.customer_number) % 10 == 0 else row
        ),
    ).audited()
    assert figures.first["frequent"].value == pytest.approx(0.1, rel=0.25)


def test_numbers_that_are_everybodys_own_are_no_common_value(in_any_order: Figures) -> None:
    """Each was handed out once: nothing to try first."""
    assert in_any_order.first["frequent"].value == 0.0


def test_an_ocr_number_taken_as_evidence_is_guessed_where_it_is_easier() -> None:
    """Long invoice numbers are no help when the OCR number is the customer's own and a run's."""

    def with_ocr(row: InvoiceRow) -> InvoiceRow:
        body = f"{row.customer_number}{row.issued_on:%y%m}"
        return row._replace(ocr=body + luhn_digit(body))

    company = Company("elnat", accepts_ocr=True)
    hard = Invented(N, at_random(12)).audited(company)
    easy = Invented(N, at_random(12), change_paper=with_ocr).audited(company)
    assert hard.first_of_many.value < 1e-9
    assert easy.first["frequent"].value == pytest.approx(1.0, rel=0.1)


def test_customers_without_an_invoice_make_nobody_easier() -> None:
    """The chance is of those who have something to be guessed."""

    def only_even(row: InvoiceRow) -> InvoiceRow:
        return row._replace(proves=int(row.customer_number) % 2 == 0)

    figures = Invented(N, shuffled, change_paper=only_even).audited()
    assert figures.without_invoice == 0.5
    assert figures.first["range"].value == pytest.approx(1 / N, rel=0.02)


def test_letters_in_front_are_as_good_as_known() -> None:
    """`F2026-000123`: the running number is what there is to guess."""
    lettered = replace(Company("elnat").invoice_numbers, digits_only=False)
    figures = Invented(
        N, shuffled, change_paper=lambda row: row._replace(invoice_number="F-" + row.invoice_number)
    ).audited(Company("elnat", invoice_numbers=lettered))
    assert figures.first["range"].value == pytest.approx(1 / N, rel=0.01)


def test_one_customer_is_too_few_to_measure() -> None:
    """Nothing falls over; what cannot be measured is not there, and one number is known."""
    figures = Invented(1).audited()
    assert figures.first["range"].value == 1.0
    assert "own_1" not in figures.first


def test_more_accounts_are_never_worth_less(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has more may leave some aside; where a sample says otherwise, that was luck."""
    by_luck = iter([0.001, 0.004, 0.002, 0.003, 0.005])
    monkeypatch.setattr(neighbours, "_among", lambda *_: (Chance(next(by_luck), N), NONE))
    found = Invented(N, shuffled).audited().first
    chances = [found[f"own_{many}"].value for many in (1, 2, 5, 20, 100)]
    assert chances == [0.001, 0.004, 0.004, 0.004, 0.005]
