"""Generations under way: what an import has written of each company and what it has noticed."""

from dataclasses import dataclass, field
from datetime import datetime

from broker.registers.hashing import Peppers, RegisterKeys
from broker.storage.ports import CustomerIndex, Generation


@dataclass(slots=True)
class Draft:
    """One company's generation while it is written, beside the one it will take the place of.

    `keys_before` is None where there is nothing to compare with: at the first import, or when the
    pepper of the current generation is gone. `suspended` holds why (deceased, protected) by the
    customer number of those who were not so before.
    """

    generation: Generation
    before: Generation | None
    keys: RegisterKeys
    keys_before: RegisterKeys | None
    customers: int = 0
    evidence: int = 0
    facilities: int = 0
    proving_nothing: int = 0
    standings_changed: int = 0
    contradictions: int = 0
    suspended: dict[str, str] = field(default_factory=dict)

    @property
    def company(self) -> str:
        """Whose generation this is."""
        return self.generation.company

    @property
    def has_lost_pepper(self) -> bool:
        """Whether the current generation cannot be compared with."""
        return self.before is not None and self.keys_before is None


class Drafts:
    """The drafts of one import, opened as companies turn up in its files."""

    def __init__(self, index: CustomerIndex, peppers: Peppers, *, started_at: datetime) -> None:
        self._index = index
        self._peppers = peppers
        self._started_at = started_at
        self._drafts: dict[str, Draft] = {}

    def all(self) -> list[Draft]:
        """Every draft, by company."""
        return [self._drafts[company] for company in sorted(self._drafts)]

    def find(self, company: str) -> Draft | None:
        """The company's draft if it has one."""
        return self._drafts.get(company)

    async def of(self, company: str) -> Draft:
        """The company's draft, opened if it is new."""
        draft = self._drafts.get(company)
        if draft is None:
            draft = self._drafts[company] = await self._opened(company)
        return draft

    def let_go(self) -> list[Draft]:
        """Give the drafts away: they are current now, and `discard` leaves them alone."""
        drafts = self.all()
        self._drafts.clear()
        return drafts

    async def discard(self) -> None:
        """Delete everything that was written; nobody has seen it."""
        while self._drafts:
            company = next(iter(self._drafts))
            await self._index.discard(self._drafts[company].generation)
            del self._drafts[company]

    async def _opened(self, company: str) -> Draft:
        keys = self._peppers.newest
        before = await self._index.current(company)
        generation = await self._index.open_generation(
            company, at=self._started_at, pepper=keys.name
        )
        return Draft(
            generation=generation,
            before=before,
            keys=keys,
            keys_before=self._peppers.named(before.pepper) if before else None,
        )
