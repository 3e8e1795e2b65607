"""What a try is counted under: one number, however it is written and wherever it stands."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.company import NOBODYS, Company
from linking.ports import Tags
from linking.tries.counting import possible_pairs, tags_of
from linking.typed.mistakes import TypedNumbers
from linking.typed.numbers import NumberFormat
from linking.typed.ocr import OcrTemplate
from tests.linking.fakes import ELNAT, tag

LETTERED = replace(
    ELNAT,
    id="letters",
    customer_numbers=NumberFormat(digits_only=False, shortest=4, longest=10),
    invoice_numbers=NumberFormat(digits_only=False, shortest=4, longest=10),
)
BOTH = (ELNAT, LETTERED)


def tags(customer: str, invoice: str = "8800001", companies: tuple[Company, ...] = BOTH) -> Tags:
    """What a try is counted under."""
    return tags_of(TypedNumbers(customer, invoice), companies, network=b"", tag=tag)


@pytest.mark.parametrize(
    "typed",
    [
        "100423",
        "1OO423",
        "I00423",
        "l00423",
        "nr 100423",
        "Kundnr: 100 423",
        "OOO100423",
        "00100423",
    ],
)
def test_however_it_is_written(typed: str) -> None:
    """Also where one company of the form has letters in its numbers, and another has not."""
    assert tag("100423") in tags(typed).customers


@pytest.mark.parametrize("typed", ["4711023", "47I1O23", "O4711023", "faktura 4711 023"])
def test_an_invoice_however_it_is_written(typed: str) -> None:
    """As it is looked up, or many spellings would be many numbers."""
    assert tag("invoice 4711023") in tags("100423", typed).invoices


def test_the_invoice_in_an_ocr_number_is_counted() -> None:
    """Whatever stands around it."""
    template = OcrTemplate.parse("{customer:6}{invoice}{len}{check}")
    company = replace(ELNAT, accepts_ocr=True, ocr_template=template)
    for ocr in ("100245471102350", "100423471102358"):
        if template.invoice_in(ocr) is not None:
            found = tags("100423", ocr, (company,))
            assert tag("invoice 4711023") in found.invoices


def test_swapped_fields_are_the_same_try() -> None:
    """The customer's number stands first, as it does typed straight."""
    straight, swapped = tags("100423", "4711023", (ELNAT,)), tags("4711023", "100423", (ELNAT,))
    assert straight.customer == swapped.customer == tag("100423")
    assert tag("invoice 4711023") in swapped.invoices


@pytest.mark.parametrize(
    "typed",
    ["121212-1212", "19121212-1212", "735999123456789012", "556000-0001", "☃" * 9],
)
def test_what_is_no_customer_number_is_counted_under_none(typed: str) -> None:
    """A common mistake of many must not press on anybody."""
    assert tags(typed, companies=(ELNAT,)).customers == ()


def test_the_companys_own_account_is_no_invoice() -> None:
    """Everybody who mixes it up has the same one."""
    assert tags("100423", "5050-1055", (ELNAT,)).invoices == ()


@pytest.mark.parametrize("odd", ["\ufdfa" * 64, "ABCÅ😀x", "9" * 64, "12\x00", "½¾"])
def test_a_register_meets_nothing_odd(odd: str) -> None:
    """What can be no number is looked up as nobody's: as much work, and nothing to choke on."""
    for company in BOTH:
        for number, evidence in possible_pairs(TypedNumbers(odd, odd), company):
            for each in (number, evidence):
                assert each.isascii()
                assert len(each) <= 32
    assert ELNAT.read_customer_number(odd) == NOBODYS


@given(st.text(max_size=20), st.text(max_size=20), st.permutations(BOTH))
def test_every_number_that_is_looked_up_is_counted(
    customer: str, invoice: str, companies: list[Company]
) -> None:
    """Two tries that look the same customer up at a company share a tag."""
    found = tags(customer, invoice, tuple(companies))
    for company in companies:
        for number, _ in possible_pairs(TypedNumbers(customer, invoice), company):
            straight = tags(number, invoice, (company,))
            assert set(straight.customers) <= set(found.customers)
