"""The world as linking sees it, in memory: small, honest and countable."""

import hashlib
import itertools
import secrets
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from linking import (
    Admission,
    Attempt,
    ByCode,
    CodeKeys,
    Codes,
    Company,
    IdentityKey,
    Linking,
    NotMe,
    NumberFormat,
    OwnWaits,
    RegisterUnavailable,
    Resumption,
    Strangers,
    Telling,
    Thresholds,
    TypedItem,
    TypedNumbers,
    Verification,
    Whose,
)
from linking.model import (
    Contact,
    Customer,
    CustomerId,
    CustomerKind,
    CustomerStatus,
    Delegation,
    Identity,
    Link,
    LinkId,
    PersonId,
    Proof,
    Standing,
)
from linking.newcomers.ports import Bar, Newcomer, Objection
from linking.ports import RegisteredInvoice
from linking.tries.pressure import daily_for
from tests.linking.codes_in_memory import CodesInMemory
from tests.linking.tries_in_memory import TriesInMemory

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
ASTRID = IdentityKey("https://accounts.google.com", "astrid")
BERTIL = IdentityKey("https://accounts.google.com", "bertil")

ELNAT = Company(
    id="elnat",
    customer_numbers=NumberFormat(shortest=6, longest=6),
    invoice_numbers=NumberFormat(shortest=7, longest=8),
    payment_accounts=("5050-1055", "4711-2"),
)
VARME = replace(ELNAT, id="varme")
ACTIVE = Standing(
    kind=CustomerKind.PRIVATE,
    status=CustomerStatus.ACTIVE,
    status_since=date(2020, 1, 1),
    protected=False,
)


@dataclass
class Register:
    """Customers and invoices, and every question that was asked."""

    on_file: dict[tuple[str, str], Standing] = field(default_factory=dict)
    invoices: dict[tuple[str, str, str], date] = field(default_factory=dict)
    second: dict[tuple[str, str, str], str] = field(default_factory=dict)
    all_with_second: frozenset[CustomerKind] = frozenset(CustomerKind)
    contacts: dict[tuple[str, str], Contact] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)
    askers: list[bytes] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    down: frozenset[str] = frozenset()

    def _ask(self, question: str, *numbers: str, asker: bytes = b"") -> None:
        self.questions.append(question)
        self.numbers += numbers
        self.askers.append(asker)
        if question in self.down:
            raise RegisterUnavailable

    async def find_invoice(
        self,
        company: str,
        customer_number: str,
        evidence: str,
        second: str | None = None,
        *,
        asker: bytes = b"",
    ) -> RegisteredInvoice | None:
        self._ask("find_invoice", customer_number, evidence, asker=asker)
        issued_on = self.invoices.get((company, customer_number, evidence))
        if issued_on is None:
            return None
        if second is None:
            return RegisteredInvoice(issued_on)
        known = self.second.get((company, customer_number, evidence))
        return RegisteredInvoice(issued_on, second_holds=known == second)

    async def with_second(self, company: str) -> frozenset[CustomerKind]:
        return self.all_with_second

    async def size(self) -> int:
        return len(self.on_file)

    async def standing(
        self, company: str, customer_number: str, *, asker: bytes = b""
    ) -> Standing | None:
        self._ask("standing", customer_number, asker=asker)
        return self.on_file.get((company, customer_number))

    async def standings(
        self, customers: Collection[Customer]
    ) -> Mapping[CustomerId, Standing | None]:
        self._ask("standings")
        return {each.id: self.on_file.get((each.company, each.number)) for each in customers}

    async def contact(
        self, company: str, customer_number: str, *, asker: bytes = b""
    ) -> Contact | None:
        self._ask("contact", customer_number, asker=asker)
        return self.contacts.get((company, customer_number))


