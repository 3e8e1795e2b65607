"""A form that was sent twice: whom has this person proved a moment ago?

A double click or a second tab must not make a failure of a success. Nothing here judges evidence.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from linking.model import Customer, PersonId, Proof
from linking.ports import DelegationStore, LinkStore

JUST: Final = timedelta(minutes=10)
"""So long is a form that comes again taken for the same one."""


async def proved_as_holder(
    links: LinkStore, person: PersonId, *, now: datetime
) -> Mapping[tuple[str, str], Customer]:
    """By company and number: the person's customers by a code, or since a moment ago."""
    return {
        (link.customer.company, link.customer.number): link.customer
        for link in await links.of_person(person)
        if _counts(link.proof, link.linked_at, now=now)
    }


async def proved_as_helper(
    delegations: DelegationStore, person: PersonId, *, now: datetime
) -> Mapping[tuple[str, str], Customer]:
    """The same of those whom the person helps."""
    return {
        (help_.customer.company, help_.customer.number): help_.customer
        for help_ in await delegations.of_delegate(person, now=now)
        if _counts(help_.basis, help_.started_at, now=now)
    }


def _counts(proof: Proof, since: datetime, *, now: datetime) -> bool:
    """A connection may be older than the code that has just strengthened it."""
    return proof is Proof.CODE or (proof is Proof.INVOICE and since > now - JUST)
