"""Whether failures by others can ask for the second item: only where every invoice bears it."""

from typing import Final

from broker.registers.bearing import Bearing
from broker.upkeep.finding import Finding, error, ok, warning

_ONLY_DEARER: Final = "failures by others make tries slower there, and ask for nothing more"
_ONLY_BY_CODE: Final = "whose only invoice that is can connect by a code alone"
_DOCS: Final = "docs/verification.md, What pressure may ask for"


def judge_second_item(found: Bearing) -> Finding:
    """One company's. An error where nobody can bring what the ladder begins with."""
    name = f"second item at {found.company}"
    if found.is_everywhere:
        return ok(name, f"every invoice that proves something bears it ({found.item})")
    what = told(found)
    if found.is_of_other_item and found.is_imported and found.is_where_they_begin:
        return error(name, f"{what}: nobody new can connect with an invoice", remedy(found))
    if found.missing and found.is_where_they_begin:
        return warning(name, f"{what}: {_ONLY_BY_CODE}", remedy(found))
    return warning(name, f"{what}: {_ONLY_DEARER}", remedy(found))


def told(found: Bearing) -> str:
    """Why it is not everywhere."""
    how = "imported" if found.is_imported else "read"
    if found.said is None:
        return f"nobody knows whether every invoice bears it ({found.item})"
    if found.is_of_other_item:
        return f"{how} for another one ({found.said.item}) than is configured ({found.item})"
    count = "1 invoice bears" if found.missing == 1 else f"{found.missing:,} invoices bear"
    return f"{count} none ({found.item})"


def remedy(found: Bearing) -> str:
    """What to do about it."""
    if found.said is not None and not found.is_of_other_item:
        return (
            "Let the export give it for every invoice, or take a `ladder.second_item` that every "
            f"invoice bears, and begin there if guessing pays: {_DOCS}."
        )
    if found.is_imported:
        return "Import anew: `farstu register import`."
    return f"Run `farstu register read`; an API says it with `size`: {_DOCS}."
