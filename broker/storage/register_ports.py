"""The ports of what was imported: who is a customer, what proves it, and renumbered customers.

Records hold keyed hashes, dates and sealed contacts, never a number in clear. As with
`broker.storage.ports`, every verb takes part in the `Transaction` it is called within, if any.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from msgspec import Struct

from linking.model import Customer, CustomerId, CustomerKind


class IndexedCustomer(Struct, frozen=True, gc=False):
    """A customer as the import keeps it: found by keyed hash, name and contacts sealed.

    `contact_tag` is a keyed hash of the contact, so that an import sees a change without opening.
    A structure, as `IndexedEvidence`: they are made by the million, and a dataclass takes longer
    to be made than to be stored.
    """

    key: bytes
    kind: str
    status: str
    status_since: date
    protected: bool
    evidence_from: date | None
    sealed_contact: bytes
    contact_tag: bytes
    contact_since: date | None
    sealed_previous_contact: bytes = b""


class IndexedEvidence(Struct, frozen=True, gc=False):
    """One piece of evidence: a keyed hash of (company, customer number, recipe, value).

    `second` is a keyed hash of what else stands on that paper; empty where nothing does.
    """

    key: bytes
    issued_on: date
    second: bytes = b""


@dataclass(frozen=True, slots=True)
class SecondItems:
    """Which second item a register was read for, and where it is missing.

    Counts are of invoices that prove something without it, of customers who can be linked.
    """

    item: str
    private_without: int = 0
    organisation_without: int = 0

    def everywhere(self, item: str) -> frozenset[CustomerKind]:
        """The classes of which every such invoice bears this item."""
        without = {
            CustomerKind.PRIVATE: self.private_without,
            CustomerKind.ORGANISATION: self.organisation_without,
        }
        if item != self.item:
            return frozenset()
        return frozenset(kind for kind, count in without.items() if not count)


@dataclass(frozen=True, slots=True)
class Generation:
    """One import of one company, written in batches and made current by one pointer.

    `pepper` names the key that its hashes were made with. `second_items` are those of its evidence;
    None where nobody knows: of an import by an earlier release, or without evidence.
    """

    id: int
    company: str
    started_at: datetime
    pepper: str
    customers: int = 0
    evidence: int = 0
    second_items: SecondItems | None = None


@dataclass(frozen=True, slots=True)
class CurrentCustomers:
    """Some customers, by key, of a company's current generation; and the pepper of its keys."""

    pepper: str
    customers: Mapping[bytes, IndexedCustomer]


