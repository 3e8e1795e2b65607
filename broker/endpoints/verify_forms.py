"""The form of the first visit, read and shown again: what was typed comes back and goes nowhere.

A personal identity number does not even come back.
"""

from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta

from broker.endpoints.said_again import errors_of
from broker.oauth.parameters import Parameters
from broker.pages.again import Again
from broker.pages.field_errors import FieldError
from broker.pages.page import Page
from broker.pages.pausing import Pause
from broker.pages.verifying import (
    EvidenceCompany,
    Filled,
    MomentPage,
    VerifyPage,
    WaitPage,
)
from linking import Hint, TypedCode, TypedItem, TypedNumbers, shown_again
from linking.codes.code import read_code
from linking.typed.mistakes import Field


def read_numbers(parameters: Parameters) -> TypedNumbers:
    """What was typed into a form; the second item where the form asked for one."""
    item = None
    if parameters.get("more"):
        item = TypedItem(
            amount=parameters.get("amount"),
            due_date=parameters.get("due_date"),
            ocr=parameters.get("ocr"),
            code=parameters.get("printed_code"),
        )
    return TypedNumbers(parameters.get("customer_number"), parameters.get("invoice_number"), item)


@dataclass(frozen=True, slots=True)
class NumbersForm:
    """The form's pages, for these companies; `is_waiting` when it was sent from the pause.

    `more`: it asks for a second item.
    """

    companies: tuple[EvidenceCompany, ...]
    helping: bool = field(kw_only=True)
    more: bool = field(kw_only=True, default=False)
    is_waiting: bool = False

    def empty(self) -> VerifyPage:
        """The form as it is met first."""
        return VerifyPage(self.companies, helping=self.helping, more=self.more)

    def again(self, typed: TypedNumbers, hints: tuple[Hint, ...], *, mismatch: bool) -> VerifyPage:
        """The form with what was typed and what may be wrong with it."""
        discarded = {hint.field.value: "" for hint in hints if hint.discards}
        return VerifyPage(
            self.companies,
            helping=self.helping,
            filled=replace(_filled(typed), **discarded),
            more=self.more,
            errors={hint.field.value: field_error(hint) for hint in hints},
            mismatch=mismatch,
        )

    def asking_more(self, typed: TypedNumbers) -> VerifyPage:
        """The form with a second item, and what was typed before that was asked for."""
        return VerifyPage(self.companies, helping=self.helping, filled=_shown(typed), more=True)

    def wait(self, typed: TypedNumbers, pause: Pause) -> WaitPage:
        """The pause, with what was typed."""
        return WaitPage(
            pause,
            self.companies,
            helping=self.helping,
            filled=_shown(typed),
            more=self.more,
            early=self.is_waiting,
        )

    def once_more(self, typed: TypedNumbers, said: Again, now: datetime) -> Page:
        """What was said of the same form before; nothing is judged."""
        pause = said.pause(now)
        if said.said == "wait" and pause is not None:
            return replace(self, is_waiting=said.early).wait(typed, pause)
        if said.said == "moment":
            return self.moment(typed, timedelta(seconds=said.left))
        is_wrong = said.said == "mismatch"
        page = replace(self.again(typed, (), mismatch=is_wrong), filled=_shown(typed))
        return replace(page, errors=errors_of(said, {each.value for each in Field}), pause=pause)

    def moment(self, typed: TypedNumbers, left: timedelta) -> MomentPage:
        """The few seconds that a form must have been open, with what was typed."""
        return MomentPage(
            left, self.companies, helping=self.helping, filled=_shown(typed), more=self.more
        )


def typed_fields(typed: TypedNumbers | TypedCode) -> dict[str, str]:
    """The fields of a form as they are sent once more; without a personal identity number."""
    if isinstance(typed, TypedCode):
        return {"customer_number": shown_again(typed.customer), "code": read_code(typed.code)}
    return asdict(_shown(typed)) | ({"more": "yes"} if typed.item else {})


def _filled(typed: TypedNumbers) -> Filled:
    item = typed.item or TypedItem()
    return Filled(
        customer_number=typed.customer,
        invoice_number=typed.invoice,
        amount=item.amount,
        due_date=item.due_date,
        ocr=item.ocr,
        printed_code=item.code,
    )


def _shown(typed: TypedNumbers) -> Filled:
    """As typed, but for a personal identity number."""
    return replace(
        _filled(typed),
        customer_number=shown_again(typed.customer),
        invoice_number=shown_again(typed.invoice),
    )


def field_error(hint: Hint) -> FieldError:
    """A hint as pages say it: without the lengths that say nothing."""
    return FieldError(
        hint.mistake.value, hint.shortest or None, hint.longest or None, hint.typed or None
    )
