"""`customers.csv`: who the customers are, one row each."""

from datetime import date
from typing import NamedTuple

from broker.registers import fields
from broker.registers.csv_reading import Layout
from linking.model import CustomerKind, CustomerStatus

LAYOUT = Layout(
    required=("company", "customer_number", "kind", "status", "email", "phone", "protected"),
    optional=("name", "evidence_from"),
)


class CustomerRow(NamedTuple):
    """A row whose fields are sound; its number is still as it was exported."""

    company: str
    number: str
    kind: CustomerKind
    status: CustomerStatus
    protected: bool
    name: str
    email: str
    phone: str
    evidence_from: date | None

    def __repr__(self) -> str:
        """Nothing of whose row it is, lest it end in a traceback."""
        return f"CustomerRow(company={self.company!r})"


def read_customer(cells: tuple[str, ...]) -> CustomerRow:
    """Make a customer of a row's fields.

    Raises:
        RowRefused: with column and reason.
    """
    company, number, kind, status, email, phone, protected, name, evidence_from = cells
    return CustomerRow(
        company,
        fields.required(number, "customer_number"),
        fields.kind(kind, "kind"),
        fields.status(status, "status"),
        fields.flag(protected, "protected"),
        name,
        email,
        phone,
        fields.optional_date(evidence_from, "evidence_from"),
    )
