"""To whom a code is sent, when, and how often. Plain rules.

A code belongs to the customer and not to who asked for it: however often it is asked for, and by
whomever, the same one is sent again, so that nobody can use up another's. It goes to the contact on
file only, and never to one that is younger than two weeks: whoever has just changed the contact may
have done so for the code.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from linking.days import swedish_day
from linking.handover import is_from_before
from linking.ladder import Ladder, Way
from linking.model import Contact, CustomerKind, CustomerStatus, Standing

OLD_ENOUGH = timedelta(days=14)

_NOBODY = Standing(CustomerKind.PRIVATE, CustomerStatus.ACTIVE, date.min, protected=True)
_NOWHERE = Contact()
"""Judged in place of what is not there."""


class Medium(StrEnum):
    """What somebody asks for: a message now, or a letter in some days."""

    MESSAGE = "message"
    LETTER = "letter"


@dataclass(frozen=True, slots=True)
class Terms:
    """`life` is how long a code holds; no more than `times` leave within `within`."""

    life: timedelta
    times: int
    within: timedelta


TERMS: Mapping[Medium, Terms] = MappingProxyType(
    {
        Medium.MESSAGE: Terms(timedelta(hours=24), times=3, within=timedelta(hours=24)),
        Medium.LETTER: Terms(timedelta(days=30), times=1, within=timedelta(days=7)),
    }
)


class Withheld(StrEnum):
    """Why no code is sent, in classes: for operators, never for whoever asked.

    `nobody` is no customer, one who is not active, or one who is protected; `not_offered`: the
    company does not send so; `others_contact`: the number has passed on, and the contact may still
    be of whoever had it before; `often`: it was sent as many times as it may be.
    """

    NOBODY = "nobody"
    NOT_OFFERED = "not_offered"
    NO_CONTACT = "no_contact"
    NEW_CONTACT = "new_contact"
    OTHERS_CONTACT = "others_contact"
    OFTEN = "often"


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where a code goes: a contact with nothing in it that must not be used."""

    contact: Contact
    medium: Medium


def receiver_of(
    standing: Standing | None,
    contact: Contact | None,
    ladder: Ladder,
    medium: Medium,
    *,
    now: datetime,
) -> Receiver | Withheld:
    """Where a code of this customer can go; or that it goes nowhere, which nobody is told."""
    if standing is None or standing.protected or standing.status is not CustomerStatus.ACTIVE:
        return Withheld.NOBODY
    if medium not in media_of([ladder]):
        return Withheld.NOT_OFFERED
    known = contact or Contact()
    if medium is Medium.LETTER:  # goes to the address that the company has, not to this contact
        return Receiver(replace(known, email="", phone=""), medium)
    if not is_old_enough(known.changed_on, swedish_day(now)):
        return Withheld.NEW_CONTACT
    if is_from_before(known.changed_on, standing.evidence_from, swedish_day(now)):
        return Withheld.OTHERS_CONTACT
    usable = replace(
        known,
        email=known.email if Way.EMAIL in ladder.ways else "",
        phone=known.phone if Way.SMS in ladder.ways else "",
    )
    return Receiver(usable, medium) if usable.email or usable.phone else Withheld.NO_CONTACT


def is_still_theirs(
    issued_at: datetime, medium: Medium, standing: Standing | None, contact: Contact | None
) -> bool:
    """Whether who has the number now is whom a code was sent to.

    The number may have changed hands since, or its contact: a message then went to another. Dated
    by days, a contact that was changed on the day of issue may have been changed after it; but when
    a message left, its contact was older than that. A letter goes by the number, whatever contact.
    Everything is judged, whatever is missing: a no that comes early would be told by its time.
    """
    day = swedish_day(issued_at)
    known, told = standing or _NOBODY, contact or _NOWHERE
    judged = (
        standing is not None,
        known.evidence_from is None or known.evidence_from <= day,
        is_old_enough(told.changed_on, day) or medium is Medium.LETTER,
        not is_from_before(told.changed_on, known.evidence_from, day) or medium is Medium.LETTER,
    )
    return all(judged)


def media_of(ladders: Collection[Ladder]) -> tuple[Medium, ...]:
    """What can be asked for at companies with these ladders, the quicker first."""
    ways = frozenset[Way]().union(*(ladder.ways for ladder in ladders))
    offered = {
        Medium.MESSAGE: bool(ways & {Way.EMAIL, Way.SMS}),
        Medium.LETTER: Way.LETTER in ways,
    }
    return tuple(medium for medium in Medium if offered[medium])


def is_fresh(expires_at: datetime, medium: Medium, *, now: datetime) -> bool:
    """Whether a code has half of its life left: then it is sent again, and no new one made."""
    return expires_at - now >= TERMS[medium].life / 2


def is_old_enough(changed_on: date | None, today: date) -> bool:
    """Contacts of a company's first import have no date: they are as old as the company's files."""
    return changed_on is None or changed_on + OLD_ENOUGH <= today
