"""The API's questions and answers, decoded strictly; `api_page` describes them to whoever makes it.

A member that this release does not know is passed over: the API may grow.
"""

from typing import Annotated

from msgspec import Meta, Struct

_DAY = {"format": "date"}

Company = Annotated[str, Meta(description="The company's id in Farstu's configuration.")]
CustomerNumber = Annotated[
    str,
    Meta(
        description="In normal form: no spaces or dashes, leading zeros as the company's "
        "`customer_number.leading_zeros` says."
    ),
]


class AskedInvoices(Struct, frozen=True):
    """Which invoices of exactly this customer have this number?"""

    company: Company
    customer_number: CustomerNumber
    number: Annotated[
        str, Meta(description="In normal form, as customer numbers; letters are folded.")
    ]
    match: Annotated[
        list[str],
        Meta(
            description="Members that may equal it: `invoice_number`, and `ocr` where the company "
            "takes OCR numbers."
        ),
    ]


class AskedCustomers(Struct, frozen=True):
    """What are these customers? At most 100 are asked for together."""

    company: Company
    customer_numbers: list[CustomerNumber]


class AskedSize(Struct, frozen=True):
    """How many customers has the company?"""

    company: Company


class Invoice(Struct, frozen=True):
    """An invoice of the customer who was asked about; values as in `invoices.csv`."""

    invoice_number: Annotated[str, Meta(description="In normal form.")]
    issued_on: Annotated[str, Meta(description="A date.", extra_json_schema=_DAY)]
    amount: Annotated[str, Meta(description="In kronor: `512.50`.")]
    type: Annotated[str, Meta(description="`invoice`, `credit`, `reminder` or `final`.")]
    due_on: Annotated[str, Meta(description="A date, or empty.")] = ""
    ocr: Annotated[str, Meta(description="The OCR number, or empty.")] = ""
    code: Annotated[str, Meta(description="The code that is printed on it, or empty.")] = ""

    def cells(self, company: str, customer_number: str) -> tuple[str, ...]:
        """As in a row of `invoices.csv`."""
        return (
            company, customer_number, self.invoice_number, self.ocr, self.issued_on, self.due_on,
            self.amount, self.type, self.code,
        )  # fmt: skip


class Customer(Struct, frozen=True):
    """A customer; values as in `customers.csv`."""

    customer_number: CustomerNumber
    kind: Annotated[
        str, Meta(description="`private` or `organisation`; empty counts as organisation.")
    ]
    status: Annotated[str, Meta(description="`active`, `closed` or `deceased`.")]
    protected: Annotated[bool, Meta(description="Whether the identity is protected.")]
    email: Annotated[str, Meta(description="The address on file, or empty.")] = ""
    phone: Annotated[str, Meta(description="The number on file, or empty.")] = ""
    name: Annotated[str, Meta(description="The name, or empty.")] = ""
    evidence_from: Annotated[
        str,
        Meta(
            description="The date since which the number has been this holder's, or empty: "
            "invoices and connections of before it count for nothing."
        ),
    ] = ""
    status_since: Annotated[
        str, Meta(description="The date since which the status holds, or empty.")
    ] = ""
    contact_since: Annotated[
        str,
        Meta(
            description="The date on which e-mail or phone was last changed, or empty. Without it, "
            "a code may go to a contact that was changed today."
        ),
    ] = ""

    def cells(self, company: str) -> tuple[str, ...]:
        """As in a row of `customers.csv`, and the two dates that only a living register has."""
        return (
            company, self.customer_number, self.kind, self.status, self.email, self.phone,
            "1" if self.protected else "0", self.name, self.evidence_from,
            self.status_since, self.contact_since,
        )  # fmt: skip


class Invoices(Struct, frozen=True):
    """All of the customer's invoices that have the number; an empty list where there is none."""

    invoices: list[Invoice]


class Customers(Struct, frozen=True):
    """Those of the customers that there are; an empty list where there is none."""

    customers: list[Customer]


class WithoutSecondItem(Struct, frozen=True):
    """Invoices on which the second item is missing.

    Of customers who are active and not protected, and so young that they prove something (14
    months, unless Farstu's configuration says otherwise); no credit notes.
    """

    item: Annotated[
        str, Meta(description="`amount_and_due_date`, `ocr` or `printed_code`, as configured.")
    ]
    private: Annotated[int, Meta(ge=0, description="How many of private customers'.")]
    organisation: Annotated[int, Meta(ge=0, description="How many of organisations'.")]


class Size(Struct, frozen=True):
    """How many customers the company has, and on how many invoices the second item is missing."""

    customers: Annotated[int, Meta(ge=0)]
    without_second_item: Annotated[
        WithoutSecondItem | None,
        Meta(
            description="Only where all numbers are 0 do failures by others ask for the second "
            "item. Leave it out where you do not count them."
        ),
    ] = None
