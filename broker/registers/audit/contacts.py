"""Which ways a code can take to a customer, as far as an export can tell."""

import re
from typing import Final

from broker.registers.audit.columns import EMAIL, LETTER, SMS
from broker.registers.customers_file import CustomerRow
from broker.registers.fields import is_address
from linking.ladder import Way

_BETWEEN: Final = re.compile(r"[^0-9+]|(?<=.)\+")
_SWEDISH: Final = re.compile(r"(?:\+460?|00460?|0)(?P<rest>[0-9]{6,9})")
_FOREIGN: Final = re.compile(r"(?:\+|00)(?!46)[1-9][0-9]{6,13}")

MARKS: Final = {Way.EMAIL: EMAIL, Way.SMS: SMS, Way.LETTER: LETTER}


def ways_to(row: CustomerRow) -> int:
    """Marks of the ways. A letter reaches everybody: the company's mailing knows the address."""
    found = LETTER
    if row.email and is_address(row.email):
        found |= EMAIL
    if row.phone and takes_texts(row.phone):
        found |= SMS
    return found


def takes_texts(phone: str) -> bool:
    """A Swedish mobile number, or a number of another country, whose plan we do not know."""
    figures = _BETWEEN.sub("", phone)
    if swedish := _SWEDISH.fullmatch(figures):
        return swedish["rest"].startswith("7")
    return _FOREIGN.fullmatch(figures) is not None
