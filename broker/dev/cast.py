"""The demo's customers: few, invented, and each there for a reason.

Numbers are fixed so that they can be learned; dates move, so that the latest invoice is always a
few days old. Whoever signs in may be any customer: the numbers are what is proved.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from broker.dev.companies import ELECTRICITY, GRID, HEATING, DemoCompany

DAYS_BETWEEN = 30
LATEST_AGE = 9
"""How many days ago the latest invoice went out."""

INVOICES = 12
NUMBERS_BETWEEN = 137
"""How far apart two invoice numbers of one customer are: others get the ones between."""


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    """A customer of one company, and what to say of them on the screen.

    `latest` is the newest invoice's number; `invoices` is how many there are, and `first` how many
    months before now the newest of them is.
    """

    company: DemoCompany
    number: str
    latest: int
    name: str
    why: str
    kind: str = "private"
    status: str = "active"
    protected: bool = False
    invoices: int = INVOICES
    first: int = 0
    places: tuple[str, ...] = ("Hemma",)

    @property
    def has_left(self) -> bool:
        """Whether the newest invoice is the final one."""
        return self.status == "closed"


@dataclass(frozen=True, slots=True)
class Paper:
    """One invoice of a customer: `number` and `ocr` as printed, and what it is for."""

    customer: DemoCustomer
    number: int
    ocr: str
    issued_on: date
    due_on: date
    from_day: date
    to_day: date
    is_final: bool


KARIN = (
    DemoCustomer(ELECTRICITY, "2000421", 71004210, "Karin Provberg", "kund hos alla tre"),
    DemoCustomer(
        GRID, "100423", 4104230, "Karin Provberg", "kund hos alla tre",
        places=("Hemma", "Sommarstugan"),
    ),
    DemoCustomer(HEATING, "50117", 901170, "Karin Provberg", "kund hos alla tre"),
)  # fmt: skip
GERDA = (
    DemoCustomer(ELECTRICITY, "2000977", 71009770, "Gerda Låtsman", "gammal mamma"),
    DemoCustomer(GRID, "100977", 4109770, "Gerda Låtsman", "gammal mamma"),
)
NILS = (
    DemoCustomer(
        GRID, "100511", 4105110, "Nils Testlund", "ny kund, en enda faktura", invoices=1
    ),
)  # fmt: skip
REFUSED = (
    DemoCustomer(
        GRID, "100888", 4108880, "Brf Låtsasgården", "förening", kind="organisation"
    ),
    DemoCustomer(GRID, "100733", 4107330, "Skyddad Person", "skyddad identitet", protected=True),
    DemoCustomer(GRID, "100612", 4106120, "Åke Forntid", "avliden", status="deceased"),
    DemoCustomer(
        GRID, "100555", 4105550, "Fia Flyttlass", "har flyttat", status="closed", first=2
    ),
    DemoCustomer(
        GRID, "100299", 4102990, "Gösta Gammelfaktura", "bara gamla fakturor",
        invoices=4, first=16,
    ),
)  # fmt: skip

CAST = (*KARIN, *GERDA, *NILS, *REFUSED)


def find_customer(company: str, number: str) -> DemoCustomer | None:
    """Return the customer of this number at this company."""
    for each in CAST:
        if (each.company.id, each.number) == (company, number):
            return each
    return None


def papers_of(customer: DemoCustomer, today: date) -> list[Paper]:
    """Return a customer's invoices, newest first."""
    return [
        _paper(customer, place, today - timedelta(days=LATEST_AGE + DAYS_BETWEEN * place))
        for place in range(customer.first, customer.first + customer.invoices)
    ]


def _paper(customer: DemoCustomer, place: int, issued_on: date) -> Paper:
    number = customer.latest - NUMBERS_BETWEEN * (place - customer.first)
    return Paper(
        customer=customer,
        number=number,
        ocr=customer.company.ocr.make(int(customer.number), number),
        issued_on=issued_on,
        due_on=issued_on + timedelta(days=DAYS_BETWEEN),
        from_day=issued_on - timedelta(days=DAYS_BETWEEN + 2),
        to_day=issued_on - timedelta(days=3),
        is_final=customer.has_left and place == customer.first,
    )
