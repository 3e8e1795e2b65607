"""The register's numbers read as linking reads what people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.registers.numbers import customer_number, invoice_number, ocr_number
from linking.company import Company
from linking.typed.numbers import NumberFormat

COMPANIES = [
    Company("elnat"),
    Company("padded", NumberFormat(zeros=9), NumberFormat(zeros=12, longest=12)),
    Company("kept", NumberFormat(zeros="keep"), NumberFormat(zeros="keep")),
    Company("letters", NumberFormat(digits_only=False), NumberFormat(digits_only=False)),
]
AS_EXPORTED = st.one_of(
    st.text("0123456789", min_size=1, max_size=30),
    st.text("0123456789OoIl -./#ABnrkund", min_size=1, max_size=30),
    st.text(max_size=70),
)


@pytest.mark.parametrize("company", COMPANIES, ids=lambda company: company.id)
@given(raw=AS_EXPORTED)
def test_both_sides_read_a_number_alike(company: Company, raw: str) -> None:
    """Whatever stands in the register is what typing it gives, or it is refused."""
    assert customer_number(company, raw) in (None, company.read_customer_number(raw))
    assert invoice_number(company, raw) in (None, company.read_evidence(raw))
    assert ocr_number(company, raw) in (None, company.read_evidence(raw))


@pytest.mark.parametrize("company", COMPANIES, ids=lambda company: company.id)
@given(number=st.integers(1000, 10**9 - 1))
def test_ordinary_numbers_are_never_refused(company: Company, number: int) -> None:
    """Four to nine digits fit each of these companies."""
    assert customer_number(company, str(number)) is not None
    assert invoice_number(company, str(number)) is not None


@pytest.mark.parametrize("raw", ["", "0", "123", "1" * 13, "12a4567", "1234567" + " " * 60 + "8"])
def test_what_has_not_the_shape_is_refused(raw: str) -> None:
    """Too short, too long, letters; and what typing would cut off, though the rest fits."""
    assert customer_number(COMPANIES[0], raw) is None
    assert invoice_number(COMPANIES[0], raw) is None


@pytest.mark.parametrize(
    ("raw", "number"),
    [("471102392", "471102392"), ("0471 102 392", "471102392"), ("1" * 26, None), ("RF18", None)],
)
def test_ocr_numbers_are_digits_up_to_twenty_five(raw: str, number: str | None) -> None:
    """Their length is not that of the company's invoice numbers."""
    assert ocr_number(COMPANIES[0], raw) == number
