"""What can be done for a customer, and who may do it.

The words are those of access tokens (`resource:action`); they are listed here once. Adding a word
never widens a delegation that exists: delegations list theirs.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from linking.model import Proof, Relation


class Sensitivity(StrEnum):
    """How much harm an action can do in the wrong hands."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    VERY_HIGH = "very_high"


ACTIONS: Mapping[str, Sensitivity] = MappingProxyType(
    {
        "facilities:read": Sensitivity.MEDIUM,
        "consumption:read": Sensitivity.MEDIUM,
        "consumption.interval:read": Sensitivity.HIGH,  # shows when somebody is at home
        "production:read": Sensitivity.MEDIUM,
        "invoices:read": Sensitivity.MEDIUM,
        "payments:read": Sensitivity.HIGH,
        "contact:read": Sensitivity.MEDIUM,
        "contact:write": Sensitivity.VERY_HIGH,  # turns all notices away from the customer
        "billing:write": Sensitivity.HIGH,
        "meter_readings:write": Sensitivity.LOW,
        "outages:read": Sensitivity.LOW,
        "notifications:write": Sensitivity.LOW,
        "contracts:read": Sensitivity.MEDIUM,
        "contracts:sign": Sensitivity.VERY_HIGH,
        "contracts:terminate": Sensitivity.VERY_HIGH,
        "cases:read": Sensitivity.MEDIUM,
        "cases:write": Sensitivity.MEDIUM,
        "phone:discuss": Sensitivity.MEDIUM,
        "data:export": Sensitivity.VERY_HIGH,
        "delegations:manage": Sensitivity.VERY_HIGH,
        "logins:manage": Sensitivity.VERY_HIGH,
    }
)

VIEW = ("facilities:read", "consumption:read", "invoices:read", "outages:read")
PAY = ("invoices:read",)
ENERGY = ("facilities:read", "consumption:read", "consumption.interval:read")
MANAGE = (
    *VIEW,
    "consumption.interval:read",
    "contact:read",
    "billing:write",
    "meter_readings:write",
    "notifications:write",
    "cases:read",
    "cases:write",
    "phone:discuss",
)
REPRESENT = (*MANAGE, "contact:write", "contracts:read", "contracts:sign", "contracts:terminate")

PRESETS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"view": VIEW, "pay": PAY, "energy": ENERGY, "manage": MANAGE, "represent": REPRESENT}
)
"""What people choose between when they let somebody act for them."""

NEVER_DELEGATED = frozenset({"data:export", "delegations:manage", "logins:manage"})
"""Stay with the customer: the full copy, and saying who else may come in."""

_BEYOND_AN_INVOICE = frozenset(
    {"contact:write", "contracts:read", "contracts:sign", "contracts:terminate"}
)


def given_by_link(relation: Relation, proof: Proof) -> tuple[str, ...]:
    """What a link gives, in the order of the list; whoever holds a paper invoice can get this."""
    match relation, proof:
        case Relation.HOLDER, Proof.INVOICE:
            return tuple(word for word in ACTIONS if word not in _BEYOND_AN_INVOICE)
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
        case Proof.INVOICE:
            return frozenset(VIEW)
