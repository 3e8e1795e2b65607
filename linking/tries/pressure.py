"""What the failures of everybody together change: the price of a try, and the evidence asked for.

Never whether somebody is served. The counters are read here and nowhere else, and nothing that
comes out of this module can refuse or be made to wait longer than `Thresholds.dearest`. All
windows slide, so that whatever was raised has come down again after seven days without failures.

Plain rules; `linking.ports.TryStore` counts. A failure counts from when the try is reserved; it is
given back only when the same identity succeeds on the same customer number.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from linking.ladder import Level

ON_A_CUSTOMER = timedelta(days=7)
"""How far back failures on one customer number count, and tries of one invoice number."""

OF_ALL = timedelta(days=1)
"""How far back all failures of the installation, and those from one network, count."""

SHORTER_BY = timedelta(hours=1)
"""Failures are kept by the hour: the seven days may be shorter by so much, never longer. The one
day may be longer by so much, never shorter."""


@dataclass(frozen=True, slots=True)
class Pressure:
    """Failures, counted before this try.

    `on_customer`: on this customer number in the last seven days, whether or not it exists; of
    several readings, the most. `on_invoice`: on how many customer numbers this invoice number was
    tried, in as long.
    `of_all`: by everybody, in the last 24 hours; `beyond_first` are those of them that were made
    with more than the two numbers. `from_network`: from this /24 or /56, in the last 24 hours.
    """

    on_customer: int = 0
    on_invoice: int = 0
    of_all: int = 0
    beyond_first: int = 0
    from_network: int = 0


NO_PRESSURE = Pressure()


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From how many failures on something changes. Published: they hold although they are known.

    `daily` depends on how many customers there are (`daily_for`), never on what has happened: what
    an attacker could teach us would be a threshold that rises with the attack.
    """

    daily: int
    on_customer: int = 3
    on_customer_second: int = 100
    on_invoice: int = 3
    from_network: int = 20
    from_network_dear: int = 100
    dear: timedelta = timedelta(seconds=10)
    dearest: timedelta = timedelta(seconds=30)


FAILURES_A_YEAR = 0.1
"""Of each honest customer. Assumed, to the attackers' advantage: nobody has measured it."""


def daily_for(customers: int) -> int:
    """Thrice what honest customers fail in a day, and never fewer than ten."""
    return max(10, round(3 * FAILURES_A_YEAR * customers / 365))


class Cause(StrEnum):
    """On what others failed so often that something changed: for operators, on no page."""

    CUSTOMER = "customer"
    INVOICE = "invoice"
    EVERYBODY = "everybody"
    NETWORK = "network"


def level_under(pressure: Pressure, thresholds: Thresholds) -> Level:
    """The level that pressure asks for; whoever asks keeps it within what a class can bring."""
    return evidence_under(pressure, thresholds)[0]


def price_under(pressure: Pressure, thresholds: Thresholds) -> timedelta:
    """How long a form must have been open before it counts: nothing, as a rule.

    Counted from when the form was shown and from this identity's own latest try, so that somebody
    who reads numbers from a paper hardly ever meets it.
    """
    return patience_under(pressure, thresholds)[0]


def evidence_under(pressure: Pressure, t: Thresholds) -> tuple[Level, Cause | None]:
    """The level that pressure asks for, and why it is more than the first."""
    if pressure.on_customer >= t.on_customer_second:
        return Level.CODE, Cause.CUSTOMER
    if pressure.beyond_first >= t.daily:
        return Level.CODE, Cause.EVERYBODY
    if pressure.on_customer >= t.on_customer:
        return Level.SECOND_ITEM, Cause.CUSTOMER
    if pressure.on_invoice >= t.on_invoice:
        return Level.SECOND_ITEM, Cause.INVOICE
    if pressure.of_all >= t.daily:
        return Level.SECOND_ITEM, Cause.EVERYBODY
    return Level.INVOICE, None


def patience_under(pressure: Pressure, t: Thresholds) -> tuple[timedelta, Cause | None]:
    """The price that pressure asks for, and why it is not nothing."""
    if pressure.from_network >= t.from_network_dear:
        return t.dearest, Cause.NETWORK
    if pressure.on_customer >= t.on_customer_second:
        return t.dearest, Cause.CUSTOMER
    if pressure.from_network >= t.from_network:
        return t.dear, Cause.NETWORK
    if pressure.on_customer >= t.on_customer:
        return t.dear, Cause.CUSTOMER
    if pressure.of_all >= t.daily:
        return t.dear, Cause.EVERYBODY
    return timedelta(0), None
