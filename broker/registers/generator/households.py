"""Invented households and businesses, and the customers that they are at each company.

Names are made up of common Swedish parts; addresses are in domains reserved for examples
(RFC 2606); phone numbers are of the range that the Swedish Post and Telecom Authority keeps free
for fiction.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from broker.registers.generator.companies import SisterCompany


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_GIVEN = _words(
    "Agneta Anders Astrid Bengt Birgit Carina Dragan Elif Elin Erik Fatima Gunilla Göran Hanna "
    "Hassan Ingrid Jonas Kerstin Lars Leila Maja Märta Nils Olga Per Rut Sigvard Siv Tuva Åke"
)
_FAMILY_HEAD = _words("Alm Berg Björk Ek Gran Lind Ljung Rönn Sjö Strand Sund Vik Åker Ö Äng")
_FAMILY_TAIL = _words("blad dahl fors gren hult kvist lund mark quist stedt ström vall")
_TRADES = _words("Bageri Blomster Cykel El Färg Glas Måleri Optik Rör Snickeri Trädgård Åkeri")
_DOMAINS = ("example.com", "example.net", "example.org")


@dataclass(frozen=True, slots=True)
class GeneratedCustomer:
    """A customer of one company. `left_on` and `evidence_from` are None for most."""

    number: int
    kind: str
    status: str
    protected: bool
    name: str
    email: str
    phone: str
    since: date
    left_on: date | None
    evidence_from: date | None
    facility: str


@dataclass(frozen=True, slots=True)
class _Household:
    kind: str
    name: str
    email: str
    phone: str
    protected: bool
    deceased: bool


def customers_of(
    company: SisterCompany, households: int, *, today: date, seed: int
) -> Iterator[GeneratedCustomer]:
    """Yield the company's customers in number order; the same household is the same everywhere."""
    chance = Random(f"{seed}/{company.id}")  # noqa: S311 - invented data, and it must repeat
    number = company.first_customer
    for place in range(households):
        household = _household(Random(f"{seed}/{place}"))  # noqa: S311 - as above
        if chance.random() >= company.share:
            continue
        number += 1 if chance.random() > _GONE else chance.randint(2, 9)
        yield _customer(household, number, place, chance, today)


# Shares of customers; together they are what a mid-sized utility's register looks like.
_GONE = 0.12
_ORGANISATIONS = 0.09
_DECEASED = 0.006
_PROTECTED = 0.003
_CLOSED = 0.06
_MOVED_IN = 0.05
_NO_EMAIL = 0.2


def _household(chance: Random) -> _Household:
    is_business = chance.random() < _ORGANISATIONS
    name = _business(chance) if is_business else _person(chance)
    mailbox = "".join(c for c in name.casefold().translate(_PLAIN) if c.isalnum())
    has_email = chance.random() >= _NO_EMAIL
    return _Household(
        kind=chance.choice(("organisation", "")) if is_business else "private",
        name=name,
        email=f"{mailbox}@{chance.choice(_DOMAINS)}" if has_email else "",
        phone=f"070-17406{chance.randint(5, 99):02d}",
        protected=not is_business and chance.random() < _PROTECTED,
        deceased=not is_business and chance.random() < _DECEASED,
    )


_PLAIN = str.maketrans("åäö", "aao")


def _person(chance: Random) -> str:
    family = chance.choice(_FAMILY_HEAD) + chance.choice(_FAMILY_TAIL)
    return f"{chance.choice(_GIVEN)} {family}"


def _business(chance: Random) -> str:
    family = chance.choice(_FAMILY_HEAD) + chance.choice(_FAMILY_TAIL)
    return f"{family}s {chance.choice(_TRADES)} AB"


def _customer(
    household: _Household, number: int, place: int, chance: Random, today: date
) -> GeneratedCustomer:
    is_closed = chance.random() < _CLOSED
    has_moved_in = not is_closed and chance.random() < _MOVED_IN
    moved = today - timedelta(days=chance.randint(10, 420))
    return GeneratedCustomer(
        number=number,
        kind=household.kind,
        status="deceased" if household.deceased else "closed" if is_closed else "active",
        protected=household.protected,
        name=household.name,
        email=household.email,
        phone=household.phone,
        since=today - timedelta(days=chance.randint(430, 9000)),
        left_on=moved if is_closed else None,
        evidence_from=moved if has_moved_in else None,
        facility=_facility(place),
    )


def _facility(place: int) -> str:
    """A metering point id: 735999, an invented grid company, running number, GS1 check digit."""
    body = f"735999000{place:08d}"
    weighted = sum(int(d) * (3, 1)[i % 2] for i, d in enumerate(reversed(body)))
    return f"{body}{-weighted % 10}"
