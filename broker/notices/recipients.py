"""Whom a message can reach: an address or a number that is fit to be handed to another program.

The register holds what was once typed. What is none (or would begin a header or a command of its
own) is no recipient; there is nothing to escape afterwards.
"""

import re
from dataclasses import dataclass, field
from typing import Self

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
_LONGEST_LOCAL, _LONGEST_DOMAIN = 64, 253  # RFC 5321 section 4.5.3.1, RFC 1035
_BETWEEN_FIGURES = re.compile(r"[ \u00a0()./-]")
_INTERNATIONAL = re.compile(r"\+[1-9][0-9]{7,14}")  # ITU-T E.164
_SWEDEN = "+46"


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """`local@domain` in ASCII (RFC 5321 section 4.1.2, without quotes), at a domain with a dot."""

    address: str = field(repr=False)

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The address, its domain as DNS has it; None if nothing can be sent there."""
        local, at, domain = text.strip(" ").rpartition("@")
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            return None
        if not at or len(local) > _LONGEST_LOCAL or len(domain) > _LONGEST_DOMAIN:
            return None
        labels = domain.split(".")
        is_domain = len(labels) > 1 and all(_LABEL.fullmatch(each) for each in labels)
        return cls(f"{local}@{domain}") if is_domain and _LOCAL.fullmatch(local) else None


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A telephone number with its country, `+46701740605`; whether it takes texts is not known."""

    number: str = field(repr=False)

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The number, a Swedish one where no country is named; None if it is none."""
        figures = _BETWEEN_FIGURES.sub("", text)
        if figures.startswith("00"):
            figures = f"+{figures[2:]}"
        elif figures.startswith("0"):
            figures = _SWEDEN + figures[1:]
        elif figures.startswith("+460"):  # +46 (0)70…
            figures = _SWEDEN + figures[4:]
        return cls(figures) if _INTERNATIONAL.fullmatch(figures) else None


@dataclass(frozen=True, slots=True)
class Letter:
    """A customer whose postal address the company's own mailing knows; we know none."""

    customer_number: str = field(repr=False)
    name: str = field(repr=False)


Recipient = EmailAddress | PhoneNumber | Letter
