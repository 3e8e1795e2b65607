"""The demo's billing system: invoices and consumption of the cast, the same at every start.

What a house uses follows the season; the small differences between days come from a hash.
"""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from broker.dev.api import Invoice, Use
from broker.dev.cast import DemoCustomer, Paper, find_customer, papers_of
from broker.dev.companies import DemoCompany

HISTORY_DAYS = 400
_COLDEST = 20  # of January, as a day of the year
_BYTES = 255


@dataclass(frozen=True, slots=True)
class DemoRecords:
    """Implements `api.Records`; `today` is asked each time, for a demo may run over midnight."""

    today: Callable[[], date]

    def invoices(self, company: str, customer_number: str) -> list[Invoice]:
        """Return a customer's invoices, newest first; none of somebody unknown."""
        customer = find_customer(company, customer_number)
        if customer is None:
            return []
        return [_invoice(paper, self.today()) for paper in papers_of(customer, self.today())]

    def consumption(self, company: str, customer_number: str) -> list[Use]:
        """Return what each of a customer's facilities used each day, until yesterday."""
        customer = find_customer(company, customer_number)
        if customer is None:
            return []
        days = [self.today() - timedelta(days=ago) for ago in range(HISTORY_DAYS, 0, -1)]
        return [
            Use(facility_of(customer, place), place, day, _kwh(customer, place, day))
            for place in customer.places
            for day in days
        ]


def invoice_id(customer: DemoCustomer, number: int) -> str:
    """Return the id that may stand in an address: it tells neither number."""
    secret = f"{customer.company.id}/{customer.number}/{number}"
    return "i_" + hashlib.sha256(secret.encode()).hexdigest()[:16]


def facility_of(customer: DemoCustomer, place: str) -> str:
    """Return the metering point id of a customer's place (735999, then invented)."""
    serial = 10 * int(customer.number) + customer.places.index(place)
    return f"735999{serial:012d}"


def price_of(paper: Paper) -> int:
    """Return what an invoice is on, in öre."""
    customer, company = paper.customer, paper.customer.company
    span = (paper.to_day - paper.from_day).days + 1
    days = [paper.from_day + timedelta(days=one) for one in range(span)]
    used = sum(_kwh(customer, place, day) for place in customer.places for day in days)
    return round(used * company.price) + company.fixed


def kronor(ore: int) -> str:
    """Write an amount as the register's files and the API have it: `1234.50`."""
    return f"{ore // 100}.{ore % 100:02d}"


def _invoice(paper: Paper, today: date) -> Invoice:
    return Invoice(
        id=invoice_id(paper.customer, paper.number),
        number=str(paper.number),
        ocr=paper.ocr,
        issued_on=paper.issued_on,
        due_on=paper.due_on,
        amount=kronor(price_of(paper)),
        paid=paper.due_on < today,
    )


def _kwh(customer: DemoCustomer, place: str, day: date) -> float:
    company: DemoCompany = customer.company
    season = (1 + math.cos(2 * math.pi * (day.timetuple().tm_yday - _COLDEST) / 365)) / 2
    noise = hashlib.sha256(f"{customer.number}/{place}/{day}".encode()).digest()[0] / _BYTES
    size = 1 if customer.places.index(place) == 0 else 0.3
    return round(size * (company.base_kwh + company.winter_kwh * season) * (0.85 + 0.3 * noise), 1)
