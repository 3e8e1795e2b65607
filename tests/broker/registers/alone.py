"""`python -m tests.broker.registers.alone FOLDER`: import an export in a process of its own.

Prints the most memory that it ever had, in KiB. What waits in memory is cut down, so that a small
register shows what a large one does.
"""

import asyncio
import sys
from contextlib import ExitStack
from pathlib import Path

from broker.registers import batches, importing_customers, importing_invoices, writing_customers
from broker.registers.importing import Export, Imported
from broker.registers.lines import Source
from broker.storage import migrate_storage, open_storage
from tests.broker.registers.test_on_storage import NOW, VAULT, Office
from tests.memory import most_memory

batches.BATCH = writing_customers.BATCH = importing_invoices.BATCH = 500
importing_customers.HELD = 1_000
importing_invoices.HELD = 1_000


async def run(folder: Path) -> None:
    """Import what lies in the folder into a fresh database beside it."""
    url = f"sqlite:///{folder / 'farstu.db'}"
    await migrate_storage(url, "sqlite://")
    with ExitStack() as files:
        sources = [
            Source(path.name, files.enter_context(path.open("rb")), path.stat().st_size)
            for path in (folder / "customers.csv", folder / "invoices.csv")
        ]
        async with open_storage(
            url,
            "sqlite://",
            seal=VAULT.seal,
            open_sealed=VAULT.open,
            new_id=lambda prefix: f"{prefix}1",
            clock=lambda: NOW,
        ) as storage:
            assert isinstance(await Office(storage).run(Export(*sources)), Imported)


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1])))
    sys.stdout.write(f"{most_memory()}\n")