@dataclass
class Store:
    """Persons, links, delegations, tries, journal and notices; a failed transaction undoes all."""

    identities: dict[IdentityKey, Identity] = field(default_factory=dict)
    customers: dict[tuple[str, str], Customer] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    ended_links: list[Link] = field(default_factory=list)
    delegations: list[Delegation] = field(default_factory=list)
    tries: TriesInMemory = field(default_factory=TriesInMemory)
    notes: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    told: list[tuple[str, Customer, Contact, dict[str, str]]] = field(default_factory=list)
    told_at: list[datetime] = field(default_factory=list)
    objections: dict[str, tuple[Objection, tuple[bytes | None, ...]]] = field(default_factory=dict)
    reminded: dict[str, datetime] = field(default_factory=dict)
    guarded: dict[CustomerId, datetime] = field(default_factory=dict)
    burned: set[tuple[CustomerId, bytes]] = field(default_factory=set)
    newcomers: list[tuple[PersonId, str]] = field(default_factory=list)
    signed_out: list[str] = field(default_factory=list)
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        before = deepcopy({k: v for k, v in vars(self).items() if k != "numbers"})
        try:
            yield
        except BaseException:
            vars(self.tries).update(vars(before.pop("tries")))  # whoever holds it keeps it
            vars(self).update(before)
            raise

    async def find(self, key: IdentityKey) -> Identity | None:
        return self.identities.get(key)

    async def admit(self, identity: Identity) -> Identity:
        known = self.identities.setdefault(identity.key, identity)
        self.identities[identity.key] = replace(
            known, label=identity.label, last_used_at=identity.last_used_at
        )
        return self.identities[identity.key]

    async def identities_of(self, person: PersonId) -> Sequence[Identity]:
        return [i for i in self.identities.values() if i.person == person]

    async def erase(self, person: PersonId) -> int:
        erased = await self.identities_of(person)
        for identity in erased:
            del self.identities[identity.key]
        return len(erased)

    async def note(
        self,
        kind: str,
        *,
        at: datetime,
        person: PersonId | None,
        customer: CustomerId | None,
        **facts: str,
    ) -> None:
        self.notes.append((kind, {"person": str(person), "customer": str(customer), **facts}))

    async def end_of_persons(self, persons: Sequence[str], *, at: datetime, reason: str) -> int:
        self.signed_out += persons
        return len(persons)

    async def known(self, company: str, numbers: Sequence[str]) -> Mapping[str, CustomerId]:
        known = {number: self.customers.get((company, number)) for number in numbers}
        return {number: found.id for number, found in known.items() if found is not None}

    async def tell(
        self, kind: str, *, customer: Customer, contact: Contact, at: datetime, **facts: str
    ) -> None:
        self.told.append((kind, customer, contact, facts))
        self.told_at.append(at)


@dataclass
class Links:
    """`LinkStore` on the store."""

    store: Store

    async def customer(self, company: str, number: str, *, proposed: CustomerId) -> Customer:
        return self.store.customers.setdefault(
            (company, number), Customer(proposed, company, number)
        )

    async def create(self, link: Link) -> Link:
        for known in self.store.links:
            if (known.person, known.customer) == (link.person, link.customer):
                return known
        self.store.links.append(link)
        return link

    async def strengthen(self, link: str, proof: Proof) -> None:
        self.store.links = [
            replace(known, proof=proof) if known.id == link else known for known in self.store.links
        ]

    async def find(self, link: str) -> Link | None:
        return next((known for known in self.store.links if known.id == link), None)

    async def was(self, person: PersonId, customer: CustomerId) -> bool:
        ended = self.store.ended_links
        return any((each.person, each.customer.id) == (person, customer) for each in ended)

    async def of_person(self, person: PersonId) -> Sequence[Link]:
        return [link for link in self.store.links if link.person == person]

    async def of_customers(self, company: str, numbers: Sequence[str]) -> Sequence[Link]:
        return [
            link
            for link in self.store.links
            if link.customer.company == company and link.customer.number in numbers
        ]

    async def end(self, link: str, *, at: datetime, reason: str) -> bool:
        ended = [known for known in self.store.links if known.id == link]
        self.store.links = [known for known in self.store.links if known.id != link]
        self.store.ended_links += ended
        return bool(ended)


