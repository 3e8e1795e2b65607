"""`facilities.csv` (optional): the places that a customer has, one row each."""

from collections.abc import Iterator
from typing import NamedTuple

from broker.registers.csv_reading import Layout, Row, read_rows
from broker.registers.fields import required
from broker.registers.lines import Source

LAYOUT = Layout(required=("company", "customer_number", "facility", "name"))


class FacilityRow(NamedTuple):
    """A facility of a customer; `name` is what the customer calls the place, often an address."""

    company: str
    customer_number: str
    facility: str
    name: str


def facility_rows(source: Source) -> Iterator[Row]:
    """Yield the file's rows; `read_facility` makes facilities of them."""
    return read_rows(source, LAYOUT)


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
