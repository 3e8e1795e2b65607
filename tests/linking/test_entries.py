"""For whom a person may act now: links, delegations, and what the register says today."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from linking import Entry, Relation
from linking.entries import entries
from linking.model import (
    Customer,
    CustomerId,
    CustomerKind,
    CustomerStatus,
    Delegation,
    DelegationId,
    Granularity,
    Link,
    LinkId,
    PersonId,
    Proof,
    Standing,
)
from linking.scopes import ACTIONS, VIEW, given_by_link
from tests.linking.fakes import ACTIVE, ASTRID, ELNAT, NOW

OWN = Customer(CustomerId("c_1"), "elnat", "100423")
HELPED = Customer(CustomerId("c_2"), "elnat", "100977")
HOLDS = given_by_link(Relation.HOLDER, Proof.INVOICE)
LONG_AGO = NOW - timedelta(days=30)
LINK = Link(
    LinkId("l_1"), PersonId("p_1"), OWN, Relation.HOLDER, Proof.INVOICE, ASTRID, linked_at=LONG_AGO
)
HELP = Delegation(
    id=DelegationId("d_1"),
    delegate=PersonId("p_1"),
    customer=HELPED,
    basis=Proof.INVOICE,
    actions=VIEW,
    started_at=NOW,
    expires_at=NOW + timedelta(days=365),
    facilities=("f_1",),
    granularity=Granularity.MONTH,
    history_from=date(2025, 1, 1),
)


def of(
    links: Sequence[Link] = (),
    delegations: Sequence[Delegation] = (),
    *,
    standing: Standing | None = ACTIVE,
    now: datetime = NOW,
) -> tuple[Entry, ...]:
    """The entries when every customer has this standing."""
    customers = [held.customer.id for held in (*links, *delegations)]
    return entries(
        links, delegations, dict.fromkeys(customers, standing), {"elnat": ELNAT}, now=now
    )


def test_a_link_makes_a_holder() -> None:
    """With the proof, the time, and what that proof gives."""
    assert of([LINK]) == (Entry(OWN, Relation.HOLDER, HOLDS, Proof.INVOICE, linked_at=LONG_AGO),)


@pytest.mark.parametrize(
    ("proof", "hours", "actions"),
    [
        (Proof.INVOICE, 0, VIEW),
        (Proof.INVOICE, 71, VIEW),
        (Proof.INVOICE, 72, HOLDS),
        (Proof.CODE, 0, ACTIONS),
    ],
)
def test_a_new_link_may_only_look_for_three_days(
    proof: Proof, hours: int, actions: tuple[str, ...]
) -> None:
    """Until the customer has had the time to say that it is not theirs; a code went to them."""
    link = replace(LINK, proof=proof, linked_at=NOW - timedelta(hours=hours))
    assert [entry.actions for entry in of([link])] == [actions]


@pytest.mark.parametrize(
    ("evidence_from", "gives"),
    [
        (LONG_AGO.date() + timedelta(days=1), False),
        (NOW.date(), False),
        (LONG_AGO.date(), True),
        (date(2020, 1, 1), True),
        (NOW.date() + timedelta(days=1), True),
        (None, True),
    ],
)
def test_what_was_given_before_a_number_passed_on_gives_nothing(
    evidence_from: date | None, *, gives: bool
) -> None:
    """From that day; not for a day still to come, and whoever came after it loses nothing."""
    standing = replace(ACTIVE, evidence_from=evidence_from)
    helped = replace(HELP, started_at=LONG_AGO)
    assert bool(of([LINK], standing=standing)) is gives
    assert bool(of(delegations=[helped], standing=standing)) is gives


def test_the_day_that_a_number_passes_on_is_swedish() -> None:
    """Half past eleven in the evening, UTC, is the next day in Stockholm."""
    late = replace(LINK, linked_at=datetime(2026, 2, 1, 23, 30, tzinfo=UTC))
    assert of([late], standing=replace(ACTIVE, evidence_from=date(2026, 2, 2)))


def test_help_that_was_given_since_is_not_hidden_by_an_old_link() -> None:
    """Who moved out may help who lives there now."""
    standing = replace(ACTIVE, evidence_from=NOW.date())
    [entry] = of([LINK], [replace(HELP, customer=OWN)], standing=standing)
    assert entry.relation is Relation.DELEGATE


def test_a_delegation_makes_a_delegate() -> None:
    """With its end and its limits."""
    assert of(delegations=[HELP]) == (
        Entry(
            HELPED,
            Relation.DELEGATE,
            tuple(word for word in HOLDS if word in VIEW),
            Proof.INVOICE,
            delegation=HELP.id,
            expires_at=HELP.expires_at,
            facilities=("f_1",),
            granularity=Granularity.MONTH,
            history_from=date(2025, 1, 1),
        ),
    )


def test_ones_own_customers_come_first() -> None:
    """Nobody lands in somebody else's affairs by default; older links before newer ones."""
    newer = replace(LINK, customer=replace(OWN, id=CustomerId("c_3")), linked_at=NOW)
    older = replace(LINK, linked_at=NOW - timedelta(days=1))
    earlier_help = replace(HELP, started_at=NOW - timedelta(days=9))
    found = of([newer, older], [earlier_help])
    assert [entry.customer.id for entry in found] == ["c_1", "c_3", "c_2"]


def test_a_customer_has_one_entry() -> None:
    """Who is the customer does not also help the customer."""
    (entry,) = of([LINK], [replace(HELP, customer=OWN)])
    assert entry.relation is Relation.HOLDER


def test_a_delegation_ends_by_itself() -> None:
    """At the moment that it says."""
    assert of(delegations=[HELP], now=HELP.expires_at - timedelta(seconds=1))
    assert of(delegations=[HELP], now=HELP.expires_at) == ()


@pytest.mark.parametrize(
    "standing",
    [replace(ACTIVE, status=CustomerStatus.DECEASED), replace(ACTIVE, protected=True)],
)
def test_death_and_protection_suspend_everything(standing: Standing) -> None:
    """For holders and helpers alike, from the moment that the register says so."""
    assert of([LINK], [HELP], standing=standing) == ()


def test_protection_suspends_a_closed_customer_too() -> None:
    """The stricter rule wins."""
    standing = replace(ACTIVE, status=CustomerStatus.CLOSED, protected=True)
    assert of([LINK], standing=standing) == ()


def test_who_moved_out_can_read_for_eighteen_months() -> None:
    """Read only, until the same day eighteen months later, and then no more."""
    moved = replace(ACTIVE, status=CustomerStatus.CLOSED, status_since=date(2024, 9, 10))
    (entry,) = of([LINK], standing=moved)
    assert entry.actions == tuple(word for word in HOLDS if word.endswith(":read"))
    assert of([LINK], standing=moved, now=NOW + timedelta(days=1)) == ()


def test_a_customer_missing_in_the_register_stays_linked() -> None:
    """A row that is missing in an export never ends a link."""
    assert of([LINK], standing=None) == of([LINK])


def test_a_change_of_class_leaves_the_link() -> None:
    """Somebody who became a firm in the register does not lose what was proved."""
    assert of([LINK], standing=replace(ACTIVE, kind=CustomerKind.ORGANISATION)) == of([LINK])


def test_a_delegation_without_any_action_is_no_entry() -> None:
    """There would be nothing to do."""
    assert of(delegations=[replace(HELP, actions=())]) == ()