@dataclass
class Delegations:
    """`DelegationStore` on the store."""

    store: Store

    async def create(self, delegation: Delegation) -> Delegation:
        self.store.delegations.append(delegation)
        return delegation

    async def of_delegate(self, person: PersonId, *, now: datetime) -> Sequence[Delegation]:
        return [d for d in self.store.delegations if d.delegate == person and d.expires_at > now]

    async def find(self, delegation: str, *, now: datetime) -> Delegation | None:
        live = (d for d in self.store.delegations if d.id == delegation and d.expires_at > now)
        return next(live, None)

    async def of_customers(
        self, company: str, numbers: Sequence[str], *, now: datetime
    ) -> Sequence[Delegation]:
        return [
            d
            for d in self.store.delegations
            if d.customer.company == company and d.customer.number in numbers and d.expires_at > now
        ]

    async def end(self, delegation: str, *, at: datetime, reason: str) -> bool:
        live = len(self.store.delegations)
        self.store.delegations = [d for d in self.store.delegations if d.id != delegation]
        return len(self.store.delegations) < live


@dataclass
class Objections:
    """`ObjectionStore` on the store."""

    store: Store

    async def make(self, objection: Objection, *, token_hash: bytes | None) -> None:
        self.store.objections[objection.connection] = (objection, (token_hash,))

    async def remind(self, connection: str, *, token_hash: bytes | None, at: datetime) -> bool:
        objection, hashes = self.store.objections[connection]
        if objection.said_at or connection in self.store.reminded:
            return False
        self.store.reminded[connection] = at
        reminded = replace(objection, told_at=objection.told_at or at)
        self.store.objections[connection] = (reminded, (*hashes, token_hash))
        return True

    async def told(self, customer: CustomerId, *, since: datetime) -> int:
        first = [
            objection.told_at
            for objection, _ in self.store.objections.values()
            if objection.customer.id == customer and objection.connection not in self.store.reminded
        ]
        again = [
            at
            for each, at in self.store.reminded.items()
            if self.store.objections[each][0].customer.id == customer
        ]
        return sum(at is not None and at > since for at in (*first, *again))

    async def untold(
        self, customer: CustomerId, *, since: datetime, now: datetime
    ) -> Sequence[Objection]:
        return [
            objection
            for objection, _ in self.store.objections.values()
            if objection.customer.id == customer
            and since <= objection.made_at
            and (not objection.told_at or objection.told_at > now)
            and not objection.said_at
        ]

    async def of_token(self, token_hash: bytes) -> Objection | None:
        for objection, hashes in self.store.objections.values():
            if token_hash in hashes[1:]:
                return replace(objection, told_at=self.store.reminded[objection.connection])
            if token_hash in hashes:
                return objection
        return None

    async def of_connection(self, connection: str) -> Objection | None:
        return self.store.objections.get(connection, (None, None))[0]

    async def say(self, connection: str, *, at: datetime) -> bool:
        objection, hashes = self.store.objections[connection]
        if objection.said_at is not None:
            return False
        self.store.objections[connection] = (replace(objection, said_at=at), hashes)
        return True


@dataclass
class GuardsInMemory:
    """`Guards` on the store; what is asked for a try stands among the register's questions."""

    store: Store
    questions: list[str]

    async def bar(self, company: str, number: str, papers: Collection[bytes]) -> Bar:
        self.questions.append("bar")
        customer = self.store.customers.get((company, number))
        if customer is None:
            return Bar()
        burned = any((customer.id, paper) in self.store.burned for paper in papers)
        return Bar(self.store.guarded.get(customer.id), burned)

    async def guard(self, customer: CustomerId, papers: Collection[bytes], *, at: datetime) -> None:
        self.store.guarded[customer] = max(at, self.store.guarded.get(customer, at))
        self.store.burned |= {(customer, paper) for paper in papers}

    async def since(self, company: str, number: str) -> datetime | None:
        customer = self.store.customers.get((company, number))
        return None if customer is None else self.store.guarded.get(customer.id)

    async def lift(self, customer: CustomerId) -> bool:
        return self.store.guarded.pop(customer, None) is not None


@dataclass
class Newcomers:
    """`NewcomerStore` on the store."""

    store: Store

    async def announce(self, link: LinkId, to: Collection[PersonId], *, at: datetime) -> None:
        self.store.newcomers += [(person, link) for person in to]

    async def unseen(self, person: PersonId) -> Sequence[Newcomer]:
        live = {link.id: link for link in self.store.links}
        return [
            Newcomer(LinkId(link), live[link].customer, live[link].proof, live[link].linked_at)
            for told, link in self.store.newcomers
            if told == person and link in live
        ]

    async def seen(self, person: PersonId, links: Collection[LinkId]) -> None:
        self.store.newcomers = [
            (told, link)
            for told, link in self.store.newcomers
            if told != person or link not in links
        ]


