"""`facilities.csv` (optional): the places that a customer has, one row each."""

from typing import NamedTuple

from broker.registers.csv_reading import Layout
from broker.registers.fields import required

LAYOUT = Layout(required=("company", "customer_number", "facility", "name"))


class FacilityRow(NamedTuple):
    """A facility of a customer; `name` is what the customer calls the place, often an address."""

    company: str
    customer_number: str
    facility: str
    name: str

    def __repr__(self) -> str:
        """Nothing of whose row it is, lest it end in a traceback."""
        return f"FacilityRow(company={self.company!r})"


def read_facility(fields: tuple[str, ...]) -> FacilityRow:
    """Make a facility of a row's fields.

    Raises:
        RowRefused: with column and reason.
    """
    company, customer_number, facility, name = fields
    return FacilityRow(
        company,
        required(customer_number, "customer_number"),
        required(facility, "facility"),
        name,
    )
