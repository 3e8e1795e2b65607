"""One message: opened, judged once more, written, and handed to a channel. What becomes of it.

Changes nothing that is stored; the outbox's chore does what this says.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from broker.notices.envelope import Channel, Channels, Envelope, Sender
from broker.notices.outcomes import Later, Refused, Sent
from broker.notices.recipients import EmailAddress, Letter, PhoneNumber, Recipient
from broker.notices.wording import UnknownKind, moment, wording
from broker.pages.faces import Language, ProviderFace
from broker.pages.texts import SWEDEN
from broker.sealed import NotOurs
from broker.storage.errors import UnreadableRecord
from broker.storage.notices import Notice, SealedNotices
from broker.storage.ports import OutboxMessage
from broker.storage.register_ports import CustomerNumbers
from linking.codes.held import HeldCodes
from linking.errors import RegisterUnavailable
from linking.model import DelegationId, LinkId
from linking.ports import CustomerRegister, DelegationStore, LinkStore


@dataclass(frozen=True, slots=True)
class Delivered:
    """It has left by this channel."""

    notice: Notice
    channel: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """It must not leave."""

    notice: Notice
    reason: str


@dataclass(frozen=True, slots=True)
class Hopeless:
    """There is no way to this customer."""

    notice: Notice
    reason: str


@dataclass(frozen=True, slots=True)
class Again:
    """Another time; `unreachable` names the channel that answers nobody now."""

    notice: Notice
    reason: str
    channel: str = ""
    unreachable: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """It does not open, or this release has no words for it."""


Fate = Delivered | Withheld | Hopeless | Again | Unreadable


@dataclass(frozen=True, slots=True)
class Delivery:
    """`senders` by company, `providers` by name. `language` stands first, and alone on telephones.

    `not_me` is the address of the page where a connection is said no to. `code_place` is where a
    code is typed in, without a scheme: something to type, and not to press.
    """

    notices: SealedNotices
    register: CustomerRegister
    delegations: DelegationStore
    links: LinkStore
    numbers: CustomerNumbers
    codes: HeldCodes
    senders: Mapping[str, Sender]
    providers: Mapping[str, ProviderFace]
    channels: Channels
    language: Language
    not_me: str
    code_place: str

    async def deliver(
        self, message: OutboxMessage, *, at: datetime, silent: Mapping[str, str]
    ) -> Fate:
        """Try once. `silent` are channels found unreachable just now, with the reason: not tried.

        Raises StorageUnavailable, and whatever is a fault of ours.
        """
        try:
            notice = self.notices.read(message)
        except (UnreadableRecord, NotOurs):
            return Unreadable()
        number = await self._number_now(notice, at=at)
        try:
            standing = number and await self.register.standing(notice.customer.company, number)
        except RegisterUnavailable:
            return Again(notice, "register_unavailable")
        if not standing:
            # An export may leave protected customers out: who is not in it may be one of them.
            return Again(notice, "not_in_register")
        if standing.protected:
            return Withheld(notice, "protected")
        return await self._send(message, notice, number, at=at, silent=silent)

    async def _number_now(self, notice: Notice, *, at: datetime) -> str:
        """The customer's number today; empty if what was theirs may be somebody else's by now.

        Customers are renumbered now and then, and numbers given out again: asking about the old
        one would ask whether another customer is protected. Whom nobody was ever connected to has
        no id, and the number as it stands.
        """
        customer, facts = notice.customer, notice.facts
        if not customer.id:
            return customer.number
        alive = await self.delegations.find(
            DelegationId(facts.get("delegation", "")), now=at
        ) or await self.links.find(LinkId(facts.get("link", "")))
        if alive is not None:
            return alive.customer.number
        known = await self.numbers.known(customer.company, [customer.number])
        return customer.number if known.get(customer.number) == customer.id else ""

    async def _send(
        self,
        message: OutboxMessage,
        notice: Notice,
        number: str,
        *,
        at: datetime,
        silent: Mapping[str, str],
    ) -> Fate:
        sender = self.senders.get(message.company)
        if sender is None:
            return Again(notice, "unknown_company")
        try:
            said = wording(
                message.kind,
                sender.company,
                self._facts(notice),
                provider=self.providers.get(notice.facts.get("provider", "")),
                first=self.language,
            )
        except UnknownKind:
            return Unreadable()
        if message.kind == "code":
            if _is_over(notice, at):
                return Hopeless(notice, "too_late")
            if not await self._holds(notice, at):
                return Withheld(notice, "code_void")
        envelopes = [
            Envelope(message.id, message.kind, sender, to, said, at, notice.facts)
            for to in _recipients(message.kind, notice, number)
        ]
        return await self._hand_over(envelopes, notice, silent)

    async def _holds(self, notice: Notice, at: datetime) -> bool:
        """Whether the code in it is one still: used or not, and the number not given to another."""
        customer = notice.customer
        code = notice.facts["code"]
        return await self.codes.hold(customer.company, customer.number, code, now=at)

    async def _hand_over(
        self, envelopes: Sequence[Envelope], notice: Notice, silent: Mapping[str, str]
    ) -> Fate:
        """By the first way that takes it: they are to the same customer."""
        reason = "no_contact"
        for envelope in envelopes:
            channel = self.channels.get(type(envelope.to))
            if channel is None:
                reason = "no_channel" if reason == "no_contact" else reason
                continue
            if channel.name in silent:
                return Again(notice, silent[channel.name], channel.name)
            match await channel.send(envelope):
                case Sent():
                    return Delivered(notice, channel.name)
                case Later(why, unreachable):
                    return _again(notice, why, channel, unreachable=unreachable)
                case Refused(why):
                    reason = why
        return Hopeless(notice, reason)

    def _facts(self, notice: Notice) -> Mapping[str, str]:
        """As the words say them: in place of a token, the address that it opens."""
        if "code" in notice.facts:
            return notice.facts | {"place": self.code_place}
        token = notice.facts.get("not_me")
        if not token:
            return notice.facts
        return notice.facts | {"not_me": f"{self.not_me}?{urlencode({'t': token})}"}


def _again(notice: Notice, reason: str, channel: Channel, *, unreachable: bool) -> Again:
    return Again(notice, reason, channel.name, channel.name if unreachable else "")


def _is_over(notice: Notice, at: datetime) -> bool:
    """Whether what it says is not true any more: a code that could not leave in its time."""
    until = moment(notice.facts["until"])
    if isinstance(until, datetime):
        return until <= at
    return until < at.astimezone(SWEDEN).date()


def _recipients(kind: str, notice: Notice, number: str) -> Iterator[Recipient]:
    """E-mail first: it says more, and costs nothing. By letter only what was meant for one."""
    contact = notice.contact
    if kind == "code" and notice.facts.get("medium") == "letter":
        yield Letter(number, contact.name)
        return
    for read, text in ((EmailAddress.read, contact.email), (PhoneNumber.read, contact.phone)):
        recipient = read(text)
        if recipient is not None:
            yield recipient
