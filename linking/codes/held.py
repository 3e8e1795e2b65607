"""Codes that are kept of a customer number: whether one still holds, and their end.

For who sends messages, and for who gives customers other numbers. Whether a code proves anything
is judged in `linking.codes.by_code`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from linking.codes.code import read_code
from linking.codes.keys import CodeKeys
from linking.codes.ports import CodeStore


@dataclass(frozen=True, slots=True)
class HeldCodes:
    """By company and number, as `linking.codes.asking` keeps them."""

    store: CodeStore
    keys: CodeKeys

    async def hold(self, company: str, number: str, code: str, *, now: datetime) -> bool:
        """Whether this is a code of the customer that was neither used, nor voided, nor is over."""
        hashes = self.keys.of_code(company, number, read_code(code))
        return bool(await self.store.matching(hashes, now=now))

    async def void(self, company: str, numbers: Iterable[str]) -> None:
        """Forget all that was sent and wished for: these numbers are of others from now on."""
        tags = {tag for number in numbers for tag in self.keys.all_of_customer(company, number)}
        await self.store.void(tags)