class CustomerIndex(Protocol):
    """The imported register. Readers see the current generation of a company or nothing."""

    async def open_generation(self, company: str, *, at: datetime, pepper: str) -> Generation: ...

    async def size(self, companies: Collection[str]) -> int:
        """How many customers the current generations of these companies hold."""
        ...

    async def add_customers(self, generation: Generation, batch: Sequence[IndexedCustomer]) -> None:
        """A key that is there already keeps its first row."""
        ...

    async def add_evidence(self, generation: Generation, batch: Sequence[IndexedEvidence]) -> None:
        """A key that is there already keeps the earliest date. Large batches go fastest.

        A reminder repeats its invoice's number: dated after a move, it must not make a previous
        holder's invoice prove anything.
        """
        ...

    async def add_facilities(
        self, generation: Generation, batch: Sequence[tuple[bytes, bytes]]
    ) -> None:
        """(customer key, sealed facility) pairs."""
        ...

    def facilities_of(self, generation: Generation) -> AsyncIterator[tuple[bytes, bytes]]:
        """As they were added."""
        ...

    async def make_current(self, generations: Sequence[Generation], *, at: datetime) -> None:
        """Flip the pointers of these companies in one step; the previous ones are kept.

        What their second items are is kept with them.
        """
        ...

    async def take_back(self, company: str, *, at: datetime) -> Generation | None:
        """Make the previous generation current again; None if there is none."""
        ...

    async def discard(self, generation: Generation) -> None:
        """Delete an unfinished or superseded generation, in batches."""
        ...

    async def current(self, company: str) -> Generation | None: ...

    async def generations(self, company: str) -> Sequence[Generation]:
        """All that are kept, newest first, the current one included."""
        ...

    async def sealing_names(self, *, is_current: bool) -> set[str]:
        """The master keys, by name, that seal anything in current generations, or in all others.

        Every row is looked at, of companies too that are not configured any more.
        """
        ...

    def customers_of(self, generation: Generation) -> AsyncIterator[IndexedCustomer]: ...

    def restricted_customers_of(self, generation: Generation) -> AsyncIterator[IndexedCustomer]:
        """Those who are closed, deceased or protected."""
        ...

    async def customers(
        self, generation: Generation, keys: Sequence[bytes]
    ) -> Sequence[IndexedCustomer]:
        """Those of these customers that the generation holds; at most 10,000 keys a call."""
        ...

    async def known_customers(self, generation: Generation, keys: Sequence[bytes]) -> set[bytes]:
        """Those of these keys that the generation holds; at most 10,000 keys a call."""
        ...

    async def nearest_customer(self, company: str, key: bytes) -> IndexedCustomer | None:
        """The customer with this key or, where there is none, the one with the next key.

        Whoever asks compares: a yes and a no are then one and the same work. None only beyond the
        last key, and without a generation.
        """
        ...

    async def current_customers(
        self, companies: Collection[str], keys: Collection[bytes]
    ) -> Mapping[str, CurrentCustomers]:
        """Those of these keys that the companies' current generations hold, all of one state.

        By company; one without a generation is not there. At most 10,000 keys a call.
        """
        ...

    async def nearest_evidence(self, company: str, key: bytes) -> IndexedEvidence | None:
        """As `nearest_customer`."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """When a register elsewhere was last read for a company, and how many customers it has.

    `second_items` are None where it does not say.
    """

    at: datetime
    customers: int
    second_items: SecondItems | None = None


class RegisterCopies(Protocol):
    """What registers elsewhere say of customers who are linked: sealed, a copy for each."""

    async def of(self, customers: Collection[CustomerId]) -> Mapping[CustomerId, bytes]:
        """Those that are kept; at most 1,000 customers a call."""
        ...

    async def by_number(self, company: str, number: str) -> tuple[CustomerId, bytes] | None:
        """The copy of the customer who has this number."""
        ...

    def linked(self, company: str, *, now: datetime) -> AsyncIterator[Customer]:
        """Every customer of a company with a link or a delegation that is alive."""
        ...

    async def add(self, copies: Mapping[CustomerId, bytes]) -> None:
        """A copy that is there already stays."""
        ...

    async def replace(self, copies: Mapping[CustomerId, bytes]) -> None: ...

    async def forget_unlinked(self, *, now: datetime) -> int:
        """Delete the copies of those without any link or delegation alive; how many."""
        ...

    async def note_reading(self, company: str, reading: Reading) -> None: ...

    async def readings(self) -> Mapping[str, Reading]:
        """The latest, by company."""
        ...


class CustomerNumbers(Protocol):
    """The numbers under which customers who were ever linked are known."""

    async def known(self, company: str, numbers: Sequence[str]) -> Mapping[str, CustomerId]:
        """Those of these numbers, at most 10,000, that a customer has."""
        ...

    async def change(self, numbers: Mapping[CustomerId, str]) -> None:
        """Give these customers other numbers, all at once: two may change places."""
        ...


@dataclass(frozen=True, slots=True)
class KeptAudit:
    """What the newest audit of a company's register found, as text whose form is the audit's."""

    at: datetime
    figures: str


class RegisterAudits(Protocol):
    """One audit a company: a newer one takes the place of the one before."""

    async def keep(self, company: str, figures: str, *, at: datetime) -> None: ...

    async def kept(self) -> Mapping[str, KeptAudit]:
        """By company."""
        ...
