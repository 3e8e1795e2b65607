from datetime import UTC, date, datetime

from broker.tokens.customers import authorization_details
from linking.entries import Entry
from linking.model import Customer, CustomerId, DelegationId, Granularity, Proof, Relation

THEN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _entry(company: str = "elnat", **changes: object) -> Entry:
    members: dict[str, object] = {
        "customer": Customer(CustomerId(f"c_{company}"), company, "100245"),
        "relation": Relation.HOLDER,
        "actions": ("invoices:read", "consumption:read", "contracts:write"),
        "proof": Proof.INVOICE,
        "linked_at": THEN,
    }
    return Entry(**members | changes)  # type: ignore[arg-type]


def _details(*entries: Entry, **changes: object) -> list[dict[str, object]]:
    options: dict[str, object] = {
        "companies": ("elnat",),
        "asked": ("openid", "invoices:read"),
        "shows_number": True,
    }
    return authorization_details(entries, **options | changes)  # type: ignore[arg-type]


def test_actions_are_what_was_asked_for_and_given() -> None:
    """In the order of the request; identity scopes are no actions."""
    [detail] = _details(_entry(), asked=("consumption:read", "openid", "unheard", "invoices:read"))
    assert detail["actions"] == ["consumption:read", "invoices:read"]


def test_other_companies_are_left_out() -> None:
    """Whatever the person has there."""
    assert [d["company"] for d in _details(_entry("varme"), _entry())] == ["elnat"]
    assert _details(_entry(), companies=()) == []


def test_the_customer_number_is_there_where_the_resource_needs_it() -> None:
    """Otherwise the opaque name alone."""
    [shown], [hidden] = _details(_entry()), _details(_entry(), shows_number=False)
    assert shown["customer_number"] == "100245"
    assert "100245" not in str(hidden)
    assert hidden["customer"] == "c_elnat"


def test_a_delegation_tells_its_limits() -> None:
    """Until when, for what, how fine, since when; a link tells when it was made."""
    [detail] = _details(
        _entry(
            relation=Relation.DELEGATE,
            linked_at=None,
            delegation=DelegationId("d_1"),
            expires_at=THEN,
            facilities=("f1",),
            granularity=Granularity.MONTH,
            history_from=date(2025, 1, 1),
        )
    )
    assert detail == {
        "type": "customer_account",
        "customer": "c_elnat",
        "customer_number": "100245",
        "company": "elnat",
        "relation": "delegate",
        "actions": ["invoices:read"],
        "proof": "invoice",
        "delegation": "d_1",
        "expires_at": int(THEN.timestamp()),
        "facilities": ["f1"],
        "granularity": "month",
        "history_from": "2025-01-01",
    }
