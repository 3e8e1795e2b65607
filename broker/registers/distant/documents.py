"""The API's questions and answers as `docs/billing-api.json` describes them, decoded strictly.

A member that this release does not know is passed over: the API may grow.
"""

from collections.abc import Sequence

from msgspec import Struct


class AskedInvoice(Struct, frozen=True):
    """An invoice is looked up by a number of it, for one customer; `match` names its members."""

    company: str
    customer_number: str
    number: str
    match: Sequence[str]


class AskedCustomers(Struct, frozen=True):
    """Customers are looked up by their numbers."""

    company: str
    customer_numbers: Sequence[str]


class AskedSize(Struct, frozen=True):
    """Customers of a company are counted."""

    company: str


class Invoice(Struct, frozen=True):
    """An invoice as the billing system has it; values are written as in an export."""

    invoice_number: str
    issued_on: str
    amount: str
    type: str
    due_on: str = ""
    ocr: str = ""
    code: str = ""

    def cells(self, company: str, customer_number: str) -> tuple[str, ...]:
        """As in a row of `invoices.csv`."""
        return (
            company, customer_number, self.invoice_number, self.ocr, self.issued_on, self.due_on,
            self.amount, self.type, self.code,
        )  # fmt: skip


class Customer(Struct, frozen=True):
    """A customer as the billing system has it."""

    customer_number: str
    kind: str
    status: str
    protected: bool
    email: str = ""
    phone: str = ""
    name: str = ""
    evidence_from: str = ""
    status_since: str = ""
    contact_since: str = ""

    def cells(self, company: str) -> tuple[str, ...]:
        """As in a row of `customers.csv`, and the two dates that only a living register has."""
        return (
            company, self.customer_number, self.kind, self.status, self.email, self.phone,
            "1" if self.protected else "0", self.name, self.evidence_from,
            self.status_since, self.contact_since,
        )  # fmt: skip


class Invoices(Struct, frozen=True):
    """All of the customer's invoices that have the number; none where there is none."""

    invoices: list[Invoice]


class Customers(Struct, frozen=True):
    """Those of the customers that there are."""

    customers: list[Customer]


class Size(Struct, frozen=True):
    """How many customers a company has."""

    customers: int
