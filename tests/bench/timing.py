"""Whether the time that a refusal takes tells why: Welch's t-test on the work before the tick.

Failing tries of several kinds are judged in turn, in a random order, in this process, by the rule
as it runs: both questions of the register, imported or a view of the billing system's, and the
count of the try (kept in memory here, where it is the same for all). The slowest twentieth of all
is left out, alike for every kind: those are interruptions. As in dudect (Reparaz, Balasch,
Verbauwhede 2017), |t| above 4.5 is a difference.
"""

import asyncio
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from statistics import fmean, quantiles, variance

from broker.app.parts import utc_now
from broker.cli.configuration import read_settings
from broker.cli.database import opened
from broker.registers.generator import RegisterFiles
from broker.settings.schema import Settings
from broker.storage import Storage
from broker.wiring.companies import companies
from broker.wiring.not_me import paper_tags
from broker.wiring.register import imported_register
from broker.wiring.registers import opened_registers
from linking import CustomerRegister, IdentityKey, OwnWaits, Thresholds, TypedNumbers, Verification
from linking.verification import Claim, NoMatch
from tests.bench.installation import Engines, Installation
from tests.bench.processes import OTHER_CORES, SERVER_CORES, keep_to
from tests.bench.register import run_import
from tests.house import settings_for
from tests.linking.fakes import tag
from tests.linking.tries_in_memory import TriesInMemory
from tests.registers_open import by_sql, opened_storage, with_register
from tests.servers.billing_view import BillingDatabase, billing_database
from tests.servers.postgresql import PostgreSQL

T_LIMIT = 4.5
_CUSTOMERS = 20_000
_COMPANY = "elnat"
_KEPT = 0.95
_WARMING = 2_000
_NOTHING = Thresholds(daily=10**9, on_customer=10**9, on_invoice=10**9, from_network=10**9)
"""No pressure: every try here is judged by its two numbers."""

KINDS = (
    "no such customer",
    "the customer, no such invoice",
    "the customer, somebody else's invoice",
    "the customer's own, too old",
    "a closed customer's own",
)


@dataclass(frozen=True, slots=True)
class KindFigures:
    """One kind of refusal, beside the first: means in microseconds."""

    kind: str
    samples: int
    mean: float
    difference: float
    t: float

    @property
    def is_alike(self) -> bool:
        """Whether it is told from the first by nothing."""
        return abs(self.t) <= T_LIMIT


def measure_timing(folder: Path, engines: Engines, *, samples: int) -> list[KindFigures]:
    """Judge so many tries of each kind by an imported register."""
    installation = Installation(folder / "broker", engines, 8000, "http://localhost:8001")
    installation.prepare(with_register=False)
    with keep_to(OTHER_CORES):
        files = _write_export(folder)
    run_import(installation, files)

    async def judge() -> list[list[int]]:
        settings = read_settings(installation.folder / "farstu.toml")
        async with opened(settings) as storage:
            register = imported_register(settings, storage)
            return await _judge(settings, storage, register, samples)

    with keep_to(SERVER_CORES):
        return _compare(asyncio.run(judge()))


def measure_view_timing(folder: Path, server: PostgreSQL, *, samples: int) -> list[KindFigures]:
    """Judge so many tries of each kind by two views of a billing system's PostgreSQL."""

    async def judge(billing: BillingDatabase) -> list[list[int]]:
        settings = with_register(settings_for(folder), by_sql(billing))
        async with (
            opened_storage(settings, utc_now) as storage,
            opened_registers(settings, storage, clock=utc_now) as registers,
        ):
            return await _judge(settings, storage, registers.answering, samples)

    with billing_database(server) as billing:
        with keep_to(OTHER_CORES):
            _fill_views(billing)
        with keep_to(SERVER_CORES):
            return _compare(asyncio.run(judge(billing)))


def _fill_views(billing: BillingDatabase) -> None:
    """The same customers and invoices as in the export."""
    recent, old = _days()
    billing.run(
        "INSERT INTO billing.kund (bolag, nr, slag, lage, skyddad) "  # noqa: S608 - our own
        f"SELECT '{_COMPANY}', (100000 + n)::text, 'private', "
        "CASE WHEN n % 10 = 0 THEN 'closed' ELSE 'active' END, false "
        f"FROM generate_series(0, {_CUSTOMERS - 1}) AS n"
    )
    for issued_on, first in ((recent, 4_000_000), (old, 2_000_000)):
        billing.run(
            "INSERT INTO billing.faktura "  # noqa: S608 - our own
            f"SELECT '{_COMPANY}', (100000 + n)::text, ({first} + n)::text, '', '{issued_on}', "
            f"date '{issued_on}' + 30, 100 + n % 900 + 0.5, 'invoice', '' "
            f"FROM generate_series(0, {_CUSTOMERS - 1}) AS n"
        )
    billing.run("ANALYZE billing.kund, billing.faktura")


