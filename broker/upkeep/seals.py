"""What a backup holds under each master key, and whether some of it opens.

A contact is sealed to its customer's number, which only linked customers have in clear: they are
the sample. A message is sealed to its own id.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from broker.registers.contacts import ContactSeal
from broker.registers.distant.copies import owner
from broker.registers.hashing import Peppers
from broker.sealed import NotOurs, Vault, master_key_of

SAMPLE: Final = 20
_CANDIDATES: Final = 20_000


@dataclass(slots=True)
class SealCheck:
    """Counts sealed values by master key, and opens the first ones of each."""

    vault: Vault
    peppers: Peppers
    sealed: Counter[str] = field(default_factory=Counter)
    opened: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    _linked: dict[bytes, tuple[str, str]] = field(default_factory=dict, repr=False)

    def take_linked(self, row: Mapping[str, Any]) -> None:
        """A linked customer: where they stand in the register, under each pepper."""
        if len(self._linked) < _CANDIDATES:
            for keys in self.peppers.keys.values():
                place = keys.customer(row["company"], row["number"])
                self._linked[place] = (row["company"], row["number"])

    def take_customer(self, row: Mapping[str, Any]) -> None:
        """A customer of the register, contact and previous contact."""
        for column in ("sealed_contact", "sealed_previous_contact"):
            if row[column]:
                self.sealed[master_key_of(row[column])] += 1
        sealed, linked = row["sealed_contact"], self._linked.get(row["key"])
        if sealed and linked is not None:
            contacts = ContactSeal(self.vault.seal, self.vault.open)
            self._try(sealed, lambda: contacts.opened(*linked, sealed))

    def take_facility(self, row: Mapping[str, Any]) -> None:
        """A facility; counted only."""
        self.sealed[master_key_of(row["sealed"])] += 1

    def take_copy(self, row: Mapping[str, Any]) -> None:
        """What a register elsewhere said of a linked customer."""
        sealed = row["sealed"]
        self.sealed[master_key_of(sealed)] += 1
        self._try(sealed, lambda: self.vault.open(sealed, owner(row["customer"])))

    def take_message(self, row: Mapping[str, Any]) -> None:
        """A message that has not left yet."""
        sealed = row["sealed"]
        if sealed:
            self.sealed[master_key_of(sealed)] += 1
            self._try(sealed, lambda: self.vault.open(sealed, row["id"].encode()))

    def _try(self, sealed: bytes, opening: Any) -> None:
        name = master_key_of(sealed)
        if self.opened[name] + self.refused[name] >= SAMPLE:
            return
        try:
            opening()
        except NotOurs:
            self.refused[name] += 1
        else:
            self.opened[name] += 1
