"""Whether every invoice bears its company's second item, by the latest import or daily reading.

Where one does not, failures by others ask for nothing that stands on it
(`linking.CustomerRegister.with_second`). Here it is only said, for operators.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from broker.storage.register_ports import CustomerIndex, RegisterCopies, SecondItems
from linking.company import Company
from linking.ladder import Ladder, Level
from linking.model import CustomerKind


@dataclass(frozen=True, slots=True)
class Bearing:
    """One company's; `said` is what its register said last, None where it does not say."""

    company: str
    ladder: Ladder
    is_imported: bool
    said: SecondItems | None

    @property
    def item(self) -> str:
        """The second item that is asked for."""
        return self.ladder.second_item.value

    @property
    def is_of_other_item(self) -> bool:
        """Whether the register was read for another one."""
        return self.said is not None and self.said.item != self.item

    @property
    def missing(self) -> int:
        """On how many invoices it is missing, of the classes that invoices connect."""
        if self.said is None:
            return 0
        by_class = {
            CustomerKind.PRIVATE: self.said.private_without,
            CustomerKind.ORGANISATION: self.said.organisation_without,
        }
        return sum(by_class[kind] for kind in self.ladder.by_invoice)

    @property
    def is_everywhere(self) -> bool:
        """Whether failures by others may ask for it."""
        return self.said is not None and not self.is_of_other_item and not self.missing

    @property
    def is_where_they_begin(self) -> bool:
        """Whether some class has to show it without any failures."""
        return any(self.ladder.base(kind) is Level.SECOND_ITEM for kind in CustomerKind)


async def bearings(
    companies: Mapping[str, Company],
    imported: Collection[str],
    index: CustomerIndex,
    copies: RegisterCopies,
) -> Sequence[Bearing]:
    """Of each company where an invoice connects anybody; not of one without any import."""
    readings = await copies.readings()
    found: list[Bearing] = []
    for name, company in companies.items():
        if not company.ladder.by_invoice:
            continue
        if name not in imported:
            reading = readings.get(name)
            said = reading.second_items if reading else None
            found.append(Bearing(name, company.ladder, is_imported=False, said=said))
        elif (current := await index.current(name)) is not None and current.evidence:
            said = current.second_items
            found.append(Bearing(name, company.ladder, is_imported=True, said=said))
    return found
