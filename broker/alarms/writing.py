"""A token lets somebody change things for a customer whom an invoice has connected only lately.

Most who do so are new customers. It is told once for each connection, to be looked up when
something else gives cause; nobody is kept from anything.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from broker.alarms.raising import Alarms
from broker.telemetry.alarms import VerifiedThenWrite
from linking import Entry
from linking.model import Proof
from linking.scopes import reading

YOUNG: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Minted:
    """What a client got: for whom, asked for, and in whose login."""

    person: str
    client_id: str
    companies: Collection[str]
    scopes: tuple[str, ...]
    login_id: str


@dataclass(frozen=True, slots=True)
class YoungLinks:
    """Looks at tokens as they are made."""

    alarms: Alarms

    async def minted(self, minted: Minted, entries: Iterable[Entry], *, now: datetime) -> None:
        """Tell of each young connection that this token lets change something."""
        for entry in young_and_writing(minted, entries, now=now):
            event = VerifiedThenWrite(entry.customer.id, minted.client_id, minted.login_id)
            # With the time, so that who is connected anew is told anew.
            cause = f"{minted.person} {entry.customer.id} {entry.linked_at}"
            await self.alarms.raise_once(event, cause, within=YOUNG)


def young_and_writing(
    minted: Minted, entries: Iterable[Entry], *, now: datetime
) -> Iterator[Entry]:
    """Links younger than fourteen days, by an invoice, with more than looking in the token."""
    for entry in entries:
        given = set(minted.scopes).intersection(entry.actions)
        if (
            entry.customer.company in minted.companies
            and entry.proof is Proof.INVOICE
            and entry.linked_at is not None
            and now - entry.linked_at < YOUNG
            and given.difference(reading(given))
        ):
            yield entry
