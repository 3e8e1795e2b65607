"""What may be done for a customer, by whom."""

import pytest

from linking.model import Proof, Relation
from linking.scopes import (
    ACTIONS,
    MANAGE,
    NEVER_DELEGATED,
    PRESETS,
    REPRESENT,
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


@pytest.mark.parametrize("relation", [r for r in Relation if r is not Relation.HOLDER])
def test_a_link_of_another_kind_gives_nothing_yet(relation: Relation) -> None:
    """What nobody has decided is not given."""
    assert given_by_link(relation, Proof.INVOICE) == ()


def test_a_helper_with_an_invoice_may_look_and_no_more() -> None:
    """Whatever its row lists, this basis gives the view preset at most."""
    assert set(given_by_delegation(Proof.INVOICE, ACTIONS)) == set(VIEW)
    assert given_by_delegation(Proof.INVOICE, ["invoices:read", "logins:manage", "x:y"]) == (
        "invoices:read",
    )
    assert given_by_delegation(Proof.INVOICE, []) == ()


def test_no_preset_holds_what_is_never_delegated() -> None:
    """Nor a word that is not in the list."""
    for words in PRESETS.values():
        assert not NEVER_DELEGATED & set(words)
        assert set(words) <= set(ACTIONS)
        assert len(set(words)) == len(words)


def test_presets_grow() -> None:
    """Looking is part of managing, managing of representing."""
    assert set(VIEW) < set(MANAGE) < set(REPRESENT)


def test_reading_changes_nothing() -> None:
    """Only words that end in read remain, in their order."""
    assert reading(
        ["data:export", "cases:unread", "invoices:read", "phone:discuss", "contact:write"]
    ) == ("invoices:read",)
