"""A house whose messages leave by channels that a test speaks for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from broker.chores.delivery import Delivery
from broker.chores.outbox import Outbox
from broker.notices.envelope import Channel, Envelope
from broker.notices.outcomes import Outcome, Sent
from broker.notices.recipients import EmailAddress, PhoneNumber, Recipient
from broker.storage.ports import AuditEvent
from broker.wiring.faces import provider_faces
from broker.wiring.notices import senders
from broker.wiring.verification import held_codes
from linking.model import Contact, Customer, CustomerId
from tests.broker.chores.notebook import Notebook
from tests.house import TestHouse

KIND = "delegation_by_invoice"
CUSTOMER = Customer(CustomerId("c_1"), "elnat", "100245")
CONTACT = Contact("Astrid", "astrid@brev.example", "070-174 06 05")


@dataclass
class SpokenFor:
    """A channel; `answers` by message id, or a function of the envelope."""

    name: str = "smtp"
    answer: Callable[[Envelope], Outcome] = lambda _: Sent()
    envelopes: list[Envelope] = field(default_factory=list)

    async def send(self, envelope: Envelope) -> Outcome:
        self.envelopes.append(envelope)
        return self.answer(envelope)

    @property
    def ids(self) -> list[str]:
        """Of which messages, in order."""
        return [each.id for each in self.envelopes]


@dataclass
class Post:
    """The outbox of a house, what it logs, and its channels."""

    house: TestHouse
    mail: SpokenFor
    sms: SpokenFor
    log: Notebook
    outbox: Outbox

    async def tell(self, **changes: Any) -> str:
        """Put a message into the outbox; its id."""
        storage = self.house.parts.storage
        before = {each.id for each in await storage.outbox.due(now=LATER(self.house), limit=1000)}
        parts: dict[str, Any] = {
            "customer": CUSTOMER,
            "contact": CONTACT,
            "at": self.house.clock.now,
            "delegation": "d_1",
            "until": "2027-11-23",
        }
        parts |= changes
        kind, customer = parts.pop("kind", KIND), parts["customer"]
        await storage.links.customer(customer.company, customer.number, proposed=customer.id)
        await storage.notices.tell(kind, **parts)
        after = {each.id for each in await storage.outbox.due(now=LATER(self.house), limit=1000)}
        [new] = after - before
        return new

    async def turn(self) -> int:
        """One turn of the chore."""
        return await self.outbox.run(self.house.clock.now)

    async def waiting(self) -> list[str]:
        """The ids of all that have not left."""
        due = await self.house.parts.storage.outbox.due(now=LATER(self.house), limit=1000)
        return [each.id for each in due]

    async def noted(self) -> list[AuditEvent]:
        """What the audit trail says of messages."""
        audit = self.house.parts.storage.audit
        return [each.event async for each in audit.read() if each.event.kind.startswith("notice_")]


def LATER(house: TestHouse) -> Any:  # noqa: N802 - reads as the constant that it nearly is
    """When everything is due."""
    return house.clock.now + timedelta(days=3650)


def post(house: TestHouse, *, sms: bool = True, mail: bool = True, **changes: Any) -> Post:
    """An outbox on the house's own storage and register."""
    storage, log = house.parts.storage, Notebook()
    by_mail, by_sms = SpokenFor("smtp"), SpokenFor("webhook")
    channels: dict[type[Recipient], Channel] = {}
    if mail:
        channels[EmailAddress] = by_mail
    if sms:
        channels[PhoneNumber] = by_sms
    parts: dict[str, Any] = {
        "delivery": Delivery(
            notices=storage.notices,
            register=house.parts.linking.register,
            delegations=storage.delegations,
            links=storage.links,
            numbers=storage.numbers,
            codes=held_codes(house.settings, storage),
            senders=senders(house.settings),
            providers=provider_faces(house.settings),
            channels=channels,
            language="sv",
            not_me="http://localhost:8000/account/not-me",
            code_place="localhost:8000/account/code",
        ),
        "store": storage.outbox,
        "audit": storage.audit,
        "transaction": storage.transaction,
        "clock": house.clock,
        "log": log,
        "give_up_after": timedelta(days=5),
        "parallel": 4,
    }
    return Post(house, by_mail, by_sms, log, Outbox(**(parts | changes)))
