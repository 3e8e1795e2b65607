"""To whom a code goes, as tables."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from linking.codes.sending import (
    Medium,
    Receiver,
    Withheld,
    is_fresh,
    is_still_theirs,
    media_of,
    receiver_of,
)
from linking.ladder import Ladder, Way
from linking.model import Contact, CustomerStatus, Standing
from tests.linking.fakes import ACTIVE, NOW

ALL = Ladder(ways=frozenset(Way))
KNOWN = Contact(name="Astrid", email="astrid@example.se", phone="070-174 06 05")


def receives(
    standing: Standing | None = ACTIVE,
    contact: Contact | None = KNOWN,
    ladder: Ladder = ALL,
    medium: Medium = Medium.MESSAGE,
) -> Contact | None:
    """The contact that a code would go to."""
    found = receiver_of(standing, contact, ladder, medium, now=NOW)
    return found.contact if isinstance(found, Receiver) else None


@pytest.mark.parametrize(
    "standing",
    [
        None,
        replace(ACTIVE, protected=True),
        replace(ACTIVE, status=CustomerStatus.CLOSED),
        replace(ACTIVE, status=CustomerStatus.DECEASED),
    ],
)
@pytest.mark.parametrize("medium", list(Medium))
def test_nobody_else_gets_one(standing: Standing | None, medium: Medium) -> None:
    """Only customers who could be linked by it; protected ones never."""
    assert receives(standing, medium=medium) is None


@pytest.mark.parametrize(
    ("changed_on", "goes"),
    [
        (None, True),  # of a company's first import
        (date(2026, 2, 24), True),  # fourteen days ago
        (date(2026, 2, 25), False),
        (date(2026, 3, 10), False),
    ],
)
def test_a_contact_must_be_two_weeks_old(changed_on: date | None, *, goes: bool) -> None:
    """Whoever has just changed it may have done so for the code."""
    contact = replace(KNOWN, changed_on=changed_on)
    assert (receives(contact=contact) is not None) is goes


@pytest.mark.parametrize(
    ("changed_on", "moved", "goes"),
    [
        (None, date(2026, 3, 10), False),  # the number passed on today, and nobody has changed it
        (None, date(2026, 2, 9), False),
        (None, date(2026, 2, 8), True),  # thirty days ago
        (None, date(2026, 3, 11), True),  # still to come
        (date(2026, 2, 8), date(2026, 3, 10), True),  # written down ahead of the move
        (date(2026, 2, 7), date(2026, 3, 10), False),
    ],
)
def test_a_contact_from_before_a_move_gets_none(
    changed_on: date | None, moved: date, *, goes: bool
) -> None:
    """It may be of whoever had the number, who would be the customer by it."""
    standing = replace(ACTIVE, evidence_from=moved)
    contact = replace(KNOWN, changed_on=changed_on)
    assert (receives(standing, contact) is not None) is goes
    assert receives(standing, contact, medium=Medium.LETTER) is not None


def test_a_letter_goes_whatever_the_contact_is() -> None:
    """To the address that the company's mailing adds; nothing of the contact but the name."""
    fresh = replace(KNOWN, changed_on=date(2026, 3, 10))
    assert receives(contact=fresh, medium=Medium.LETTER) == Contact(
        name="Astrid", changed_on=date(2026, 3, 10)
    )
    assert receives(contact=None, medium=Medium.LETTER) == Contact()


@pytest.mark.parametrize(
    ("standing", "contact", "by_message", "by_letter"),
    [
        (ACTIVE, KNOWN, True, True),
        (ACTIVE, None, True, True),
        (ACTIVE, replace(KNOWN, changed_on=date(2026, 2, 24)), True, True),
        (ACTIVE, replace(KNOWN, changed_on=date(2026, 2, 25)), False, True),
        (ACTIVE, replace(KNOWN, changed_on=date(2026, 3, 20)), False, True),
        (replace(ACTIVE, evidence_from=date(2026, 3, 10)), KNOWN, False, True),
        (replace(ACTIVE, evidence_from=date(2026, 2, 7)), KNOWN, True, True),
        (replace(ACTIVE, evidence_from=date(2026, 3, 11)), KNOWN, False, False),
        (None, KNOWN, False, False),
    ],
)
def test_a_code_counts_for_whom_it_was_sent_to(
    standing: Standing | None, contact: Contact | None, *, by_message: bool, by_letter: bool
) -> None:
    """Not for who got the number later, nor once the contact is another's."""
    assert is_still_theirs(NOW, Medium.MESSAGE, standing, contact) is by_message
    assert is_still_theirs(NOW, Medium.LETTER, standing, contact) is by_letter


