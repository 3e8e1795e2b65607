"""Companies: texts that people need are there, and number shapes that can be true."""

import re
from collections.abc import Iterator
from typing import get_args

from broker.settings.addresses import is_loopback_address, link_fault
from broker.settings.problem import Problem
from broker.settings.schema import CompanySettings, Language, NumberSettings, Settings
from linking.typed.ocr import OcrTemplate

_PHONE = re.compile(r"\+?[0-9][0-9 \-()]{3,22}[0-9]")
_ORGANISATION = re.compile(r"[0-9]{6}-?[0-9]{4}")
_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")
_BANKGIRO = re.compile(r"[0-9]{3,4}-?[0-9]{4}")
_PLUSGIRO = re.compile(r"[0-9]{1,7}-?[0-9]")
EXAMPLE_PHONE = "08-465 004 00"  # in a series that Sweden keeps for fiction


def there_is_a_company(settings: Settings) -> Iterator[Problem]:
    """Somebody must stand behind the login."""
    if not settings.companies:
        yield Problem("companies", "Empty.", "Describe a company: `[companies.example]`.")


def companies_can_be_reached(settings: Settings) -> Iterator[Problem]:
    """Phone, hours in every language, and whatever else is shown is well formed."""
    for name, company in settings.companies.items():
        path = f"companies.{name}"
        yield from _phone(path, company, is_real=not is_loopback_address(settings.issuer))
        for language in get_args(Language):
            if not company.hours.get(language, "").strip():
                yield Problem(
                    f"{path}.hours.{language}", "Missing.", "Say when the phone is answered."
                )
        if company.email and not _EMAIL.fullmatch(company.email):
            yield Problem(f"{path}.email", "Not an e-mail address.", "Write name@example.se.")
        if company.website and (fault := link_fault(company.website)):
            yield Problem(f"{path}.website", fault, "Write it like `https://www.example.se`.")
        number = company.organisation_number
        if number and not _ORGANISATION.fullmatch(number):
            yield Problem(
                f"{path}.organisation_number",
                "Not an organisation number.",
                "Write ten figures, like 556000-0000.",
            )


def numbers_can_be_true(settings: Settings) -> Iterator[Problem]:
    """Lengths, padding, giro numbers and OCR templates fit together."""
    for name, company in settings.companies.items():
        path = f"companies.{name}"
        yield from _number(f"{path}.customer_number", company.customer_number)
        yield from _number(f"{path}.invoice_number", company.invoice_number)
        yield from _giro(f"{path}.bankgiro", company.bankgiro, _BANKGIRO, "123-4567")
        yield from _giro(f"{path}.plusgiro", company.plusgiro, _PLUSGIRO, "123456-7")
        yield from _template(path, company)


def _phone(path: str, company: CompanySettings, *, is_real: bool) -> Iterator[Problem]:
    if not _PHONE.fullmatch(company.phone):
        yield Problem(
            f"{path}.phone", "Not a phone number.", "Write it as it is shown: 0771-12 34 56."
        )
    elif is_real and company.phone == EXAMPLE_PHONE:
        yield Problem(
            f"{path}.phone", "The example's number.", "Write the number of your customer service."
        )


def _number(path: str, number: NumberSettings) -> Iterator[Problem]:
    if number.min_length > number.max_length:
        yield Problem(f"{path}.min_length", "Longer than `max_length`.", "Make it at most as long.")
    if isinstance(number.leading_zeros, int) and number.leading_zeros > number.max_length:
        yield Problem(
            f"{path}.leading_zeros",
            "Pads to more than `max_length`.",
            "Pad to at most that length.",
        )
    if number.example and number.digits_only and not number.example.isdecimal():
        yield Problem(f"{path}.example", "Not figures only.", "Write figures.")


def _giro(
    path: str, values: tuple[str, ...], form: re.Pattern[str], example: str
) -> Iterator[Problem]:
    for at, value in enumerate(values):
        if not form.fullmatch(value):
            yield Problem(f"{path}[{at}]", "Not such a number.", f"Write it like {example}.")


def _template(path: str, company: CompanySettings) -> Iterator[Problem]:
    if not company.ocr_template:
        return
    try:
        OcrTemplate.parse(company.ocr_template)
    except ValueError as fault:
        remedy = "Write it like `{customer:6}{invoice}{len}{check}`."
        yield Problem(f"{path}.ocr_template", str(fault), remedy)
    if not company.invoice_number.digits_only:
        yield Problem(
            f"{path}.ocr_template",
            "An OCR number has figures only, but invoice numbers have letters.",
            "Leave it empty.",
        )
