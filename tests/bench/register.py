"""The customer register: how fast an export is imported, and a customer found among many.

The export is the generator's: real shapes, invented people. An import runs as the operator's
command does; a look-up is the two questions that a try to be verified asks, true and false in turn.
"""

import asyncio
import subprocess
import time
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median

from broker.app.parts import utc_now
from broker.cli.configuration import read_settings
from broker.cli.database import opened
from broker.registers.generator import (
    RegisterFiles,
    SisterCompany,
    sister_companies,
    write_register,
)
from broker.registers.imported import ImportedRegister
from broker.wiring.register import imported_register
from linking.days import swedish_day
from tests.bench.installation import Engines, Installation
from tests.bench.processes import OTHER_CORES, ROOT, SERVER_CORES, keep_to, python

_ASKED = 400
_BATCH = 50


@dataclass(frozen=True, slots=True)
class RegisterFigures:
    """One register's figures. Rows are of invoices; times are CPU of this process."""

    engine: str
    customers: int
    invoices: int
    rows_a_second: float
    rows_a_cpu_second: float
    peak_mib: float
    milliseconds: tuple[float, float, float]
    """Of one look-up: median, lowest and highest of the batches."""


def write_export(folder: Path, *, households: int, months: int) -> RegisterFiles:
    """Write an export of one company."""
    with keep_to(OTHER_CORES):
        return write_register(
            folder, [_company()], households=households, today=_end_of_last_month(), months=months
        )


def measure_register(folder: Path, engines: Engines, files: RegisterFiles) -> RegisterFigures:
    """Import an export by the command, and look customers up."""
    installation = Installation(folder / "broker", engines, 8000, "http://localhost:8001")
    installation.prepare(with_register=False)
    seconds, cpu, peak = run_import(installation, files)
    with keep_to(SERVER_CORES):
        asked = _pairs(files)
        took = asyncio.run(_look_up(installation, asked))
    return RegisterFigures(
        engine=engines.name,
        customers=files.customer_rows,
        invoices=files.invoice_rows,
        rows_a_second=files.invoice_rows / seconds,
        rows_a_cpu_second=files.invoice_rows / cpu,
        peak_mib=peak,
        milliseconds=(median(took), min(took), max(took)),
    )


def _company() -> SisterCompany:
    return next(each for each in sister_companies() if each.id == "elnat")


def _end_of_last_month() -> date:
    """A day on which a whole month's invoices are out, whatever day it is now."""
    return swedish_day(utc_now()).replace(day=1) - timedelta(days=1)


def run_import(installation: Installation, export: RegisterFiles) -> tuple[float, float, float]:
    """Seconds, those of CPU, and the process's largest resident memory in MiB."""
    files = [f"--customers={export.customers}", f"--invoices={export.invoices}"]
    arguments = installation.arguments("register", "import", *files)
    command = python("-m", "tests.bench.command", *arguments)
    begun = time.perf_counter()
    with keep_to(SERVER_CORES):
        done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    taken = time.perf_counter() - begun
    cpu, most_kib = done.stdout.split()[-2:]
    return taken, float(cpu), int(most_kib) / 1024


def _pairs(files: RegisterFiles) -> list[tuple[str, str]]:
    """Customers and their invoices from all over the file, and as many that do not fit."""
    step = max(1, files.invoice_rows // _ASKED)
    with files.invoices.open(encoding="utf-8") as lines:
        rows = [line.split(";") for line in islice(lines, 1, None, step)][:_ASKED]
    true = [(row[1], row[2]) for row in rows]
    chance = Random(1)  # noqa: S311 - the same in every run
    false = [(customer, chance.choice(true)[1]) for customer, _ in true]
    mixed = [pair for both in zip(true, false, strict=True) for pair in both]
    chance.shuffle(mixed)
    return mixed


async def _look_up(installation: Installation, asked: list[tuple[str, str]]) -> list[float]:
    """Milliseconds of CPU per look-up, batch by batch; the first warms up and is left out."""
    settings = read_settings(installation.folder / "farstu.toml")
    async with opened(settings) as storage:
        register = imported_register(settings, storage)
        batches = [asked[at : at + _BATCH] for at in range(0, len(asked), _BATCH)]
        return [await _batch(register, each) for each in batches][1:]


async def _batch(register: ImportedRegister, asked: list[tuple[str, str]]) -> float:
    begun = time.process_time()
    for customer, invoice in asked:
        await register.find_invoice("elnat", customer, invoice)
        await register.standing("elnat", customer)
    return (time.process_time() - begun) * 1000 / len(asked)