@dataclass
class World:
    """A register with Astrid (100423) and Bertil (100977) at elnat, and Linking on top of it."""

    companies: dict[str, Company] = field(default_factory=lambda: {"elnat": ELNAT, "varme": VARME})
    register: Register = field(default_factory=Register)
    store: Store = field(default_factory=Store)
    code_store: CodesInMemory = field(default_factory=CodesInMemory)

    def __post_init__(self) -> None:
        self.add("elnat", "100423", "4711023", email="astrid@example.se")
        self.add("elnat", "100977", "4711999")

    def add(
        self,
        company: str,
        number: str,
        invoice: str,
        *,
        issued_on: date = date(2026, 2, 1),
        standing: Standing = ACTIVE,
        email: str = "",
    ) -> None:
        self.register.on_file[company, number] = standing
        self.register.invoices[company, number, invoice] = issued_on
        self.register.contacts[company, number] = Contact(name="A", email=email)

    @property
    def verification(self) -> Verification:
        return Verification(
            self.register,
            self.store.tries,
            OwnWaits(),
            lambda customers: Thresholds(daily=daily_for(customers)),
            tag,
            GuardsInMemory(self.store, self.register.questions),
            tag,
        )

    @property
    def linking(self) -> Linking:
        links, delegations = Links(self.store), Delegations(self.store)
        return Linking(
            companies=self.companies,
            persons=self.store,
            links=links,
            delegations=delegations,
            register=self.register,
            verification=self.verification,
            by_code=ByCode(self.verification, self.code_store, CODE_KEYS),
            admission=Admission(
                companies=self.companies,
                persons=self.store,
                links=links,
                delegations=delegations,
                journal=self.store,
                telling=self.telling,
                new_id=lambda prefix: f"{prefix}_{next(self.store.numbers)}",
            ),
            transaction=self.store.transaction,
        )

    @property
    def codes(self) -> Codes:
        return Codes(
            companies=self.companies,
            register=self.register,
            store=self.code_store,
            keys=CODE_KEYS,
            notices=self.store,
            journal=self.store,
            transaction=self.store.transaction,
            choose=secrets.choice,
            new_id=lambda prefix: f"{prefix}_{next(self.store.numbers)}",
        )

    @property
    def not_me(self) -> NotMe:
        return NotMe(
            objections=Objections(self.store),
            persons=self.store,
            links=Links(self.store),
            delegations=Delegations(self.store),
            guards=GuardsInMemory(self.store, []),
            signed_in=self.store,
            journal=self.store,
            transaction=self.store.transaction,
        )

    @property
    def telling(self) -> Telling:
        return Telling(
            self.store,
            Links(self.store),
            self.store,
            Objections(self.store),
            Newcomers(self.store),
            lambda: f"token-{next(self.store.numbers)}",
        )

    @property
    def strangers(self) -> Strangers:
        return Strangers(
            links=Links(self.store),
            newcomers=Newcomers(self.store),
            register=self.register,
            telling=self.telling,
            signed_in=self.store,
            journal=self.store,
            transaction=self.store.transaction,
        )

    @property
    def resumption(self) -> Resumption:
        guards = GuardsInMemory(self.store, [])
        return Resumption(guards, self.store, self.store, self.store.transaction)


CODE_KEYS = CodeKeys(lambda text: [hashlib.sha256(text.encode()).digest()])


def tag(number: str) -> bytes:
    """A hash to count under; the key does not matter here."""
    return hashlib.sha256(number.encode()).digest()


def attempt(
    customer: str,
    invoice: str,
    *,
    identity: IdentityKey = ASTRID,
    whose: Whose = Whose.MINE,
    companies: tuple[str, ...] = ("elnat",),
    item: TypedItem | None = None,
    now: datetime = NOW,
    shown_at: datetime | None = None,
    network: bytes = b"",
) -> Attempt:
    """A try at these numbers, with a form that was opened an hour ago."""
    return Attempt(
        identity=identity,
        provider="google",
        label="a•••@…",
        companies=companies,
        whose=whose,
        typed=TypedNumbers(customer, invoice, item),
        shown_at=shown_at or now - timedelta(hours=1),
        now=now,
        network=network,
    )
