"""What a try is counted under: keyed hashes of every number that it makes us look up.

By what is looked up and not by what was typed: however a number is written, and in whichever field,
it is one number. O and 0, I, L and 1 count as one, since some company of the form may read them so.
What cannot be anybody's number counts against who typed it and in the whole, but under no number:
a common mistake must not become everybody's.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from linking.company import NOBODYS, Company
from linking.ports import Tags
from linking.typed.mistakes import (
    TypedNumbers,
    is_facility_id,
    is_organisation_number,
    is_personal_identity_number,
)
from linking.typed.numbers import clean, fold

_A_PERSON = "a personal identity number"
"""Counted under in place of any of them. Nothing that is read has spaces."""


def possible_pairs(typed: TypedNumbers, company: Company) -> Sequence[tuple[str, str]]:
    """The pairs of customer number and evidence that the two fields can mean at a company.

    As typed first. If that cannot be right by its shape, and the two fields swapped can, then
    swapped too: still one try, and no second guess, since the first had no chance.
    """
    return [*_pairs(typed.customer, typed.invoice, company), *_swapped(typed, company)]


def tags_of(
    typed: TypedNumbers,
    companies: Sequence[Company],
    *,
    network: bytes,
    tag: Callable[[str], bytes],
) -> Tags:
    """What a try is counted under. The reading that has a chance stands first.

    The page says that a personal identity number was discarded, so not even its hash is kept.
    """
    swapped = [
        (company, typed.invoice, pair) for company in companies for pair in _swapped(typed, company)
    ]
    straight = [
        (company, typed.customer, pair)
        for company in companies
        for pair in _pairs(typed.customer, typed.invoice, company)
    ]
    readings = swapped + straight
    customers = _distinct(_counted(raw, number, its) for its, raw, (number, _) in readings)
    evidence = _distinct(_evidence(value, its) for its, _, (_, value) in readings)
    customer, *others = map(tag, customers or [""])
    return Tags(
        customer if customers else b"",
        tuple(tag(f"invoice {value}") for value in evidence),
        network,
        tuple(others),
    )


def _swapped(typed: TypedNumbers, company: Company) -> Iterator[tuple[str, str]]:
    if _fits(typed.invoice, typed.customer, company) and not _fits(
        typed.customer, typed.invoice, company
    ):
        yield from _pairs(typed.invoice, typed.customer, company)


def _pairs(customer: str, invoice: str, company: Company) -> Iterator[tuple[str, str]]:
    number = company.read_customer_number(customer)
    return ((number, evidence) for evidence in company.evidence_in(invoice))


def _fits(customer: str, invoice: str, company: Company) -> bool:
    return company.customer_numbers.fits(company.read_customer_number(customer)) and any(
        company.invoice_numbers.fits(evidence) for evidence in company.evidence_in(invoice)
    )


def _counted(raw: str, number: str, company: Company) -> str:
    """Empty for what is no customer number at all."""
    if number == NOBODYS:
        return ""
    is_person = is_personal_identity_number(clean(raw, digits_only=True))
    if company.customer_numbers.fits(number):
        return _A_PERSON if is_person else _folded(number)
    is_other = is_person or is_organisation_number(number) or is_facility_id(number)
    return "" if is_other else _folded(number)


def _evidence(value: str, company: Company) -> str:
    """Empty for what is no evidence: unreadable, or the company's own account."""
    accounts = {clean(account, digits_only=True) for account in company.payment_accounts}
    return "" if value == NOBODYS or value in accounts else _folded(value)


def _folded(number: str) -> str:
    return fold(number).lstrip("0") or "0"


def _distinct(values: Iterable[str]) -> list[str]:
    return [value for value in dict.fromkeys(values) if value]
