"""Step tickets: the signed word that a page or form belongs to one login and one step of it.

A ticket is not a credential: it is worth nothing without the flow cookie of the same login. It also
names the client, so that an expired page can still offer the way back to where the login began.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from broker.flow.auth_request import FLOW_SECONDS
from broker.sealed import NotOurs, TicketSigner

REMEMBERED_SECONDS = 30 * 86400
NEVER = datetime.min.replace(tzinfo=UTC)


class TicketExpired(Exception):
    """It was ours, but older than a login lives; `ticket` still says which client it was for."""

    def __init__(self, ticket: "Ticket") -> None:
        super().__init__("ticket expired")
        self.ticket = ticket


@dataclass(frozen=True, slots=True)
class Ticket:
    """`step` is the step that may use it: a path's last part, or empty for `/flow` itself.

    `written_at` is told of one that was read.
    """

    flow: str
    step: str
    client_id: str
    language: str
    written_at: datetime = field(default=NEVER, compare=False)


@dataclass(frozen=True, slots=True)
class Tickets:
    """Writes and reads step tickets."""

    signer: TicketSigner

    def write(self, ticket: Ticket) -> str:
        """Ticket → URL-safe text."""
        return self.signer.sign([ticket.flow, ticket.step, ticket.client_id, ticket.language])

    def read(self, text: str, *, step: str) -> Ticket:
        """The ticket, or NotOurs when it is another step's, or TicketExpired."""
        ticket = self._parse(text, REMEMBERED_SECONDS)
        if ticket.step != step:
            raise NotOurs
        try:
            self._parse(text, FLOW_SECONDS)
        except NotOurs:
            raise TicketExpired(ticket) from None
        return ticket

    def _parse(self, text: str, max_age: int) -> Ticket:
        signed = self.signer.read(text, max_age=max_age)
        try:
            flow, step, client_id, language = signed.words
        except ValueError:
            raise NotOurs from None
        return Ticket(flow, step, client_id, language, signed.at)
