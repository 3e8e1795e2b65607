"""The keyed hashes by which the imported register finds customers and evidence.

HMAC-SHA256 (RFC 2104) under a named pepper, a prefix per question and company, cut to 16 bytes
(RFC 2104 section 5 asks for no less than half; an index of 10^8 entries meets a second one with
the same hash with a chance of some 10^-23). Whoever has the database and not the pepper can test
no number; whoever has both can test them all, as with any hash of short numbers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cryptography.hazmat.primitives import hashes, hmac

from linking.ladder import SecondItem
from linking.model import Contact

_LENGTH = 16
_LENGTH_OF_SECOND = 8
"""Enough beside the other: nothing is looked up by it, it is only compared."""

_SHORTEST_PEPPER = 32


class Recipe(StrEnum):
    """What a piece of evidence is a number of."""

    INVOICE = "invoice"
    OCR = "ocr"


@dataclass(frozen=True, slots=True)
class RegisterKeys:
    """Hashes under one pepper. All numbers are normalised before they come here.

    The `…_of` verbs prepare what is asked for by the million: one company's hashing.
    """

    name: str
    pepper: bytes = field(repr=False)

    def customer(self, company: str, number: str) -> bytes:
        """Where a customer stands in the index."""
        return self.customers_of(company)(number)

    def customers_of(self, company: str) -> Callable[[str], bytes]:
        """Where customers, by their numbers, stand in the index."""
        return self._hashing("customer", company)

    def evidence(self, company: str, number: str, recipe: Recipe, value: str) -> bytes:
        """Where a customer's invoice, under one of its numbers, stands in the index."""
        return self.evidence_of(company, recipe)(number, value)

    def evidence_of(self, company: str, recipe: Recipe) -> Callable[[str, str], bytes]:
        """Where invoices, by customer number and value, stand in the index."""
        hashed = self._hashing(recipe, company)
        return lambda number, value: hashed(f"{len(number)}:{number}:{value}")

    def second_of(self, company: str, item: SecondItem) -> Callable[[str, str, str], bytes]:
        """Tell what else stands on an invoice, by customer number, evidence and the item's form."""
        hashed = self._hashing(f"second {item}", company)
        return lambda number, evidence, canonical: hashed(
            f"{len(number)}:{number}:{len(evidence)}:{evidence}:{canonical}"
        )[:_LENGTH_OF_SECOND]

    def contact(self, company: str, number: str, contact: Contact) -> bytes:
        """Tell two contacts of a customer apart: by address and phone, however they are written.

        The name takes no part: a new way of writing it is no new way to reach somebody.
        """
        return self.contacts_of(company)(number, contact.email, contact.phone)

    def contacts_of(self, company: str) -> Callable[[str, str, str], bytes]:
        """As `contact`, by customer number, email and phone."""
        hashed = self._hashing("contact", company)
        return lambda number, email, phone: hashed(
            f"{len(number)}:{number}:{_digits(phone)}:{email.casefold()}"
        )

    def _hashing(self, question: str, company: str) -> Callable[[str], bytes]:
        prefix = f"farstu register 1\0{question}\0{company}\0".encode()
        prefixed = hmac.HMAC(self.pepper, hashes.SHA256())
        prefixed.update(prefix)

        def hashed(message: str) -> bytes:
            mac = prefixed.copy()
            mac.update(message.encode())
            return mac.finalize()[:_LENGTH]

        return hashed


_NO_DIGITS = {code: None for code in range(128) if not chr(code).isdigit()}


def _digits(phone: str) -> str:
    if phone.isascii():
        return phone.translate(_NO_DIGITS)
    return "".join(filter(str.isdigit, phone))


@dataclass(frozen=True, slots=True)
class Peppers:
    """Every configured pepper by name. The last name hashes new imports, all are looked up with."""

    keys: Mapping[str, RegisterKeys]

    @classmethod
    def of(cls, peppers: Mapping[str, bytes]) -> "Peppers":
        """From the configured 32-byte values.

        Raises:
            ValueError: there is none, or one is shorter than 32 bytes.
        """
        if not peppers:
            raise ValueError("the customer register needs a pepper")
        short = [name for name, pepper in peppers.items() if len(pepper) < _SHORTEST_PEPPER]
        if short:
            raise ValueError(f"pepper shorter than 32 bytes: {', '.join(sorted(short))}")
        return cls({name: RegisterKeys(name, pepper) for name, pepper in peppers.items()})

    @property
    def newest(self) -> RegisterKeys:
        """The keys that new imports are hashed with."""
        return self.keys[max(self.keys)]

    def named(self, name: str) -> RegisterKeys | None:
        """The keys that a generation was hashed with; None once its pepper is gone."""
        return self.keys.get(name)
