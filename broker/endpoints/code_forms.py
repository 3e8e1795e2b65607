"""The two forms of codes, read and shown again; within a login and on a person's own pages alike.

What a page says never depends on whether a customer number exists.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar, assert_never

from broker.endpoints.said_again import errors_of
from broker.endpoints.trying import pause
from broker.endpoints.verify_forms import field_error
from broker.flow.ask import Asked
from broker.oauth.parameters import Parameters
from broker.pages.again import Again
from broker.pages.choosing import Door
from broker.pages.coding import AskCodePage, CodeCompany, CodePage, CodeWaitPage
from broker.pages.field_errors import FieldError
from linking import (
    Company,
    Early,
    Hint,
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
from linking.codes.code import read_code
from linking.typed.mistakes import Field, Mistake, explain_code, impossible_number

_Kind = TypeVar("_Kind", bound=CodePage)


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for, readable: a number, and how the code is to come."""

    number: str
    medium: Medium


@dataclass(frozen=True, slots=True)
class CodeForms:
    """The forms of these companies; `base` is where they are posted to: `/flow`, `/account`.

    `rules` are the same companies', `address`, `doors` and `helping` as the pages have them.
    """

    companies: tuple[CodeCompany, ...]
    rules: tuple[Company, ...]
    base: str
    address: str = ""
    doors: tuple[Door, ...] = ()
    helping: bool = False

    @property
    def can_ask(self) -> bool:
        """Whether any of the companies sends codes."""
        return bool(self._media)

    def page(self, number: str = "") -> CodePage:
        """Where a code is typed."""
        return self._page(CodePage, number)

    def _page(self, kind: type[_Kind], number: str) -> _Kind:
        return kind(
            self.base,
            tuple(company.face for company in self.companies),
            self._media,
            shown_again(number),
            address=self.address,
            doors=self.doors,
            digits_only=self._digits_only,
            invoices=any(company.takes_invoices for company in self.companies),
            helping=self.helping,
        )

    def asking(self, number: str = "") -> AskCodePage:
        """Where one is asked for."""
        return AskCodePage(
            self.base,
            tuple(company.face for company in self.companies),
            self._media,
            shown_again(number),
            digits_only=self._digits_only,
            doors=self.doors,
            ways=tuple(way for way in ("email", "sms") if way in self._ways),
            helping=self.helping,
        )

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
        """What was asked for, or the page that says why that can be nobody's."""
        number = parameters.get("customer_number")
        media = {medium.value: medium for medium in Medium if medium.value in self._media}
        only = next(iter(media)) if len(media) == 1 else parameters.get("medium")
        hints = impossible_number(number, self.rules)
        if not hints and only in media:
            return Wish(number, media[only])
        return replace(self.asking(number), errors=_errors(hints))

    def again(
        self, typed: TypedCode, outcome: Outcome, *, now: datetime, waited: bool = False
    ) -> CodePage:
        """The page after a try that did not link; `waited`: it was sent from a pause."""
        page = replace(self.page(typed.customer), code=read_code(typed.code))
        match outcome:
            case NoMatch(wait_until=until):
                return replace(page, mismatch=True, pause=pause(until, now) if until else None)
            case MoreEvidence():  # there is nothing more to ask for than a code
                return replace(page, mismatch=True)
            case Mistyped(hints=hints):
                return replace(page, errors=_errors([_named(hint, page.code) for hint in hints]))
            case Wait(until=until) | Early(until=until):
                wait = self._page(CodeWaitPage, typed.customer)
                code, early = read_code(typed.code), waited
                return replace(wait, code=code, pause=pause(until, now), early=early)
            case Linked():
                return page
            case _:
                assert_never(outcome)

    def once_more(self, typed: TypedCode, said: Again, now: datetime) -> CodePage:
        """What was said of the same form before; nothing is judged."""
        kind = CodeWaitPage if said.said == "wait" else CodePage
        page = self._page(kind, typed.customer)
        if isinstance(page, CodeWaitPage):
            page = replace(page, early=said.early)
        return replace(
            page,
            code=read_code(typed.code),
            errors=errors_of(said, (Field.CUSTOMER_NUMBER, Field.CODE)),
            mismatch=said.said == "mismatch",
            on_its_way=said.said if said.said in set(Medium) else "",
            pause=said.pause(now) or page.pause,
        )

    def asked_once_more(self, number: str, said: Again) -> AskCodePage | CodePage:
        """The same of what was asked for."""
        if said.said in set(Medium):
            return replace(self.page(number), on_its_way=said.said)
        return replace(
            self.asking(number),
            errors=errors_of(said, (Field.CUSTOMER_NUMBER,)),
            too_often=said.said == "often",
            too_many_letters=said.said == "letters",
        )

    @property
    def _digits_only(self) -> bool:
        return all(rule.customer_numbers.digits_only for rule in self.rules)

    @property
    def _ways(self) -> frozenset[str]:
        return frozenset(way for company in self.companies for way in company.ways)

    @property
    def _media(self) -> tuple[str, ...]:
        """What any of the companies sends by, the quicker first."""
        offered = {medium for company in self.companies for medium in company.media}
        return tuple(medium.value for medium in Medium if medium.value in offered)


def _named(hint: Hint, code: str) -> Hint:
    """A hint that says what is wrong with the code, where one was typed."""
    is_of_code = hint.field is Field.CODE and hint.mistake is Mistake.NOT_A_CODE
    return explain_code(code) if is_of_code else hint


def _errors(hints: Sequence[Hint]) -> dict[str, FieldError]:
    return {hint.field.value: field_error(hint) for hint in hints}
