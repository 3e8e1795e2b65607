"""What may be done for a customer, by whom."""

import pytest

from linking.model import Proof, Relation
from linking.scopes import (
    ACTIONS,
    NEVER_DELEGATED,
    VIEW,
    given_by_delegation,
    given_by_link,
    reading,
)


def test_an_invoice_gives_the_holder_no_contracts_and_no_contact_change() -> None:
    """Whoever found the paper could turn the notices away, or sign: that needs stronger proof."""
    given = set(given_by_link(Relation.HOLDER, Proof.INVOICE))
    assert set(ACTIONS) - given == {
        "contact:write",
        "contracts:read",
        "contracts:sign",
        "contracts:terminate",
    }


@pytest.mark.parametrize("relation", [Relation.HOLDER, Relation.REPRESENTATIVE])
def test_a_code_gives_everything(relation: Relation) -> None:
    """It was sent to the customer's own contact."""
    assert given_by_link(relation, Proof.CODE) == ACTIONS


@pytest.mark.parametrize("relation", [Relation.DELEGATE, Relation.ESTATE, Relation.STAFF])
@pytest.mark.parametrize("proof", list(Proof))
def test_a_link_of_another_kind_gives_nothing_yet(relation: Relation, proof: Proof) -> None:
    """What nobody has decided is not given."""
    assert given_by_link(relation, proof) == ()


def test_a_helper_may_look_and_no_more() -> None:
    """Whatever its row lists, an invoice or a code gives the view preset at most."""
    for basis in (Proof.INVOICE, Proof.CODE):
        assert set(given_by_delegation(basis, ACTIONS)) == set(VIEW)
    assert given_by_delegation(Proof.INVOICE, ["invoices:read", "logins:manage", "x:y"]) == (
        "invoices:read",
    )
    assert given_by_delegation(Proof.INVOICE, []) == ()


def test_looking_is_in_the_list_and_may_be_delegated() -> None:
    """No word of it is unknown, and none stays with the customer alone."""
    assert set(VIEW) <= set(ACTIONS) - NEVER_DELEGATED
    assert len(set(ACTIONS)) == len(ACTIONS)


def test_reading_changes_nothing() -> None:
    """Only words that end in read remain, in their order."""
    assert reading(
        ["data:export", "cases:unread", "invoices:read", "phone:discuss", "contact:write"]
    ) == ("invoices:read",)
