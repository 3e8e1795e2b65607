"""Generations under way: what an import has written of each company and what it has noticed."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from broker.registers.carrying import is_linkable
from broker.registers.hashing import Peppers, RegisterKeys
from broker.registers.known_numbers import KnownNumbers
from broker.storage.register_ports import CustomerIndex, Generation
from linking.model import CustomerKind

CLASS_ROOM = 8_192
"""Pages of numbers of one class: 4 MB, for some thirty million in sequence."""


@dataclass(slots=True)
class Draft:
    """One company's generation while it is written, beside the one it will take the place of.

    `keys_before` is None where there is nothing to compare with: at the first import, or when the
    pepper of the current generation is gone. `suspended` holds why (deceased, protected) by the
    customer number of those who were not so before, `to_suspend` the numbers of all who are so, by
    their keys. `known` is whom it holds, `linkable` those of them who are active and unprotected.

    `evidence` is how many numbers were written. `customers` are those of the export, `met` those
    of them who were known before; `carried`, those that `broker.registers.restricted` added, as it
    had `carried_before`. `restricted_met` are the customers of the export who were restricted
    before, among `restricted_before`. `without` counts, by class, invoices of customers who can be
    linked that prove something and bear no second item.
    """

    generation: Generation
    before: Generation | None
    keys: RegisterKeys
    keys_before: RegisterKeys | None
    customers: int = 0
    met: int = 0
    evidence: int = 0
    proving: int = 0
    facilities: int = 0
    proving_nothing: int = 0
    standings_changed: int = 0
    contradictions: int = 0
    carried: int = 0
    carried_before: int = 0
    restricted_before: int = 0
    restricted_met: int = 0
    without: Counter[CustomerKind] = field(default_factory=Counter)
    suspended: dict[str, str] = field(default_factory=dict, repr=False)
    to_suspend: dict[bytes, str] = field(default_factory=dict, repr=False)
    known: KnownNumbers = field(default_factory=KnownNumbers, repr=False)
    linkable: Mapping[CustomerKind, KnownNumbers] = field(
        default_factory=lambda: {kind: KnownNumbers(CLASS_ROOM) for kind in CustomerKind},
        repr=False,
    )

    @property
    def company(self) -> str:
        """Whose generation this is."""
        return self.generation.company

    @property
    def customers_before(self) -> int | None:
        """How many customers the export before this one had; None at the first import."""
        return None if self.before is None else self.before.customers - self.carried_before

    @property
    def keeps_pepper(self) -> bool:
        """Whether a customer stands under the same hash as before."""
        return self.before is not None and self.before.pepper == self.keys.name

    @property
    def restricted_lost(self) -> int:
        """How many restricted customers are missing and cannot be carried to another pepper.

        With the earlier pepper gone nobody is met, and all of them count as lost.
        """
        return 0 if self.keeps_pepper else self.restricted_before - self.restricted_met

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

    async def known(self, draft: Draft, numbers: Iterable[str]) -> set[str]:
        """Those of these customer numbers, at most 10,000, that the draft holds."""
        known, doubtful = draft.known.sort_out(set(numbers))
        if doubtful:
            hashed = draft.keys.customers_of(draft.company)
            keys = {hashed(number): number for number in doubtful}
            found = await self._index.known_customers(draft.generation, list(keys))
            known |= {keys[key] for key in found}
        return known

    async def classes(self, draft: Draft, numbers: Collection[str]) -> Mapping[str, CustomerKind]:
        """Of which class those of these customers are, at most 10,000, who can be linked."""
        classes: dict[str, CustomerKind] = {}
        doubtful: set[str] = set()
        for kind, linkable in draft.linkable.items():
            known, unsure = linkable.sort_out(numbers)
            classes |= dict.fromkeys(known, kind)
            doubtful |= unsure
        if doubtful := doubtful - classes.keys():
            hashed = draft.keys.customers_of(draft.company)
            keys = {hashed(number): number for number in doubtful}
            for each in await self._index.customers(draft.generation, list(keys)):
                if is_linkable(each):
                    classes[keys[each.key]] = CustomerKind(each.kind)
        return classes

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
