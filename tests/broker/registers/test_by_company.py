"""One register of all companies: each question goes to its company's, and to no other."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from broker.registers.by_company import RegisterByCompany
from linking.model import Customer, CustomerId


@dataclass
class Noted:
    """A register that answers with its own name, and keeps what it was asked."""

    name: str
    customers: int
    asked: list[tuple[Any, ...]] = field(default_factory=list)

    async def find_invoice(self, *asked: Any, asker: bytes = b"") -> Any:
        self.asked.append((*asked, asker))
        return self.name

    async def standing(self, *asked: Any, asker: bytes = b"") -> Any:
        self.asked.append((*asked, asker))
        return self.name

    async def standings(self, customers: Any) -> Any:
        self.asked.append(tuple(each.id for each in customers))
        return dict.fromkeys((each.id for each in customers), self.name)

    async def contact(self, *asked: Any, asker: bytes = b"") -> Any:
        self.asked.append((*asked, asker))
        return self.name

    async def with_second(self, *asked: Any) -> Any:
        self.asked.append((*asked, b""))
        return self.name

    async def size(self) -> int:
        self.asked.append(())
        return self.customers


@pytest.fixture
def billing() -> Noted:
    """The register of two sister companies."""
    return Noted("billing", 100)


@pytest.fixture
def imported() -> Noted:
    """The register of all others."""
    return Noted("imported", 10)


@pytest.fixture
def register(billing: Noted, imported: Noted) -> RegisterByCompany:
    """All of them."""
    return RegisterByCompany({"elnat": billing, "varme": billing}, imported)


@pytest.mark.parametrize(
    ("company", "name"), [("elnat", "billing"), ("varme", "billing"), ("elhandel", "imported"),
                          ("gone", "imported")],
)  # fmt: skip
async def test_each_question_goes_to_its_own(
    register: RegisterByCompany, billing: Noted, imported: Noted, company: str, name: str
) -> None:
    """With all that was asked, and on whose behalf; a company that is gone was imported."""
    answers: set[Any] = {
        await register.find_invoice(company, "1", "2", "3", asker=b"me"),
        await register.standing(company, "1", asker=b"me"),
        await register.contact(company, "1", asker=b"me"),
    }
    assert answers == {name}
    [asked, other] = (billing, imported) if name == "billing" else (imported, billing)
    assert asked.asked == [
        (company, "1", "2", "3", b"me"), (company, "1", b"me"), (company, "1", b"me"),
    ]  # fmt: skip
    assert other.asked == []


async def test_customers_of_several_companies_are_asked_about_in_one_question_each(
    register: RegisterByCompany, billing: Noted, imported: Noted
) -> None:
    """One for each register, not one for each company."""
    customers = [
        Customer(CustomerId(f"c{n}"), company, str(n))
        for n, company in enumerate(("elnat", "elhandel", "varme", "elnat"))
    ]
    found: dict[Any, Any] = dict(await register.standings(customers))
    assert found == {"c0": "billing", "c1": "imported", "c2": "billing", "c3": "billing"}
    assert billing.asked == [("c0", "c2", "c3")]
    assert imported.asked == [("c1",)]


async def test_all_customers_are_counted_once(register: RegisterByCompany, billing: Noted) -> None:
    """A register that two companies share has them all in its one figure."""
    assert await register.size() == 110
    assert billing.asked == [()]
