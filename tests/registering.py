"""Importing a register into a test's broker, by the real import."""

import io

from broker.app.parts import Parts
from broker.registers.importing import Export, Imported, ImportRefused, Mode
from broker.registers.lines import Source
from broker.wiring.register import register_import


def _source(name: str, text: str) -> Source:
    raw = text.encode()
    return Source(name, io.BytesIO(raw), len(raw))


async def import_register(
    parts: Parts, customers: str, invoices: str, *, mode: Mode | None = None
) -> Imported | ImportRefused:
    """Import two CSV texts; a bad row fails the test."""
    findings = []
    outcome = await register_import(parts.settings, parts.storage, clock=parts.clock).run(
        Export(_source("customers.csv", customers), _source("invoices.csv", invoices)),
        mode or Mode(),
        on_finding=findings.append,
        on_progress=lambda *_: None,
    )
    assert [str(each) for each in findings] == []
    return outcome
