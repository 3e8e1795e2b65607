"""Billing runs: every customer in number order, invoice numbers in one unbroken series."""

from array import array
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from broker.registers.generator.companies import SisterCompany
from broker.registers.generator.households import GeneratedCustomer
from linking.days import months_from

_RUN_DAYS = 8
"""A run goes out over this many days, the lowest customer numbers first."""

_CREDITED = 0.005
_REMINDED = 0.02
_TERMS = timedelta(days=30)


class Account(NamedTuple):
    """What billing has to know of a customer; `left_on` is None for most."""

    number: int
    left_on: date | None


class Accounts:
    """A company's customers in number order, some bytes each: there may be ten million."""

    def __init__(self) -> None:
        self._numbers = array("Q")
        self._left = array("L")

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[Account]:
        for number, left in zip(self._numbers, self._left, strict=True):
            yield Account(number, date.fromordinal(left) if left else None)

    def add(self, customer: GeneratedCustomer) -> None:
        """Open an account; the customer's number is higher than those before."""
        self._numbers.append(customer.number)
        self._left.append(customer.left_on.toordinal() if customer.left_on else 0)


class GeneratedInvoice(NamedTuple):
    """A row of `invoices.csv`, its amount in öre."""

    customer: int
    number: int
    ocr: str
    issued_on: date
    due_on: date | None
    amount: int
    type: str


def invoices_of(
    company: SisterCompany,
    accounts: Accounts,
    *,
    today: date,
    months: int,
    seed: int,
) -> Iterator[GeneratedInvoice]:
    """Yield the invoices of the last `months` months, oldest first."""
    chance = Random(f"{seed}/{company.id}/billing")  # noqa: S311 - invented data that must repeat
    series = company.first_invoice
    for ago in range(months, -1, -company.months_between):
        first_day = months_from(today.replace(day=1), -ago)
        for place, customer in enumerate(accounts):
            issued_on = first_day + timedelta(days=place * _RUN_DAYS // len(accounts))
            if issued_on > today or _is_gone(customer, issued_on):
                continue
            for paper in _papers(company, customer, series, issued_on, chance):
                series = paper.number + 1
                if paper.issued_on <= today:
                    yield paper


def _is_gone(customer: Account, day: date) -> bool:
    """Whether the last invoice went out before: one more follows after they left."""
    return customer.left_on is not None and day > customer.left_on + timedelta(days=31)


def _papers(
    company: SisterCompany,
    customer: Account,
    number: int,
    issued_on: date,
    chance: Random,
) -> Iterator[GeneratedInvoice]:
    """The invoice and what followed from it: a reminder under its number, or a credit note."""
    is_final = customer.left_on is not None and issued_on > customer.left_on
    invoice = GeneratedInvoice(
        customer=customer.number,
        number=number,
        ocr=company.ocr.make(customer.number, number),
        issued_on=issued_on,
        due_on=issued_on + _TERMS,
        amount=chance.randint(18_000, 390_000),
        type="final" if is_final else "invoice",
    )
    yield invoice
    fate = chance.random()
    if fate < _CREDITED:
        yield invoice._replace(
            number=number + 1,
            ocr="",
            issued_on=issued_on + timedelta(days=5),
            due_on=None,
            amount=-invoice.amount,
            type="credit",
        )
    elif fate < _CREDITED + _REMINDED:
        yield invoice._replace(issued_on=issued_on + timedelta(days=37), type="reminder")
