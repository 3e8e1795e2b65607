"""Taking an import back: the generation before it becomes current again.

Sessions that the import ended stay ended; people sign in anew.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from broker.storage.ports import AuditEvent, AuditLog
from broker.storage.register_ports import CustomerIndex, Generation
from linking.ports import Transaction


@dataclass(frozen=True, slots=True)
class TakingBack:
    """The use-case with its parts."""

    index: CustomerIndex
    transaction: Transaction
    audit: AuditLog
    clock: Callable[[], datetime]

    async def run(self, company: str) -> Generation | None:
        """Return what is current now; None if there is nothing to go back to."""
        async with self.transaction():
            taken = await self.index.current(company)
            restored = await self.index.take_back(company, at=self.clock())
            if taken is None or restored is None:
                return None
            await self.audit.append(
                AuditEvent(
                    kind="register_taken_back",
                    at=self.clock(),
                    actor="operator",
                    subject=company,
                    facts={"generation": str(taken.id), "restored": str(restored.id)},
                )
            )
        await self.index.discard(taken)
        return restored
