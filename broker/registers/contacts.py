"""A customer's contact, sealed for the index and opened for those who must tell them something."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from linking.model import Contact

Seal = Callable[[bytes, bytes], bytes]
"""(content, associated data) to sealed bytes, and the same back: authenticated encryption."""


class _Sealed(msgspec.Struct, frozen=True, array_like=True):
    """Version 1. Fields are only ever added at the end, with a default."""

    version: int
    name: str
    email: str
    phone: str


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Sealed)


@dataclass(frozen=True, slots=True)
class ContactSeal:
    """Seals contacts to the customer they belong to: moved to another customer, none opens."""

    seal: Seal
    open: Seal

    def sealed(self, company: str, number: str, contact: Contact) -> bytes:
        """Seal a contact; an empty one is empty bytes."""
        return self.sealing(company)(number, contact.name, contact.email, contact.phone)

    def sealing(self, company: str) -> Callable[[str, str, str, str], bytes]:
        """As `sealed`, by number, name, email and phone: for one company's by the million."""
        seal, encode, owner = self.seal, _encoder.encode, _owner(company, "")

        def sealed(number: str, name: str, email: str, phone: str) -> bytes:
            if not (name or email or phone):
                return b""
            return seal(encode((1, name, email, phone)), owner + number.encode())

        return sealed

    def opened(self, company: str, number: str, sealed: bytes) -> Contact:
        """Open what `sealed` made for the same customer; `broker.sealed.NotOurs` if it was not."""
        if not sealed:
            return Contact()
        record = _decoder.decode(self.open(sealed, _owner(company, number)))
        return Contact(name=record.name, email=record.email, phone=record.phone)


def _owner(company: str, number: str) -> bytes:
    return f"customer contact\0{company}\0{number}".encode()
