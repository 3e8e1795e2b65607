"""What a guess at the second item is worth for somebody with the right invoice number."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

import pytest

from broker.registers.audit.figures import Figures
from broker.registers.invoices_file import InvoiceRow
from linking.codes.code import ALPHABET
from linking.ladder import Ladder, SecondItem
from linking.typed.numbers import luhn_digit
from linking.typed.ocr import OcrTemplate
from tests.broker.registers.audited import MONTHS, Invented, shuffled, with_item

N = 2_000
Change = Callable[[InvoiceRow], InvoiceRow]


def amounts(**changed: object) -> Figures:
    """By amount and due date."""
    return Invented(N, shuffled, **changed).audited()  # type: ignore[arg-type]


def codes(change: Change) -> Figures:
    """By a printed code."""
    company = with_item(SecondItem.PRINTED_CODE)
    return Invented(N, shuffled, change_paper=change).audited(company)


def random_codes(length: int, alphabet: Sequence[str] = ALPHABET) -> Change:
    """Drawn evenly."""
    chance = Random(11)  # noqa: S311 - invented data that must repeat
    return lambda row: row._replace(code="".join(chance.choices(alphabet, k=length)))


def best(figures: Figures) -> float:
    """Of all guessers."""
    return figures.second_of(figures.second_item).value


@pytest.mark.parametrize("many", [100, 10_000])
def test_amounts_drawn_evenly_are_one_in_so_many(many: int) -> None:
    """Never less than the truth, and not much more."""
    assert 1 / many * 0.9 < best(amounts(amounts=many)) < 4 / many


def test_the_due_date_is_no_secret() -> None:
    """One amount for everybody: knowing the run is knowing both."""
    figures = amounts(change_paper=lambda row: row._replace(amount="250,00"))
    assert best(figures) == pytest.approx(1.0)


def test_a_fee_that_half_of_a_run_pays_is_seen() -> None:
    """In one run alone: the attacker takes that one."""

    def fee(row: InvoiceRow) -> InvoiceRow:
        has_it = row.issued_on.month == 5 and int(row.customer_number) % 2
        return row._replace(amount="99,00") if has_it else row

    assert best(amounts(change_paper=fee)) == pytest.approx(0.5, rel=0.1)


def test_amounts_that_follow_each_other_are_told_by_the_neighbours() -> None:
    """A guesser has the paper before."""
    figures = amounts(
        change_paper=lambda row: row._replace(amount=f"{int(row.invoice_number) % 100_000},00")
    )
    assert figures.second["paper_before"].value == pytest.approx(1.0, rel=0.01)


def test_random_codes_are_worth_their_length() -> None:
    """Eight characters of 32: 40 bits, but for the luck of the sample."""
    found = best(codes(random_codes(8)))
    assert 2**-40 < found < 2**-37


def test_few_codes_are_found_out_by_their_repeats() -> None:
    """A list of 10,000 words of eight letters is no 40 bits."""
    chance = Random(12)  # noqa: S311 - as above
    words = ["".join(chance.choices(ALPHABET, k=8)) for _ in range(10_000)]
    found = best(codes(lambda row: row._replace(code=chance.choice(words))))
    assert 1 / 10_000 * 0.9 < found < 4 / 10_000


def test_a_constant_code_is_worth_nothing() -> None:
    """Everybody's is nobody's."""
    assert best(codes(lambda row: row._replace(code="7KQ2M9XR"))) == pytest.approx(1.0)


def test_running_codes_are_told_by_the_paper_before() -> None:
    """They look random place by place, and are not."""
    figures = codes(lambda row: row._replace(code=f"{int(row.invoice_number) * 7 % 10**8:08d}"))
    assert figures.second["shape"].value < 1e-4
    assert best(figures) == pytest.approx(1.0, rel=0.01)


def test_a_code_for_good_is_one_value() -> None:
    """The same on all invoices of a customer: as hard to guess as ever."""
    chance = Random(13)  # noqa: S311 - as above
    own: dict[str, str] = {}

    def change(row: InvoiceRow) -> InvoiceRow:
        code = own.setdefault(row.customer_number, "".join(chance.choices(ALPHABET, k=8)))
        return row._replace(code=code)

    assert best(codes(change)) < 2**-33


def test_an_ocr_number_made_of_the_others_is_worth_nothing() -> None:
    """Customer number, invoice number, length and check digit: all known or worked out."""

    def made(row: InvoiceRow) -> InvoiceRow:
        body = f"{row.customer_number}{row.invoice_number}"
        body += str((len(body) + 2) % 10)
        return row._replace(ocr=body + luhn_digit(body))

    figures = Invented(N, shuffled, change_paper=made).audited(with_item(SecondItem.OCR))
    assert best(figures) == pytest.approx(1.0)


def test_random_digits_in_the_ocr_number_count_alone() -> None:
    """Six of them behind the invoice number: one in a million."""
    chance = Random(14)  # noqa: S311 - as above

    def made(row: InvoiceRow) -> InvoiceRow:
        body = f"{row.invoice_number}{chance.randrange(10**6):06d}"
        return row._replace(ocr=body + luhn_digit(body))

    figures = Invented(N, shuffled, change_paper=made).audited(with_item(SecondItem.OCR))
    assert 1e-6 * 0.9 < best(figures) < 4e-6


def test_an_ocr_number_that_is_taken_for_the_first_is_no_second() -> None:
    """It was typed already."""
    company = with_item(
        SecondItem.OCR, accepts_ocr=True, ocr_template=OcrTemplate.parse("{invoice}{check}")
    )
    figures = Invented(
        N, change_paper=lambda r: r._replace(ocr=r.invoice_number + luhn_digit(r.invoice_number))
    ).audited(company)
    assert best(figures) == 1.0


def test_who_has_no_second_item_is_counted() -> None:
    """A quarter pays by direct debit and has no due date."""
    figures = amounts(
        change_paper=lambda row: (
            row._replace(due_on="") if int(row.customer_number) % 4 == 0 else row
        )
    )
    assert figures.without_second == 0.25
    assert figures.without_invoice == 0.0
    assert figures.papers == N * MONTHS
    assert figures.papers_without_second == N * MONTHS // 4


def test_another_item_than_the_one_measured_is_worth_nothing() -> None:
    """Figures of amounts say nothing of codes."""
    figures = amounts()
    other = replace(Ladder(), second_item=SecondItem.PRINTED_CODE)
    assert figures.second_of(other.second_item.value).value == 1.0
