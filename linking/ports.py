"""What linking needs from the world. Storage and registers implement these; linking owns them.

Every store verb takes part in the `Transaction` it is called within, if any.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from linking.model import (
    Contact,
    Customer,
    CustomerId,
    CustomerKind,
    Delegation,
    DelegationId,
    Identity,
    IdentityKey,
    Link,
    LinkId,
    PersonId,
    Proof,
    Standing,
)
from linking.tries.reserving import NotNow, TryRule


class Transaction(Protocol):
    """`async with transaction():` — all or nothing, serialised against other writers."""

    def __call__(self) -> AbstractAsyncContextManager[None]: ...


class PersonStore(Protocol):
    """Persons and the identities they sign in with."""

    async def find(self, key: IdentityKey) -> Identity | None:
        """The admitted identity, with its person."""
        ...

    async def admit(self, identity: Identity) -> Identity:
        """Store person and identity, or return the one already there: one winner, no error.

        The one already there has been used now: its label and its latest use are this one's,
        unless they are of later.
        """
        ...

    async def identities_of(self, person: PersonId) -> Sequence[Identity]: ...

    async def erase(self, person: PersonId) -> int:
        """Delete this person's identities for good, and how many that were.

        Also the subjects that their links were proved with, ended ones included. The links stay.
        """
        ...


class LinkStore(Protocol):
    """Who is which customer. Ended links stay as history and are never returned as live."""

    async def customer(self, company: str, number: str, *, proposed: CustomerId) -> Customer:
        """The customer with this number, created under the proposed id if it is new."""
        ...

    async def create(self, link: Link) -> Link:
        """Store a link, or return the live link of the same person and customer."""
        ...

    async def strengthen(self, link: LinkId, proof: Proof) -> None:
        """Keep that a live link has been proved like this."""
        ...

    async def find(self, link: LinkId) -> Link | None:
        """The link with this id, if it is live."""
        ...

    async def was(self, person: PersonId, customer: CustomerId) -> bool:
        """Whether this person had a link to this customer that has ended."""
        ...

    async def of_person(self, person: PersonId) -> Sequence[Link]: ...

    async def of_customers(self, company: str, numbers: Sequence[str]) -> Sequence[Link]:
        """Live links of these customer numbers, oldest first; at most 500 numbers a call."""
        ...

    async def end(self, link: LinkId, *, at: datetime, reason: str) -> bool:
        """End a live link; False if it was not live."""
        ...


class CustomerIds(Protocol):
    """Which customers were ever linked, by number."""

    async def known(self, company: str, numbers: Sequence[str]) -> Mapping[str, CustomerId]:
        """Those of these numbers that a customer has."""
        ...


class DelegationStore(Protocol):
    """Who may act for which customer."""

    async def create(self, delegation: Delegation) -> Delegation:
        """Store a delegation, replacing a live one of the same delegate, customer and basis."""
        ...

    async def find(self, delegation: DelegationId, *, now: datetime) -> Delegation | None:
        """The delegation with this id, if it is neither ended nor expired at `now`."""
        ...

    async def of_delegate(self, person: PersonId, *, now: datetime) -> Sequence[Delegation]:
        """Delegations that are neither ended nor expired at `now`."""
        ...

    async def of_customers(
        self, company: str, numbers: Sequence[str], *, now: datetime
    ) -> Sequence[Delegation]: ...

    async def end(self, delegation: DelegationId, *, at: datetime, reason: str) -> bool: ...


class SignedIn(Protocol):
    """Where persons are signed in; all that linking ever does about it is to end it."""

    async def end_of_persons(self, persons: Sequence[str], *, at: datetime, reason: str) -> int:
        """End every session of these persons (at most 500 a call); how many were live."""
        ...


@dataclass(frozen=True, slots=True)
class Tags:
    """What a try is counted under: keyed hashes, the same whether or not such a number exists.

    `customer` is of the number that is looked up, `others` of what else the fields may mean as one;
    `invoices` of every reading of the evidence. `network` is of the address's /24 or /56, under a
    key of this day only. Empty where there is nothing to count.
    """

    customer: bytes
    invoices: tuple[bytes, ...] = ()
    network: bytes = b""
    others: tuple[bytes, ...] = ()

    @property
    def customers(self) -> tuple[bytes, ...]:
        """All of them."""
        return (self.customer, *self.others) if self.customer else self.others


@dataclass(frozen=True, slots=True)
class Reservation:
    """One try that has been counted before it is judged.

    `wait_until` is how long this identity waits if it turns out wrong; None: not at all.
    """

    id: int
    identity: IdentityKey
    customer_tag: bytes
    wait_until: datetime | None = None


class TryStore(Protocol):
    """Tries, counted before they are judged, durable: of each identity, and of everybody."""

    async def reserve(
        self, identity: IdentityKey, tags: Tags, rule: TryRule, *, now: datetime
    ) -> Reservation | NotNow:
        """Atomically ask the rule and count the try (1,000 at once included).

        What the rule does not let through is not counted.
        """
        ...

    async def give_back(self, reservation: Reservation, *, explained: bool) -> None:
        """After a success: forget this try and this identity's others on the same customer tag.

        This try counts nowhere any longer; the others no longer against this identity and, if they
        are `explained`, in no pressure either.
        """
        ...

    async def cancel(self, reservation: Reservation) -> None:
        """Forget this try only: it was not judged (register down), or proved nothing new."""
        ...


@dataclass(frozen=True, slots=True)
class RegisteredInvoice:
    """An invoice that the register knows for exactly this customer; never a credit note.

    `second_holds`: what else was said to stand on it does; None where nothing was said.
    """

    issued_on: date
    second_holds: bool | None = None


class CustomerRegister(Protocol):
    """The utility's own register of customers and invoices. Two questions, one port.

    Raises `linking.errors.RegisterUnavailable` when it cannot answer. About a number that somebody
    typed, both questions cost the same whether the answer is yes or no.

    `asker` tells apart on whose behalf a question is asked, so that none of them can keep the
    others waiting: a keyed hash, of the identity that typed the number. It changes no answer.
    Empty is our own work, about customers who are known here: only that may be answered from a
    latest copy while the register is down, which for a typed number would tell who is known.
    """

    async def find_invoice(
        self,
        company: str,
        customer_number: str,
        evidence: str,
        second: str | None = None,
        *,
        asker: bytes = b"",
    ) -> RegisteredInvoice | None:
        """Is this a number of an invoice of this customer? All numbers arrive normalised.

        `evidence` is an invoice number or, where the company accepts it, an OCR number. `second` is
        what else stands on it, in the form of `linking.typed.paper`, where the form asked for that.
        """
        ...

    async def standing(
        self, company: str, customer_number: str, *, asker: bytes = b""
    ) -> Standing | None: ...

    async def standings(
        self, customers: Collection[Customer]
    ) -> Mapping[CustomerId, Standing | None]:
        """All at once, of customers whom a person is known to act for: None for an unknown one."""
        ...

    async def contact(
        self, company: str, customer_number: str, *, asker: bytes = b""
    ) -> Contact | None:
        """The contact on file, with the one before it where the register still knows that."""
        ...

    async def size(self) -> int:
        """How many customers there are, of all companies together."""
        ...

    async def with_second(self, company: str) -> frozenset[CustomerKind]:
        """Classes of which every invoice that proves something bears the second item.

        The one that the company's ladder names. A class of which it is not known is not among them:
        nobody is ever asked, because of what others do, for what they may not have.
        """
        ...


class Journal(Protocol):
    """Linking's part of the audit trail, written in the transaction of the change."""

    async def note(
        self,
        kind: str,
        *,
        at: datetime,
        person: PersonId | None,
        customer: CustomerId | None,
        **facts: str,
    ) -> None:
        """`facts` hold words and ids only: no customer number, invoice number, name or contact."""
        ...


class Notices(Protocol):
    """Messages to a customer's contact on file, put in the durable outbox, sent by chores."""

    async def tell(
        self, kind: str, *, customer: Customer, contact: Contact, at: datetime, **facts: str
    ) -> None: ...
