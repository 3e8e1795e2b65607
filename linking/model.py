"""The words of the business: identities, persons, customers, links and delegations.

Values only. A *person* is somebody who has signed in; an *identity* is an account of theirs at a
provider; a *customer* is a contract holder of one company, known by a customer number. A *link*
says that a person is the customer; a *delegation*, that they may act for the customer.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

PersonId = NewType("PersonId", str)
CustomerId = NewType("CustomerId", str)
LinkId = NewType("LinkId", str)
DelegationId = NewType("DelegationId", str)


@dataclass(frozen=True, slots=True, order=True)
class IdentityKey:
    """An account at a provider: (canonical issuer, stable subject), compared byte for byte."""

    issuer: str
    subject: str


@dataclass(frozen=True, slots=True)
class Identity:
    """An identity that we have admitted, and how to show it (`label` is masked: `m•••@…`)."""

    key: IdentityKey
    person: PersonId
    provider: str
    label: str
    admitted_at: datetime
    last_used_at: datetime


class Relation(StrEnum):
    """How a person stands to a customer, as it is said in `authorization_details`."""

    HOLDER = "holder"
    DELEGATE = "delegate"
    REPRESENTATIVE = "representative"
    ESTATE = "estate"
    STAFF = "staff"


class Proof(StrEnum):
    """How it was proved; kept on the link for as long as the link lives."""

    INVOICE = "invoice"
    CODE = "code"


class Granularity(StrEnum):
    """The finest consumption values a delegation shows."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    HOUR = "hour"
    QUARTER = "quarter"


@dataclass(frozen=True, slots=True)
class Customer:
    """A contract holder of one company. `id` is opaque and stable; `number` is the company's.

    The number is not shown by `repr`, so that it cannot slip into a log.
    """

    id: CustomerId
    company: str
    number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Link:
    """This person is this customer: proved how, when, and with which identity."""

    id: LinkId
    person: PersonId
    customer: Customer
    relation: Relation
    proof: Proof
    proved_with: IdentityKey
    linked_at: datetime


@dataclass(frozen=True, slots=True)
class Delegation:
    """This person may do these things for this customer, until `expires_at`.

    `actions` are scope words (`linking.scopes`); `facilities` None means all that the customer has.
    """

    id: DelegationId
    delegate: PersonId
    customer: Customer
    basis: Proof
    actions: tuple[str, ...]
    started_at: datetime
    expires_at: datetime
    facilities: tuple[str, ...] | None = None
    granularity: Granularity | None = None
    history_from: date | None = None


class CustomerKind(StrEnum):
    """The class of a customer in the register; blank in an export counts as organisation."""

    PRIVATE = "private"
    ORGANISATION = "organisation"


class CustomerStatus(StrEnum):
    """Where a customer stands in the register."""

    ACTIVE = "active"
    CLOSED = "closed"
    DECEASED = "deceased"


@dataclass(frozen=True, slots=True)
class Standing:
    """What the register says of a customer now. `status_since` is a date in Europe/Stockholm."""

    kind: CustomerKind
    status: CustomerStatus
    status_since: date
    protected: bool
    evidence_from: date | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a customer can be told something; held sealed at rest, empty when unknown.

    `changed_on` is when it was changed (not when it was first known), `previous` the one before.
    """

    name: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    changed_on: date | None = None
    previous: "Contact | None" = None
