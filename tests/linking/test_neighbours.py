"""Invoice numbers that lie close together, as tables."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.company import Company
from linking.tries.neighbours import WIDTH, neighbourhoods, numbers_in
from linking.typed.mistakes import TypedNumbers
from linking.typed.numbers import NumberFormat, luhn_digit
from linking.typed.ocr import OcrTemplate
from tests.linking.fakes import ELNAT

BY_OCR = replace(ELNAT, accepts_ocr=True, ocr_template=OcrTemplate.parse("{invoice}{check}"))
OCR = "4711023" + luhn_digit("4711023")
LETTERED = replace(ELNAT, invoice_numbers=NumberFormat(digits_only=False))


@given(
    st.integers(min_value=0, max_value=10**12),
    st.integers(min_value=-WIDTH // 2, max_value=WIDTH // 2),
)
def test_near_neighbours_share_one(number: int, apart: int) -> None:
    """Wherever the border lies, up to half a width apart."""
    other = max(0, number + apart)
    assert set(neighbourhoods(number)) & set(neighbourhoods(other))


@given(st.integers(min_value=0, max_value=10**12), st.integers(min_value=WIDTH))
def test_others_share_none(number: int, apart: int) -> None:
    """A whole width apart is no neighbour."""
    assert not set(neighbourhoods(number)) & set(neighbourhoods(number + apart))


@pytest.mark.parametrize(
    ("typed", "company", "numbers"),
    [
        ("4711023", ELNAT, {4711023}),
        (" 471-1023", ELNAT, {4711023}),
        ("0004711023", ELNAT, {4711023}),
        ("", ELNAT, set()),
        ("inget", ELNAT, set()),
        ("AB4711023", LETTERED, set()),
        (OCR, BY_OCR, {int(OCR), 4711023}),
        (str(int(OCR) + 1), BY_OCR, {int(OCR) + 1}),  # its check digit is wrong
        ("9" * 500, ELNAT, set()),
    ],
)
def test_what_a_field_may_mean(typed: str, company: Company, numbers: set[int]) -> None:
    """As the company reads it; an OCR number also as the invoice in it."""
    assert numbers_in(TypedNumbers("100423", typed), [company]) == numbers


def test_swapped_fields_are_looked_into_as_they_are_judged() -> None:
    """The invoice number stands in the other field."""
    assert 4711023 in numbers_in(TypedNumbers("4711023", "100423"), [ELNAT])
