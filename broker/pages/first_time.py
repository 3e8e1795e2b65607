"""What the companies of a page ask for at the first visit, as pages say it beforehand."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from broker.pages.verifying import EvidenceCompany


@dataclass(frozen=True, slots=True)
class FirstTime:
    """`items` stand on the invoice besides the two numbers, in a fixed order: as second items.

    `by_code`: no invoice is asked for, but a code that is sent. `some_by_code`: at some of the
    companies. `codes`: some of them send codes. `months` are how old an invoice may be.
    """

    months: int = 14
    items: tuple[str, ...] = ()
    by_code: bool = False
    some_by_code: bool = False
    codes: bool = False


def first_time(companies: Collection[EvidenceCompany]) -> FirstTime:
    """What these ask for together."""
    invoices = [each for each in companies if each.takes_invoices]
    return FirstTime(
        min(each.months for each in invoices or companies),
        _items(invoices),
        by_code=not invoices,
        some_by_code=0 < len(invoices) < len(companies),
        codes=any(each.sends_codes for each in companies),
    )


def _items(companies: Iterable[EvidenceCompany]) -> tuple[str, ...]:
    return tuple(sorted({each.second_item for each in companies if each.begins_with_more}))
