"""People type numbers in every way; the company has one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.typed.numbers import (
    LONGEST_INPUT,
    NumberFormat,
    clean,
    fold,
    luhn_digit,
    luhn_holds,
)
from linking.typed.ocr import OcrTemplate, looks_like_ocr

DIGITS = NumberFormat(zeros="keep")
LETTERS = NumberFormat(digits_only=False, zeros="keep")


@pytest.mark.parametrize(
    "typed",
    [
        "100423",
        " 100 423 ",
        "100\u00a0423",
        "100\u2009423",
        "100-423",
        "100–423",
        "100—423",
        "100‑423",
        "100\u2212423",
        "100.423",
        "100,423",
        "100/423",
        "100·423",
        "1_0:0;4(2)3",
        "'100423'",
        '"100423"',
        "<100423>",
        "#100423",
        "１００４２３",
        "¹⁰⁰⁴²³",
        "١٠٠٤٢٣",
        "100\u200b423",
        "\ufeff100423",
        "100\u00ad423",
        "\u202a100423\u202c",
        "1OO423",
        "1oo423",
        "1\u039f\u041e423",
        "IOO423",
        "l00423",
        "|00423",
        "ı00423",
        "kundnr 100423",
        "Kundnummer: 100423",
        "KUND-ID 100423",
        "Kundnr.100423",
        "kundnummer100423",
        "Customer number: 100423",
        "Fakturanr 100423",
        "faktura nr: 100423",
        "fakt.nr 100423",
        "Invoice no. 100423",
        "OCR 100423",
        "OCR-nr: 100423",
        "ref: 100423",
        "nr 100423",
        "No 100423",
        "#100423#  1250 00 8 >1234567#41#",
        "OCR: # 100423 # 1250 00",
        "100423\r\n",
    ],
)
def test_what_says_nothing_is_forgiven(typed: str) -> None:
    """Spaces, dashes, labels, invisible and look-alike characters do not change a number."""
    assert DIGITS.read(typed) == "100423"


@pytest.mark.parametrize(
    ("typed", "read"),
    [("10S423", "10S423"), ("1B0423", "1B0423"), ("10é", "10é")],
)
def test_ambiguous_letters_stay(typed: str, read: str) -> None:
    """An S may be a 5 or a slip: only what cannot be anything else is mapped."""
    assert DIGITS.read(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("ab-1o0", "AB1O0"),
        ("Kundnr: ab 12", "AB12"),
        ("NO1234", "NO1234"),
        ("REF99", "REF99"),
        ("Kundnr", "KUNDNR"),
    ],
)
def test_with_letters_only_case_and_separators_are_settled(typed: str, read: str) -> None:
    """Where numbers have letters, no letter becomes a digit, and none is taken for a label."""
    assert LETTERS.read(typed) == read


@pytest.mark.parametrize(
    ("zeros", "typed", "read"),
    [
        ("strip", "00123456", "123456"),
        ("strip", "123456", "123456"),
        ("strip", "0000", "0"),
        ("keep", "00123456", "00123456"),
        (8, "123456", "00123456"),
        (8, "00123456", "00123456"),
        (8, "000123456", "00123456"),
        (8, "123456789", "123456789"),
        (8, "", ""),
        ("strip", "", ""),
    ],
)
def test_leading_zeros_are_settled_the_companys_way(zeros: str, typed: str, read: str) -> None:
    """Printed 00123456, registered 123456, or the other way round: the same number."""
    assert NumberFormat(zeros=zeros).read(typed) == read  # type: ignore[arg-type]


@given(st.text(max_size=80), st.booleans(), st.sampled_from(["strip", "keep", 6]))
def test_reading_twice_changes_nothing(typed: str, digits: bool, zeros: str) -> None:
    """A read number of a digits-only company is stable, and any text can be read and encoded."""
    number_format = NumberFormat(digits_only=digits, zeros=zeros)  # type: ignore[arg-type]
    once = number_format.read(typed)
    once.encode()
    if number_format.fits(once) and digits:
        assert number_format.read(once) == once


def test_a_lone_surrogate_can_be_hashed() -> None:
    """What no encoding can hold is replaced, so that hashing it cannot fail."""
    clean("\ud800123\x00", digits_only=True).encode()


def test_no_more_than_the_longest_input_is_read() -> None:
    """However long the text, the work is bounded."""
    assert len(clean("9" * 10_000, digits_only=True)) == LONGEST_INPUT


@pytest.mark.parametrize("number", ["123", "1234567", "12a4", "", "١٢٣٤"])
def test_a_number_that_does_not_fit(number: str) -> None:
    """Length and alphabet both count."""
    assert not NumberFormat(shortest=4, longest=6).fits(number)


def test_evidence_with_letters_is_compared_folded() -> None:
    """O and 0, I, L and 1 are one character on both sides."""
    assert fold("FO1L-I0") == "F011-10"


@given(st.text("0123456789", min_size=1, max_size=20), st.data())
def test_luhn_catches_every_single_wrong_digit(payload: str, data: st.DataObject) -> None:
    """One changed digit never passes."""
    number = payload + luhn_digit(payload)
    assert luhn_holds(number)
    place = data.draw(st.integers(0, len(number) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
    assert not luhn_holds(number[:place] + other + number[place + 1 :])


@pytest.mark.parametrize("text", ["", "12a4", "²", "-0"])
def test_luhn_holds_for_digits_only(text: str) -> None:
    """Anything else has no check digit."""
    assert not luhn_holds(text)


@pytest.mark.parametrize(
    ("template", "ocr"),
    [
        ("{invoice}{check}", "47110234"),
        ("{invoice}{len}{check}", "471102392"),
        ("{customer:6}{invoice}{len}{check}", "100245471102350"),
        ("{customer:6}{invoice:7}{len}{check}", "100245471102350"),
    ],
)
def test_the_invoice_is_read_out_of_an_ocr_number(template: str, ocr: str) -> None:
    """Every kind of reference that a company may print."""
    assert OcrTemplate.parse(template).invoice_in(ocr) == "4711023"


@pytest.mark.parametrize("ocr", ["471102393", "47110234", "471102384", "4711O2392", "", "92"])
def test_a_wrong_check_or_length_digit_is_no_ocr_number(ocr: str) -> None:
    """Both digits are checked; nothing is guessed."""
    assert OcrTemplate.parse("{invoice}{len}{check}").invoice_in(ocr) is None


def test_fixed_digits_of_a_template_must_be_there() -> None:
    """A template can say which digits begin every reference."""
    template = OcrTemplate.parse("88{invoice}{check}")
    assert template.invoice_in("884711023" + luhn_digit("884711023")) == "4711023"
    assert template.invoice_in("774711023" + luhn_digit("774711023")) is None


@pytest.mark.parametrize(
    "template",
    [
        "",
        "{len}{check}",
        "{invoice}",
        "{invoice}{invoice}{check}",
        "{check}{invoice}",
        "{customer}{invoice}{check}",
        "{amount}{invoice}{check}",
        "{invoice}{check}{check}",
        "{invoice}{check}.*",
        "{invoice:0}{check}",
        "{len}{invoice}{check}",
    ],
)
def test_a_template_that_cannot_work_is_refused(template: str) -> None:
    """At start, not at the first customer."""
    with pytest.raises(ValueError, match=r"\.$"):
        OcrTemplate.parse(template)


def test_looking_like_an_ocr_number() -> None:
    """Longer than an invoice number, with a right check digit."""
    assert looks_like_ocr("471102392", longer_than=8)
    assert not looks_like_ocr("471102392", longer_than=9)
    assert not looks_like_ocr("471102393", longer_than=8)
