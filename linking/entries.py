"""For whom a person may act now, derived from what is stored and what the register says today.

Nothing is written when a customer moves out, dies, gets a protected identity, or has their number
pass to somebody else: that is read from the register each time, so it holds from the moment the
register knows, and ends by itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from linking.company import Company
from linking.days import months_from, swedish_day
from linking.evidence import was_before_handover
from linking.model import (
    Customer,
    CustomerId,
    CustomerStatus,
    Delegation,
    DelegationId,
    Granularity,
    Link,
    Proof,
    Relation,
    Standing,
)
from linking.scopes import VIEW, given_by_delegation, given_by_link, reading

NEW_FOR = timedelta(hours=72)
"""How long a link that was proved by an invoice may only look."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One customer that a person may act for, and what they may do.

    `linked_at` is set for a link; `delegation`, `expires_at` and the limits, for a delegation.
    """

    customer: Customer
    relation: Relation
    actions: tuple[str, ...]
    proof: Proof
    linked_at: datetime | None = None
    delegation: DelegationId | None = None
    expires_at: datetime | None = None
    facilities: tuple[str, ...] | None = None
    granularity: Granularity | None = None
    history_from: date | None = None


def entries(
    links: Iterable[Link],
    delegations: Iterable[Delegation],
    standings: Mapping[CustomerId, Standing | None],
    companies: Mapping[str, Company],
    *,
    now: datetime,
) -> tuple[Entry, ...]:
    """A person's own customers first, then those whom they help; each customer once.

    `standings` is what the register says of each customer, None if it does not know them: that
    alone never ends anything, so a register goes on answering for whom it has once restricted.
    A customer for whom nothing is left to do has no entry; what was given before their number
    passed to them gives nothing.
    """

    def holds(customer: Customer, since: datetime) -> bool:
        standing = standings[customer.id]
        return standing is None or not was_before_handover(since, standing.evidence_from, now=now)

    found: dict[CustomerId, Entry] = {}
    of_links = (
        _of_link(link, now)
        for link in sorted(links, key=lambda link: link.linked_at)
        if holds(link.customer, link.linked_at)
    )
    of_delegations = (
        _of_delegation(delegation)
        for delegation in sorted(delegations, key=lambda delegation: delegation.started_at)
        if delegation.expires_at > now and holds(delegation.customer, delegation.started_at)
    )
    for entry in (*of_links, *of_delegations):
        found.setdefault(entry.customer.id, entry)
    limited = (
        _within(entry, standings[entry.customer.id], companies[entry.customer.company], now)
        for entry in found.values()
    )
    return tuple(entry for entry in limited if entry.actions)


def actions_left(
    actions: tuple[str, ...], standing: Standing | None, company: Company, *, now: datetime
) -> tuple[str, ...]:
    """What a customer's standing leaves of the actions that were given."""
    if standing is None:
        return actions
    if standing.protected:
        return ()
    match standing.status:
        case CustomerStatus.ACTIVE:
            return actions
        case CustomerStatus.DECEASED:
            return ()
        case CustomerStatus.CLOSED:
            last = months_from(standing.status_since, company.closed_reading_months)
            return reading(actions) if swedish_day(now) <= last else ()


def _within(entry: Entry, standing: Standing | None, company: Company, now: datetime) -> Entry:
    return replace(entry, actions=actions_left(entry.actions, standing, company, now=now))


def _of_link(link: Link, now: datetime) -> Entry:
    """A new link may only look, until the customer has had the time to say that it is not theirs.

    Not one by a code: that was sent to the customer.
    """
    actions = given_by_link(link.relation, link.proof)
    if link.proof is not Proof.CODE and now < link.linked_at + NEW_FOR:
        actions = tuple(word for word in actions if word in VIEW)
    return Entry(
        customer=link.customer,
        relation=link.relation,
        actions=actions,
        proof=link.proof,
        linked_at=link.linked_at,
    )


def _of_delegation(delegation: Delegation) -> Entry:
    return Entry(
        customer=delegation.customer,
        relation=Relation.DELEGATE,
        actions=given_by_delegation(delegation.basis, delegation.actions),
        proof=delegation.basis,
        delegation=delegation.id,
        expires_at=delegation.expires_at,
        facilities=delegation.facilities,
        granularity=delegation.granularity,
        history_from=delegation.history_from,
    )