def test_the_day_of_issue_is_swedens() -> None:
    """Half past eleven in the evening in UTC is the next day there."""
    late = NOW.replace(hour=23, minute=30)
    theirs = replace(ACTIVE, evidence_from=date(2026, 3, 11))
    assert is_still_theirs(late, Medium.LETTER, theirs, KNOWN)


@pytest.mark.parametrize(
    ("ways", "email", "phone"),
    [
        ({Way.EMAIL, Way.SMS}, True, True),
        ({Way.EMAIL}, True, False),
        ({Way.SMS, Way.LETTER}, False, True),
    ],
)
def test_only_the_companys_ways_are_used(ways: set[Way], *, email: bool, phone: bool) -> None:
    """What a company does not send by is no contact."""
    found = receives(ladder=Ladder(ways=frozenset(ways)))
    assert found is not None
    assert (bool(found.email), bool(found.phone)) == (email, phone)


@pytest.mark.parametrize(
    ("ways", "medium"),
    [
        ((), Medium.MESSAGE),
        ((Way.LETTER,), Medium.MESSAGE),
        ((Way.EMAIL, Way.SMS), Medium.LETTER),
    ],
)
def test_nothing_goes_a_way_that_there_is_not(ways: tuple[Way, ...], medium: Medium) -> None:
    """It is asked for all the same, and nobody is told."""
    assert receives(ladder=Ladder(ways=frozenset(ways)), medium=medium) is None


def test_without_a_contact_no_message() -> None:
    """An empty one is none."""
    assert receives(contact=None) is None
    assert receives(contact=Contact(name="Astrid")) is None


def test_what_can_be_asked_for_is_what_some_company_sends() -> None:
    """The quicker first."""
    quick = Ladder(ways=frozenset({Way.SMS}))
    assert media_of([quick, ALL]) == (Medium.MESSAGE, Medium.LETTER)
    assert media_of([quick]) == (Medium.MESSAGE,)
    assert media_of([Ladder(ways=frozenset())]) == ()


@pytest.mark.parametrize(
    ("medium", "left", "fresh"),
    [
        (Medium.MESSAGE, timedelta(hours=12), True),
        (Medium.MESSAGE, timedelta(hours=11, minutes=59), False),
        (Medium.LETTER, timedelta(days=15), True),
        (Medium.LETTER, timedelta(days=14), False),
    ],
)
def test_a_code_with_half_of_its_life_left_is_sent_again(
    medium: Medium, left: timedelta, *, fresh: bool
) -> None:
    """Later a new one is made, so that whoever gets it has time."""
    assert is_fresh(NOW + left, medium, now=NOW) is fresh


@pytest.mark.parametrize(
    ("standing", "contact", "ladder", "medium", "why"),
    [
        (None, KNOWN, ALL, Medium.MESSAGE, Withheld.NOBODY),
        (replace(ACTIVE, protected=True), KNOWN, ALL, Medium.LETTER, Withheld.NOBODY),
        (ACTIVE, KNOWN, Ladder(ways=frozenset()), Medium.MESSAGE, Withheld.NOT_OFFERED),
        (ACTIVE, KNOWN, Ladder(), Medium.LETTER, Withheld.NOT_OFFERED),
        (ACTIVE, None, ALL, Medium.MESSAGE, Withheld.NO_CONTACT),
        (
            ACTIVE,
            replace(KNOWN, changed_on=NOW.date()),
            ALL,
            Medium.MESSAGE,
            Withheld.NEW_CONTACT,
        ),
    ],
)
def test_operators_see_why_none_is_sent(
    standing: Standing | None,
    contact: Contact | None,
    ladder: Ladder,
    medium: Medium,
    why: Withheld,
) -> None:
    """In classes: a protected customer is told apart from nobody nowhere."""
    assert receiver_of(standing, contact, ladder, medium, now=NOW) is why
