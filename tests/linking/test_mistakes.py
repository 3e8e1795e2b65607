"""Typical mistakes are named, by what was typed alone."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking import Company, Field, Hint, Mistake, NumberFormat, OcrTemplate, TypedNumbers
from linking.typed.mistakes import (
    explain,
    explain_code,
    impossible_number,
    is_organisation_number,
    is_personal_identity_number,
    unreadable,
    unreadable_item,
)
from linking.typed.numbers import luhn_digit
from linking.typed.paper import TypedItem
from tests.linking.fakes import ELNAT, VARME

RIGHT = TypedNumbers("100423", "4711023")


def about(customer: str = "100423", invoice: str = "4711023", *more: Company) -> list[Hint]:
    """The hints for a pair at elnat, and other companies if given."""
    return list(explain(TypedNumbers(customer, invoice), [ELNAT, *more]))


def test_a_pair_of_the_right_shape_gets_no_hint() -> None:
    """Then only the neutral sentence is left to say."""
    assert about() == []


@pytest.mark.parametrize(
    ("typed", "mistake"),
    [
        ("10S423", Mistake.LETTERS),
        ("735999123000047113", Mistake.FACILITY_ID),
        ("735999123000047110", Mistake.FACILITY_ID),
        ("735 999 123 000 047 113", Mistake.FACILITY_ID),
        ("191212121212", Mistake.PERSONAL_IDENTITY_NUMBER),
        ("121212-1212", Mistake.PERSONAL_IDENTITY_NUMBER),
        ("5560360793", Mistake.ORGANISATION_NUMBER),
        ("16 556036-0793", Mistake.ORGANISATION_NUMBER),
        ("00556036-0793", Mistake.ORGANISATION_NUMBER),
        ("5050-1055", Mistake.PAYMENT_ACCOUNT),
        ("47112", Mistake.PAYMENT_ACCOUNT),
    ],
)
def test_another_kind_of_number_is_named_in_either_field(typed: str, mistake: Mistake) -> None:
    """Whichever field it stands in."""
    assert [(h.field, h.mistake) for h in about(customer=typed)] == [
        (Field.CUSTOMER_NUMBER, mistake)
    ]
    assert [(h.field, h.mistake) for h in about(invoice=typed)] == [(Field.INVOICE_NUMBER, mistake)]


def test_eighteen_digits_alone_are_no_facility_id() -> None:
    """Only the prefix makes them one; else they are merely too long."""
    (hint,) = about(invoice="123456789012345678")
    assert hint.mistake is Mistake.TOO_LONG


def test_a_personal_identity_number_is_discarded() -> None:
    """The page must not show it again; everything else stays in its field."""
    (hint,) = about(customer="191212121212")
    assert hint.discards
    assert not any(
        Hint(Field.CUSTOMER_NUMBER, m).discards
        for m in Mistake
        if m is not Mistake.PERSONAL_IDENTITY_NUMBER
    )


def test_a_personal_identity_number_that_begins_with_zeros_is_one() -> None:
    """Leading zeros are not stripped before it is looked at."""
    digits = "000229001"
    (hint,) = about(customer=digits + luhn_digit(digits))
    assert hint.mistake is Mistake.PERSONAL_IDENTITY_NUMBER


@pytest.mark.parametrize("birth", ["121272", "121261", "000229", "040229"])
def test_coordination_numbers_and_leap_days(birth: str) -> None:
    """Day + 60 is a samordningsnummer; 29 February exists."""
    digits = birth + "121"
    assert is_personal_identity_number(digits + luhn_digit(digits))


@pytest.mark.parametrize("birth", ["121312", "121200", "121260", "010229", "121292"])
def test_no_such_day(birth: str) -> None:
    """A date that does not exist makes no personal identity number."""
    digits = birth + "121"
    assert not is_personal_identity_number(digits + luhn_digit(digits))


def test_a_wrong_check_digit_is_no_identity_or_organisation_number() -> None:
    """One number in ten would otherwise be taken for one."""
    assert not is_personal_identity_number("1212121213")
    assert not is_organisation_number("5560360794")
    assert not is_organisation_number("165560360794")


def test_an_organisation_number_has_a_high_third_digit() -> None:
    """That is what tells it from a date."""
    assert not is_organisation_number("551036079" + luhn_digit("551036079"))
    assert is_organisation_number("552036079" + luhn_digit("552036079"))


def test_the_same_number_twice() -> None:
    """Leading zeros do not hide it."""
    assert about("100423", "00 100423") == [Hint(Field.INVOICE_NUMBER, Mistake.SAME_TWICE)]


def test_an_ocr_number_where_none_is_taken() -> None:
    """By the template where there is one, by its look where there is none."""
    assert about(invoice="471102392") == [Hint(Field.INVOICE_NUMBER, Mistake.OCR)]
    template = OcrTemplate.parse("{customer:6}{invoice}{len}{check}")
    strict = replace(ELNAT, ocr_template=template)
    right, wrong = "100245471102350", "471102392"
    assert [h.mistake for h in explain(replace(RIGHT, invoice=right), [strict])] == [Mistake.OCR]
    assert [h.mistake for h in explain(replace(RIGHT, invoice=wrong), [strict])] == [
        Mistake.TOO_LONG
    ]


def test_an_ocr_number_where_one_is_taken_gets_no_such_hint() -> None:
    """It was tried and did not match: saying 'not an OCR number' would mislead."""
    taking = replace(ELNAT, accepts_ocr=True)
    hints = explain(replace(RIGHT, invoice="471102392"), [taking])
    assert [hint.mistake for hint in hints] == [Mistake.TOO_LONG]


def test_lengths_are_told_with_what_was_expected() -> None:
    """The page can say: six digits, you typed five."""
    assert about("10042", "471102345") == [
        Hint(Field.CUSTOMER_NUMBER, Mistake.TOO_SHORT, shortest=6, longest=6, typed=5),
        Hint(Field.INVOICE_NUMBER, Mistake.TOO_LONG, shortest=7, longest=8, typed=9),
    ]


def test_a_length_that_suits_one_company_is_no_mistake() -> None:
    """A form that serves several companies speaks for all of them."""
    longer = replace(VARME, customer_numbers=NumberFormat(shortest=8, longest=9))
    assert about("10042312", "4711023", longer) == []
    assert about("1004231", "4711023", longer) == []
    (hint,) = about("10042", "4711023", longer)
    assert (hint.shortest, hint.longest) == (6, 9)


def test_letters_are_no_mistake_where_one_company_has_them() -> None:
    """The number may be that company's."""
    lettered = replace(VARME, customer_numbers=NumberFormat(digits_only=False))
    assert about("AB1234", "4711023", lettered) == []


