"""An audit's figures as text to keep, and back."""

import msgspec

from broker.registers.audit.figures import Figures

_VERSION = 1


class _Kept(msgspec.Struct, frozen=True):
    version: int
    figures: Figures


def written(figures: Figures) -> str:
    """As JSON; figures only, as they are."""
    return msgspec.json.encode(_Kept(_VERSION, figures)).decode()


def read(text: str) -> Figures | None:
    """What was written; None where another release wrote it in another form."""
    try:
        kept = msgspec.json.decode(text, type=_Kept)
    except msgspec.DecodeError:
        return None
    return kept.figures if kept.version == _VERSION else None
