"""What operators are shown of everybody's failures. Nothing is decided on it."""

from datetime import datetime
from typing import Protocol

from linking.tries.pressure import Pressure


class PressureFigures(Protocol):
    """Read now and then, never for a request."""

    async def of_everybody(self, *, now: datetime) -> Pressure:
        """The failures of all in the last 24 hours; of no customer, invoice or network."""
        ...

    async def widest_invoice(self, *, since: datetime, now: datetime) -> int:
        """On how many customer numbers one invoice number was tried in seven days, at most.

        Of those that were tried after `since`; 0 where none was.
        """
        ...
