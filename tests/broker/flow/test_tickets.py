import time
from datetime import UTC, datetime

import pytest

from broker.flow.tickets import Ticket, TicketExpired, Tickets
from broker.sealed import NotOurs, TicketSigner

KEY, OTHER = b"k" * 32, b"o" * 32
TICKETS = Tickets(TicketSigner([KEY], "flow"))
TICKET = Ticket("flow-1", "verify", "portal", "sv")


def test_it_reads_what_it_wrote() -> None:
    """For the step that it was written for."""
    assert TICKETS.read(TICKETS.write(TICKET), step="verify") == TICKET


@pytest.mark.parametrize("step", ["", "choose", "Verify", "post"])
def test_another_step_is_refused(step: str) -> None:
    """Requirement 97."""
    with pytest.raises(NotOurs):
        TICKETS.read(TICKETS.write(TICKET), step=step)


def test_another_key_or_purpose_is_refused() -> None:
    """A ticket to sign out is none to sign in."""
    for signer in (TicketSigner([OTHER], "flow"), TicketSigner([KEY], "logout")):
        with pytest.raises(NotOurs):
            TICKETS.read(Tickets(signer).write(TICKET), step="verify")


def test_an_older_key_is_read_until_it_is_gone() -> None:
    """The first key signs, all read: keys can be changed under way."""
    before = Tickets(TicketSigner([OTHER], "flow")).write(TICKET)
    during = Tickets(TicketSigner([KEY, OTHER], "flow"))
    assert during.read(before, step="verify") == TICKET
    assert TICKETS.read(during.write(TICKET), step="verify") == TICKET


@pytest.mark.parametrize("words", [[], ["a"], ["a", "verify", "c", "d", "e"]])
def test_another_number_of_words_is_refused(words: list[str]) -> None:
    """Signed by us, and no ticket."""
    with pytest.raises(NotOurs):
        TICKETS.read(TICKETS.signer.sign(words), step="verify")


def test_a_ticket_says_when_it_was_written() -> None:
    """To the second: how long a form has been open is told by it."""
    then = 1_770_000_000.9
    tickets = Tickets(TicketSigner([KEY], "flow", now=lambda: then))
    read = tickets.read(tickets.write(TICKET), step="verify")
    assert read.written_at == datetime.fromtimestamp(int(then), UTC)


def test_an_old_one_says_whose_it_was() -> None:
    """After an hour: expired, with the client to go back to; after thirty days: unknown."""
    for age, error in ((3700, TicketExpired), (31 * 86400, NotOurs)):
        then = time.time() - age
        text = Tickets(TicketSigner([KEY], "flow", now=lambda then=then: then)).write(TICKET)
        with pytest.raises(error) as raised:
            TICKETS.read(text, step="verify")
        if isinstance(raised.value, TicketExpired):
            assert raised.value.ticket == TICKET