def _days() -> tuple[date, date]:
    """When the customers' two invoices were issued."""
    today = utc_now().date()
    return today - timedelta(days=30), today - timedelta(days=700)


def _write_export(folder: Path) -> RegisterFiles:
    """A tenth of the customers are closed; each has one invoice of last month, and an old one."""
    folder.mkdir(parents=True, exist_ok=True)
    recent, old = _days()
    customers = ["company;customer_number;kind;status;email;phone;protected"]
    invoices = ["company;customer_number;invoice_number;ocr;issued_on;due_on;amount;type"]
    for n in range(_CUSTOMERS):
        status = "closed" if n % 10 == 0 else "active"
        customers.append(f"{_COMPANY};{_number(n)};private;{status};k{n}@brev.example;;0")
        for issued_on, invoice in ((recent, _recent(n)), (old, _old(n))):
            invoices.append(_row(n, invoice, issued_on))
    paths = folder / "customers.csv", folder / "invoices.csv"
    for path, rows in zip(paths, (customers, invoices), strict=True):
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return RegisterFiles(*paths, folder / "none", len(customers) - 1, len(invoices) - 1)


def _row(n: int, invoice: str, issued_on: date) -> str:
    due_on = issued_on + timedelta(days=30)
    return f"{_COMPANY};{_number(n)};{invoice};;{issued_on};{due_on};{100 + n % 900},50;invoice"


def _number(n: int) -> str:
    return str(100_000 + n)


def _recent(n: int) -> str:
    return str(4_000_000 + n)


def _old(n: int) -> str:
    return str(2_000_000 + n)


def _pair(kind: int, chance: Random) -> tuple[str, str]:
    """Numbers that are refused for this reason, as long and as likely looking as any."""
    n = chance.randrange(_CUSTOMERS // 10) * 10
    active = n + 1 + chance.randrange(9)
    nobody = str(500_000 + chance.randrange(100_000))
    other = str(5_000_000 + chance.randrange(1_000_000))
    return (
        (nobody, other),
        (_number(active), other),
        (_number(active), _recent((active + 7) % _CUSTOMERS)),
        (_number(active), _old(active)),
        (_number(n), _recent(n)),
    )[kind]


async def _judge(
    settings: Settings, storage: Storage, register: CustomerRegister, samples: int
) -> list[list[int]]:
    """Nanoseconds of each try, by kind; some tries warm up and are left out."""
    company = companies(settings)[_COMPANY]
    chance = Random(1)  # noqa: S311 - the same in every run
    taken: list[list[int]] = [[] for _ in KINDS]
    rule = Verification(
        register,
        TriesInMemory(),
        OwnWaits(),
        lambda _: _NOTHING,
        tag,
        storage.guards,
        paper_tags(settings),
    )
    order = [kind for kind in range(len(KINDS)) for _ in range(samples)]
    chance.shuffle(order)
    for count, kind in enumerate(order[:_WARMING] + order):
        now = utc_now()
        typed = TypedNumbers(*_pair(kind, chance))
        who = IdentityKey("https://accounts.google.com", f"{count}")
        claim = Claim(who, (company,), typed, now, now)
        begun = time.perf_counter_ns()
        judged = await rule.judge(claim)
        spent = time.perf_counter_ns() - begun
        if not isinstance(judged, NoMatch):
            raise TypeError(f"{KINDS[kind]}: {type(judged).__name__}")
        if count >= _WARMING:
            taken[kind].append(spent)
        if count % 1_000 == 0:
            rule = replace(rule, tries=TriesInMemory())  # or it would grow
    return taken


def _compare(taken: Sequence[Sequence[int]]) -> list[KindFigures]:
    everything = [each for kind in taken for each in kind]
    longest = quantiles(everything, n=100)[round(_KEPT * 100) - 1]
    kept = [[each / 1000 for each in kind if each <= longest] for kind in taken]
    first = kept[0]
    return [
        KindFigures(
            name,
            len(each),
            fmean(each),
            fmean(each) - fmean(first),
            0.0 if each is first else welch(first, each),
        )
        for name, each in zip(KINDS, kept, strict=True)
    ]


def welch(one: Sequence[float], other: Sequence[float]) -> float:
    """Welch's t of two samples (Welch 1947)."""
    spread = math.sqrt(variance(one) / len(one) + variance(other) / len(other))
    return (fmean(other) - fmean(one)) / spread
