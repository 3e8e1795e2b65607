"""The second item, however it is typed; what cannot be read is never guessed at."""

from datetime import date

import pytest

from linking.ladder import SecondItem
from linking.typed.paper import TypedItem, amount_and_due_date, read_amount, read_date, read_item

DAY = date(2026, 1, 31)


@pytest.mark.parametrize(
    ("raw", "ore"),
    [
        ("1250,45", 125045),
        ("1250.45", 125045),
        ("1 250,45 kr", 125045),
        ("1\u00a0250,45\u00a0kr", 125045),
        ("1.250,45", 125045),
        ("1'250.45", 125045),
        ("SEK 1250,45", 125045),
        ("1250:45", 125045),
        ("1250", 125000),
        ("1250:-", 125000),
        ("1250,-", 125000),
        ("1250,00", 125000),
        ("1250,5", 125050),
        ("0,45", 45),
        ("１２５０", 125000),
        ("12.345.678,90", 1234567890),
        ("-123,45", 12345),
        ("−123,45", 12345),
        ("123,45-", 12345),
        ("123,45 −", 12345),
        ("–123,45 kr", 12345),
        ("- 1 250,45", 125045),
        ("kr -123,45", 12345),
        ("-80", 8000),
        ("+80", 8000),
    ],
)
def test_an_amount(raw: str, ore: int) -> None:
    """In whole öre, with or without decimals, as Swedes write them and as their paper does."""
    assert read_amount(raw) == ore


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "kr",
        "-",
        "--80",
        "80--",
        "-80-",
        "12-80",
        "12,345",
        "1 25,00",
        "1250,4x",
        "1,2,3",
        "x" * 99,
    ],
)
def test_no_amount(raw: str) -> None:
    """A doubtful one is none: 12,345 may be twelve kronor or twelve thousand."""
    assert read_amount(raw) is None


@pytest.mark.parametrize(
    "raw",
    [
        "2026-01-31",
        "2026‑01‑31",
        "20260131",
        "260131",
        "2026.01.31",
        "31/1 2026",
        "31/1-26",
        "31.1.2026",
        "31 januari 2026",
        "31 Jan. 2026",
        "31 january 2026",
    ],
)
def test_a_day(raw: str) -> None:
    """Year first or day first, months as numbers or words of either language."""
    assert read_date(raw) == DAY


@pytest.mark.parametrize("raw", ["", "31/1", "2026-02-30", "31 brumaire 2026", "1/31/2026", "1"])
def test_no_day(raw: str) -> None:
    """Not without a year, and not in the American order."""
    assert read_date(raw) is None


@pytest.mark.parametrize(
    ("item", "typed", "canonical"),
    [
        (
            SecondItem.AMOUNT_AND_DUE_DATE,
            TypedItem(amount="1 250,45", due_date="31/1 2026"),
            "125045 2026-01-31",
        ),
        (SecondItem.AMOUNT_AND_DUE_DATE, TypedItem(amount="1250"), None),
        (SecondItem.OCR, TypedItem(ocr="00 4711 0235"), "47110235"),
        (SecondItem.OCR, TypedItem(ocr="nothing"), None),
        (SecondItem.PRINTED_CODE, TypedItem(code="ab-12 cd"), "AB12CD"),
        (SecondItem.PRINTED_CODE, TypedItem(code=" - "), None),
    ],
)
def test_an_item(item: SecondItem, typed: TypedItem, canonical: str | None) -> None:
    """One canonical form for each kind, or none."""
    assert read_item(item, typed) == canonical


def test_the_register_makes_the_same_form() -> None:
    """Of an amount and a date that it has."""
    assert amount_and_due_date(125045, DAY) == "125045 2026-01-31"
