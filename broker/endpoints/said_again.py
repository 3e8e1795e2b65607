"""What a page said of a form, once more: of what comes back, what a page of ours can have said."""

from collections.abc import Collection

from broker.pages.again import Again
from broker.pages.field_errors import FieldError
from linking.typed.mistakes import Mistake

_MISTAKES = frozenset(each.value for each in Mistake)


def errors_of(said: Again, fields: Collection[str]) -> dict[str, FieldError]:
    """What was wrong, of these fields of a form."""
    return {
        name: error
        for name, error in said.errors.items()
        if name in fields and error.mistake in _MISTAKES
    }
