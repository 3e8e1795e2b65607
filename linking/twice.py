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
    links: LinkStore, person: PersonId, *, by_code: bool, now: datetime
) -> Mapping[tuple[str, str], Customer]:
    """By company and number: the person's customers by a code, or else since a moment ago."""
    return {
        (link.customer.company, link.customer.number): link.customer
        for link in await links.of_person(person)
        if _counts(link.proof, link.linked_at, by_code=by_code, now=now)
    }


async def proved_as_helper(
    delegations: DelegationStore, person: PersonId, *, by_code: bool, now: datetime
) -> Mapping[tuple[str, str], Customer]:
    """The same of those whom the person helps."""
    return {
        (help_.customer.company, help_.customer.number): help_.customer
        for help_ in await delegations.of_delegate(person, now=now)
        if _counts(help_.basis, help_.started_at, by_code=by_code, now=now)
    }


def _counts(proof: Proof, since: datetime, *, by_code: bool, now: datetime) -> bool:
    """A connection may be older than the code that has just strengthened it.

    A code that comes again has shown nothing of whom an invoice connected.
    """
    is_by_invoice_now = proof is Proof.INVOICE and since > now - JUST and not by_code
    return proof is Proof.CODE or is_by_invoice_now
