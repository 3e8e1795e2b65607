"""The demo's three sister companies as their customers meet them: invented, like everything here.

Phone numbers are of the series that Sweden keeps for fiction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from broker.registers.generator.companies import OcrStyle

GROUP = "Påhittsta Energi"


@dataclass(frozen=True, slots=True)
class DemoCompany:
    """One company, its portal and its prices.

    `base_kwh` is a July day in an ordinary house, `winter_kwh` what a January day has more of;
    prices are in öre (per kWh, and fixed per month).
    """

    id: str
    name: str
    portal: str
    phone: str
    client_id: str
    colour: str
    tint: str
    ocr: OcrStyle
    customer_example: str
    invoice_example: str
    base_kwh: float
    winter_kwh: float
    price: int
    fixed: int


ELECTRICITY = DemoCompany(
    id="elhandel",
    name="Påhittsta Elhandel",
    portal="Mina sidor el",
    phone="08-465 004 10",
    client_id="mina-sidor-elhandel",
    colour="#1d6b3a",
    tint="#e9f4ec",
    ocr=OcrStyle.INVOICE_AND_LENGTH,
    customer_example="2000100",
    invoice_example="71000100",
    base_kwh=11,
    winter_kwh=38,
    price=92,
    fixed=4900,
)
GRID = DemoCompany(
    id="elnat",
    name="Påhittsta Elnät",
    portal="Mina sidor elnät",
    phone="08-465 004 20",
    client_id="mina-sidor-elnat",
    colour="#0b4f8a",
    tint="#e8f1f9",
    ocr=OcrStyle.CUSTOMER_AND_INVOICE,
    customer_example="100100",
    invoice_example="4100100",
    base_kwh=11,
    winter_kwh=38,
    price=41,
    fixed=21900,
)
HEATING = DemoCompany(
    id="fjarrvarme",
    name="Påhittsta Fjärrvärme",
    portal="Mina sidor fjärrvärme",
    phone="08-465 004 30",
    client_id="mina-sidor-fjarrvarme",
    colour="#a3282f",
    tint="#fbeeee",
    ocr=OcrStyle.INVOICE,
    customer_example="50100",
    invoice_example="900100",
    base_kwh=9,
    winter_kwh=84,
    price=104,
    fixed=32500,
)

COMPANIES: Mapping[str, DemoCompany] = MappingProxyType(
    {each.id: each for each in (ELECTRICITY, GRID, HEATING)}
)
