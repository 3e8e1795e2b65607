"""The values that stand in register columns, read strictly: a doubtful one refuses its row."""

import re
from datetime import date
from functools import lru_cache

from broker.registers.findings import Reason, RowRefused
from linking.model import CustomerKind, CustomerStatus

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_GROUPED = r"[0-9]{1,3}(?:[ \u00a0\u2009\u202f][0-9]{3}){1,3}"
_AMOUNT = re.compile(rf"[-+\u2212]?(?:[0-9]{{1,10}}|{_GROUPED})(?:[.,][0-9]{{1,2}})?")
_ADDRESS = re.compile(r"[^@\s<>,;:\"\\]{1,64}@[^@\s<>,;:\"\\]{1,255}")
_FLAGS = {"0": False, "1": True}
_KINDS = {each.value: each for each in CustomerKind} | {"": CustomerKind.ORGANISATION}
_STATUSES = {each.value: each for each in CustomerStatus}


def required(value: str, column: str) -> str:
    """Return the value, which must not be empty."""
    if not value:
        raise RowRefused(Reason.EMPTY, column)
    return value


@lru_cache(maxsize=4096)
def iso_date(value: str, column: str) -> date:
    """Read YYYY-MM-DD (ISO 8601 extended calendar date, nothing else of that standard)."""
    try:
        if _ISO_DATE.fullmatch(required(value, column)):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise RowRefused(Reason.NOT_A_DATE, column)


def optional_date(value: str, column: str) -> date | None:
    """Read YYYY-MM-DD or nothing."""
    return iso_date(value, column) if value else None


def check_amount(value: str, column: str) -> None:
    """Refuse what is no amount: `1 234,50`, `1234.5`, `-80`; spaces group thousands."""
    if not _AMOUNT.fullmatch(required(value, column)):
        raise RowRefused(Reason.NOT_AN_AMOUNT, column)


def flag(value: str, column: str) -> bool:
    """Read 0 or 1. Nothing counts as neither: a protection flag must never be guessed."""
    try:
        return _FLAGS[required(value, column)]
    except KeyError:
        raise RowRefused(Reason.NOT_A_FLAG, column) from None


def kind(value: str, column: str) -> CustomerKind:
    """Read the class. Blank counts as organisation, which cannot link by an invoice."""
    try:
        return _KINDS[value.casefold()]
    except KeyError:
        raise RowRefused(Reason.NOT_A_KIND, column) from None


def status(value: str, column: str) -> CustomerStatus:
    """Read the status; blank is refused."""
    try:
        return _STATUSES[required(value, column).casefold()]
    except KeyError:
        raise RowRefused(Reason.NOT_A_STATUS, column) from None


def is_address(value: str) -> bool:
    """Whether something could be an e-mail address that a message may be sent to."""
    return _ADDRESS.fullmatch(value) is not None
