"""The contract of `RegisterAudits`."""

from datetime import timedelta

from broker.storage import Storage
from broker.storage.register_ports import KeptAudit
from tests.contracts.samples import NOW


async def test_the_newest_of_each_company_is_kept(storage: Storage) -> None:
    """A newer one takes the place of the one before; a sister company's stays."""
    later = NOW + timedelta(days=1)
    await storage.audits.keep("elnat", "first", at=NOW)
    await storage.audits.keep("varme", "other", at=NOW)
    await storage.audits.keep("elnat", "second", at=later)
    assert await storage.audits.kept() == {
        "elnat": KeptAudit(later, "second"),
        "varme": KeptAudit(NOW, "other"),
    }
