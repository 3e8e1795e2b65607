"""The two forms of codes, read and shown again; within a login and on a person's own pages alike.

What a page says never depends on whether a customer number exists.
"""

from dataclasses import dataclass, replace
from typing import assert_never

from broker.endpoints.trying import full_minute
from broker.flow.ask import Asked
from broker.oauth.parameters import Parameters
from broker.pages.coding import AskCodePage, CodeCompany, CodePage
from broker.pages.verifying import FieldError
from linking import (
    Early,
    Linked,
    Medium,
    Mistyped,
    MoreEvidence,
    NoMatch,
    Outcome,
    TypedCode,
    Wait,
    shown_again,
)
from linking.codes import read_code


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for, readable: a number, and how the code is to come."""

    number: str
    medium: Medium


@dataclass(frozen=True, slots=True)
class CodeForms:
    """The forms of these companies; `base` is where they are posted to: `/flow`, `/account`."""

    companies: tuple[CodeCompany, ...]
    base: str

    def page(self, number: str = "") -> CodePage:
        """Where a code is typed."""
        faces = tuple(company.face for company in self.companies)
        return CodePage(self.base, faces, self._media, shown_again(number))

    def asking(self, number: str = "") -> AskCodePage:
        """Where one is asked for."""
        faces = tuple(company.face for company in self.companies)
        return AskCodePage(self.base, faces, self._media, shown_again(number))

    def enough(self, number: str, asked: Asked) -> AskCodePage:
        """The same, for an account that has asked often enough: of its own asking alone."""
        return replace(
            self.asking(number),
            too_often=asked is Asked.TOO_OFTEN,
            too_many_letters=asked is Asked.TOO_MANY_LETTERS,
        )

    def read(self, parameters: Parameters) -> TypedCode:
        """A code that was typed."""
        return TypedCode(parameters.get("customer_number"), parameters.get("code"))

    def read_wish(self, parameters: Parameters) -> Wish | AskCodePage:
        """What was asked for, or the page that says what is missing."""
        number = parameters.get("customer_number")
        media = {medium.value: medium for medium in Medium if medium.value in self._media}
        only = next(iter(media)) if len(media) == 1 else parameters.get("medium")
        if number.strip() and only in media:
            return Wish(number, media[only])
        return replace(self.asking(number), empty=not number.strip())

    def again(self, typed: TypedCode, outcome: Outcome) -> CodePage:
        """The page after a try that did not link."""
        page = replace(self.page(typed.customer), code=read_code(typed.code))
        match outcome:
            case NoMatch() | MoreEvidence():  # there is nothing more to ask for than a code
                return replace(page, mismatch=True)
            case Mistyped(hints=hints):
                errors = {hint.field.value: FieldError(hint.mistake.value) for hint in hints}
                return replace(page, errors=errors)
            case Wait(until=until) | Early(until=until):
                return replace(page, until=full_minute(until))
            case Linked():
                return page
            case _:
                assert_never(outcome)

    @property
    def _media(self) -> tuple[str, ...]:
        """What any of the companies sends by, the quicker first."""
        offered = {medium for company in self.companies for medium in company.media}
        return tuple(medium.value for medium in Medium if medium.value in offered)
