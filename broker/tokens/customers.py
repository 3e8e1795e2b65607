"""Customers as tokens tell about them: `authorization_details` of one shape (RFC 9396 section 2).

The published JSON Schema is `docs/reference/customer_account.schema.json`; it only ever grows.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from linking.entries import Entry

DETAILS_TYPE = "customer_account"


def authorization_details(
    entries: Iterable[Entry],
    *,
    companies: Sequence[str],
    asked: Sequence[str],
    shows_number: bool,
) -> list[dict[str, Any]]:
    """The entries of these companies; `actions` = asked for and given by the entry."""
    return [
        _detail(entry, asked, shows_number=shows_number)
        for entry in entries
        if entry.customer.company in companies
    ]


def _detail(entry: Entry, asked: Sequence[str], *, shows_number: bool) -> dict[str, Any]:
    customer = entry.customer
    detail: dict[str, Any] = {"type": DETAILS_TYPE, "customer": customer.id}
    if shows_number:
        detail["customer_number"] = customer.number
    detail |= {
        "company": customer.company,
        "relation": entry.relation.value,
        "actions": [action for action in asked if action in entry.actions],
        "proof": entry.proof.value,
    }
    return detail | _limits(entry)


def _limits(entry: Entry) -> dict[str, Any]:
    """Since when for a link; within which limits for a delegation."""
    limits: dict[str, Any] = {}
    if entry.linked_at is not None:
        limits["linked_at"] = int(entry.linked_at.timestamp())
    if entry.delegation is not None:
        limits["delegation"] = entry.delegation
    if entry.expires_at is not None:
        limits["expires_at"] = int(entry.expires_at.timestamp())
    if entry.facilities is not None:
        limits["facilities"] = list(entry.facilities)
    if entry.granularity is not None:
        limits["granularity"] = entry.granularity.value
    if entry.history_from is not None:
        limits["history_from"] = entry.history_from.isoformat()
    return limits
