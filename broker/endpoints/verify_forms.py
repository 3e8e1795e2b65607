"""The form of the first visit, read and shown again: what was typed comes back and goes nowhere.

A personal identity number does not even come back.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from broker.oauth.parameters import Parameters
from broker.pages.pausing import Pause
from broker.pages.verifying import (
    EvidenceCompany,
    FieldError,
    Filled,
    MomentPage,
    VerifyPage,
    WaitPage,
)
from linking import Hint, TypedItem, TypedNumbers, shown_again


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

    def moment(self, typed: TypedNumbers, left: timedelta) -> MomentPage:
        """The few seconds that a form must have been open, with what was typed."""
        return MomentPage(
            left, self.companies, helping=self.helping, filled=_shown(typed), more=self.more
        )


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
