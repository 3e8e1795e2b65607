"""What can be done for a customer, and who may do it.

The words are those of access tokens (`resource:action`); they are listed here once. Adding a word
never widens a delegation that exists: delegations list theirs.
"""

from collections.abc import Iterable

from linking.model import Proof, Relation

ACTIONS = (
    "facilities:read",
    "consumption:read",
    "consumption.interval:read",  # shows when somebody is at home
    "production:read",
    "invoices:read",
    "payments:read",
    "contact:read",
    "contact:write",  # turns all notices away from the customer
    "billing:write",
    "meter_readings:write",
    "outages:read",
    "notifications:write",
    "contracts:read",
    "contracts:sign",
    "contracts:terminate",
    "cases:read",
    "cases:write",
    "phone:discuss",
    "data:export",
    "delegations:manage",
    "logins:manage",
)

VIEW = ("facilities:read", "consumption:read", "invoices:read", "outages:read")
"""Looking at invoices and consumption: what helping with an invoice gives."""

NEVER_DELEGATED = frozenset({"data:export", "delegations:manage", "logins:manage"})
"""Stay with the customer: the full copy, and saying who else may come in."""

_BEYOND_AN_INVOICE = frozenset(
    {"contact:write", "contracts:read", "contracts:sign", "contracts:terminate"}
)


def given_by_link(relation: Relation, proof: Proof) -> tuple[str, ...]:
    """What a link gives, in the order of the list.

    Whoever holds a paper invoice can get what an invoice proves; a code was sent to the customer.
    """
    match relation, proof:
        case ((Relation.HOLDER | Relation.REPRESENTATIVE), Proof.INVOICE):
            return tuple(word for word in ACTIONS if word not in _BEYOND_AN_INVOICE)
        case ((Relation.HOLDER | Relation.REPRESENTATIVE), Proof.CODE):
            return ACTIONS
        case _:
            return ()


def given_by_delegation(basis: Proof, listed: Iterable[str]) -> tuple[str, ...]:
    """What a delegation gives: what it lists, within what its basis can ever give."""
    allowed = (_most_by_delegation(basis) - NEVER_DELEGATED).intersection(listed)
    return tuple(word for word in ACTIONS if word in allowed)


def reading(actions: Iterable[str]) -> tuple[str, ...]:
    """Only what looks and changes nothing."""
    return tuple(word for word in actions if word.endswith(":read"))


def _most_by_delegation(basis: Proof) -> frozenset[str]:
    match basis:
        case Proof.INVOICE | Proof.CODE:
            return frozenset(VIEW)
