"""The grammar of an OCR template: how a company makes the number that payments carry.

Figures stand for themselves; `{invoice}` is the invoice number, `{customer:6}` the customer number
padded to that many figures, `{len}` the length figure, `{check}` the check figure (Luhn). One part
alone may vary in length, or the number could be read in several ways.
"""

import re

_PART = re.compile(r"\{invoice(?::\d{1,2})?\}|\{customer:\d{1,2}\}|\{len\}|\{check\}|\d")


def template_fault(template: str) -> str | None:
    """Say why a template cannot be used, or return None."""
    parts = _PART.findall(template)
    if "".join(parts) != template:
        return "It holds something else than figures and the four parts."
    names = [part.strip("{}").partition(":")[0] for part in parts if part.startswith("{")]
    if names.count("invoice") != 1:
        return "`{invoice}` must stand in it once."
    if len(names) != len(set(names)):
        return "A part stands in it twice."
    if parts[-1] != "{check}":
        return "`{check}` must be last: without it, other numbers could pass for an OCR number."
    if "len" in names and parts[-2:] != ["{len}", "{check}"]:
        return "`{len}` must be just before `{check}` at the end."
    return None
