"""Other people who guess, for stories about what their guessing does to the rest."""

from datetime import timedelta

from broker.settings.verifying import VerificationSettings
from tests.browsing import Browser
from tests.house import TestHouse
from tests.walking import to_numbers, type_numbers

_AGE = timedelta(days=40)
AS_INSTALLED = {"verification": VerificationSettings(answer_every_ms=0)}
"""The thresholds of a new installation."""


async def guess(
    house: TestHouse, times: int, *, customer: str = "", invoice: str = "", start: int = 0
) -> None:
    """As many accounts, each with one wrong try on a customer number, or on many."""
    for n in range(start, start + times):
        browser = house.browser()
        await to_numbers(browser)
        await type_numbers(browser, customer or str(700_000 + n), invoice or str(8_000_000 + n))


async def give_more(
    browser: Browser,
    customer: str = "100245",
    invoice: str = "1007001",
    *,
    amount: str = "512,50",
    due_date: str,
) -> Browser:
    """Send the form with amount and due date."""
    return await browser.submit(
        action="/flow/verify",
        customer_number=customer,
        invoice_number=invoice,
        amount=amount,
        due_date=due_date,
    )


def due_date_of(house: TestHouse) -> str:
    """When the invoices of the test register were due."""
    return (house.clock.now - _AGE).date().isoformat()