@pytest.mark.parametrize("typed", ["", "   ", "\u200b", "Kundnr:", "-"])
def test_nothing_at_all_is_empty(typed: str) -> None:
    """Separators and a label are nothing."""
    assert unreadable(replace(RIGHT, customer=typed), [ELNAT]) == (
        Hint(Field.CUSTOMER_NUMBER, Mistake.EMPTY),
    )


def test_too_many_characters_are_not_read() -> None:
    """64 are; 65 get a message of their own."""
    assert unreadable(replace(RIGHT, invoice="1" * 64), [ELNAT]) == ()
    assert unreadable(replace(RIGHT, invoice=" " * 65), [ELNAT]) == (
        Hint(Field.INVOICE_NUMBER, Mistake.TOO_MANY_CHARACTERS),
    )


@pytest.mark.parametrize(
    ("typed", "mistake"),
    [
        ("", Mistake.EMPTY),
        ("1" * 65, Mistake.TOO_MANY_CHARACTERS),
        ("1004", Mistake.TOO_SHORT),
        ("1004231", Mistake.TOO_LONG),
        ("10S423", Mistake.LETTERS),
        ("191212121212", Mistake.PERSONAL_IDENTITY_NUMBER),
    ],
)
def test_a_customer_number_of_nobodys_shape_is_named(typed: str, mistake: Mistake) -> None:
    """For whoever asks for a code: a number that no company can have given."""
    (hint,) = impossible_number(typed, [ELNAT])
    assert (hint.field, hint.mistake) == (Field.CUSTOMER_NUMBER, mistake)


def test_a_customer_number_of_one_companys_shape_is_possible() -> None:
    """Even one that looks like something else: it may still be right."""
    ten = replace(VARME, customer_numbers=NumberFormat(shortest=10, longest=10))
    assert impossible_number(" 00100-423", [ELNAT]) == ()
    assert impossible_number("121212-1212", [ELNAT, ten]) == ()


@pytest.mark.parametrize(
    ("code", "mistake", "typed"),
    [
        ("7KQ2", Mistake.TOO_SHORT, 4),
        ("7KQ2M9XR4TBHX", Mistake.TOO_LONG, 13),
        ("7KQ2M9XR4TBX", Mistake.NOT_A_CODE, 0),
        ("4711023", Mistake.DIGITS_ALONE, 0),
    ],
)
def test_a_code_that_cannot_be_one_is_told_how(code: str, mistake: Mistake, typed: int) -> None:
    """Its length, an invoice's number in its place, or a slip."""
    hint = explain_code(code)
    assert (hint.field, hint.mistake, hint.typed) == (Field.CODE, mistake, typed)


@pytest.mark.parametrize("due_date", ["2019-12-31", "2029-01-01"])
def test_a_year_that_cannot_be_is_told(due_date: str) -> None:
    """A due date long gone or far ahead is a slip, and costs no try."""
    item = TypedItem(amount="512,50", due_date=due_date)
    hints = unreadable_item(item, [ELNAT], today=date(2026, 5, 3))
    assert hints == (Hint(Field.DUE_DATE, Mistake.NOT_A_DATE),)


@pytest.mark.parametrize("due_date", ["2020-01-01", "2026-05-31", "2028-12-31"])
def test_a_year_that_can_be_is_looked_up(due_date: str) -> None:
    """Whatever else is wrong with it."""
    item = TypedItem(amount="631", due_date=due_date)
    assert unreadable_item(item, [ELNAT], today=date(2026, 5, 3)) == ()


@given(st.text(max_size=70), st.text(max_size=70))
def test_any_text_can_be_explained(customer: str, invoice: str) -> None:
    """At most one hint a field, whatever was typed; and nothing of it in the text form."""
    typed = TypedNumbers(customer, invoice)
    hints = explain(typed, [ELNAT, VARME])
    assert len({hint.field for hint in hints}) == len(hints)
    assert repr(typed) == "TypedNumbers()"
