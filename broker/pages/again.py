"""What a page said of a form, in a hidden field: it is said once more in another language.

Nothing is judged for it, and nothing is believed: it comes back from the person who reads it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeAlias

import msgspec

from broker.pages.field_errors import FieldError
from broker.pages.pausing import Pause

FIELD = "again"
_Error: TypeAlias = tuple[str, int | None, int | None, int | None]
_Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=4_102_444_800_000)]


class Again(msgspec.Struct, frozen=True, omit_defaults=True):
    """`said` is a word of the page's own; `until` in ms since 1970, `left` in seconds."""

    said: str = ""
    until: _Milliseconds = 0
    left: Annotated[int, msgspec.Meta(ge=1, le=3600)] = 1
    early: bool = False
    of: dict[str, _Error] = {}

    @property
    def errors(self) -> dict[str, FieldError]:
        """What was wrong, by field."""
        return {name: FieldError(*error) for name, error in self.of.items()}

    def pause(self, now: datetime) -> Pause | None:
        """What is left of the wait that was told."""
        if not self.until:
            return None
        until = datetime.fromtimestamp(self.until / 1000, UTC)
        return Pause.until_from(until, now)

    def text(self) -> str:
        """The field's value."""
        return msgspec.json.encode(self).decode()


def again(
    said: str = "",
    *,
    pause: Pause | None = None,
    left: timedelta = timedelta(seconds=1),
    early: bool = False,
    errors: Mapping[str, FieldError] | None = None,
) -> Again:
    """What a page says."""
    until = round(pause.until.timestamp() * 1000) if pause else 0
    of = {
        name: (error.mistake, error.shortest, error.longest, error.typed)
        for name, error in (errors or {}).items()
    }
    return Again(said, until, max(1, round(left.total_seconds())), early, of)


def read_again(text: str) -> Again | None:
    """The field's value; None where there is none: then the form is to be judged."""
    if not text:
        return None
    try:
        return msgspec.json.decode(text, type=Again)
    except msgspec.MsgspecError:
        return Again()
