"""Pages of the first visit: not recognised, whose number, the two numbers, wait, done.

What a page says never depends on whether a customer number exists.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from broker.pages.again import Again, again
from broker.pages.faces import CompanyFace, ProviderFace
from broker.pages.field_errors import FieldError
from broker.pages.page import Page
from broker.pages.pausing import Pause


@dataclass(frozen=True, slots=True)
class NotRecognisedPage(Page):
    """A sign-in without a customer. POST /flow/new: `answer` = first, code, again, not_customer.

    `label` is the masked account (`m•••@…`) or empty. `known`: the account is in use with us, but
    not for this company. `unanswered`: sent without a choice. `codes`: some company sends them.
    """

    template: ClassVar[str] = "not_recognised.html"
    number: ClassVar[int] = 2

    provider: ProviderFace
    label: str = ""
    known: bool = False
    unanswered: bool = False
    codes: bool = False

    @property
    def in_error(self) -> bool:
        """Whether the form came back because nothing was chosen."""
        return self.unanswered


@dataclass(frozen=True, slots=True)
class WrongAccountPage(Page):
    """Help for "I have signed in before". POST /flow/choose?switch: to the choice, chooser forced.

    A second form posts `answer` = first to /flow/new, for those who cannot remember. `by_code`: no
    invoice is asked for there.
    """

    template: ClassVar[str] = "wrong_account.html"
    number: ClassVar[int] = 9

    provider: ProviderFace
    label: str = ""
    by_code: bool = False


@dataclass(frozen=True, slots=True)
class NotCustomerPage(Page):
    """For those who are not customers. POST /flow/leave: back to the portal (`access_denied`).

    A second form posts to /flow/choose?switch, for those who chose the wrong account.
    """

    template: ClassVar[str] = "not_customer.html"
    number: ClassVar[int] = 8


@dataclass(frozen=True, slots=True)
class WhosePage(Page):
    """Whose number is it? POST /flow/whose: `whose` = mine, helping."""

    template: ClassVar[str] = "whose.html"
    number: ClassVar[int] = 3

    unanswered: bool = False

    @property
    def in_error(self) -> bool:
        """Whether the form came back because nothing was chosen."""
        return self.unanswered


@dataclass(frozen=True, slots=True)
class EvidenceCompany:
    """A company whose invoices prove something here: how old they may be, and examples.

    `second_item` is as in `linking.ladder`; `begins_with_more`: it is always asked for.
    `takes_invoices` is False where a code is.
    """

    company: CompanyFace
    months: int
    customer_example: str = ""
    invoice_example: str = ""
    digits_only: bool = True
    accepts_ocr: bool = False
    second_item: str = "amount_and_due_date"
    begins_with_more: bool = False
    sends_codes: bool = False
    takes_invoices: bool = True


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the fields of the form, as it was typed.

    A personal identity number is left out by the caller.
    """

    customer_number: str = ""
    invoice_number: str = ""
    amount: str = ""
    due_date: str = ""
    ocr: str = ""
    printed_code: str = ""


class NumbersForm(Page):
    """What pages with the numbers say of the companies together; they hold the fields.

    `more` says that one more item from the same paper is asked for: those of `items`.
    """

    __slots__ = ()
    companies: tuple[EvidenceCompany, ...]
    filled: Filled
    more: bool

    @property
    def kept(self) -> Mapping[str, str]:
        fields = asdict(self.filled) | ({"more": "yes"} if self.more else {})
        return fields | {"again": self.again.text()}

    @property
    def again(self) -> Again:
        """What is said of the numbers."""
        raise NotImplementedError

    @property
    def items(self) -> tuple[str, ...]:
        """The second items of the companies, in a fixed order, each once."""
        return tuple(sorted({company.second_item for company in self.companies}))

    @property
    def codes(self) -> bool:
        """Whether a code can be had in place of an invoice."""
        return any(company.sends_codes for company in self.companies)

    @property
    def months(self) -> int:
        """How old an invoice may be with any of the companies."""
        return min(company.months for company in self.companies)

    @property
    def digits_only(self) -> bool:
        """Whether no company has letters in its numbers."""
        return all(company.digits_only for company in self.companies)

    @property
    def accepts_ocr(self) -> bool:
        """Whether an OCR number will do in place of the invoice number."""
        return any(company.accepts_ocr for company in self.companies)


@dataclass(frozen=True, slots=True)
class VerifyPage(NumbersForm):
    """The numbers. POST /flow/verify: those of `Filled`, and `more` = yes where asked for more.

    `errors` are by field. `mismatch`: what was typed does not belong together, said of every field
    and of none; with `pause`, it was once too often.
    """

    template: ClassVar[str] = "verify.html"
    number: ClassVar[int] = 4

    companies: tuple[EvidenceCompany, ...]
    helping: bool = False
    filled: Filled = Filled()
    more: bool = False
    errors: Mapping[str, FieldError] = field(default_factory=dict)
    mismatch: bool = False
    pause: Pause | None = None

    @property
    def again(self) -> Again:
        said = "mismatch" if self.mismatch else ""
        return again(said, pause=self.pause, errors=self.errors)

    @property
    def wants_more(self) -> bool:
        """Whether more is asked for than usual: then the page says why, until that is given."""
        return self.more and not any(company.begins_with_more for company in self.companies)

    @property
    def in_error(self) -> bool:
        """Whether anything typed must be looked at again."""
        return self.mismatch or bool(self.errors)


@dataclass(frozen=True, slots=True)
class WaitPage(NumbersForm):
    """A pause of this account's own making; same form as `VerifyPage`, values kept.

    `early`: tried again too soon, which is known by the form's own `waiting` = yes.
    """

    template: ClassVar[str] = "wait.html"
    number: ClassVar[int] = 5

    pause: Pause
    companies: tuple[EvidenceCompany, ...]
    helping: bool = False
    filled: Filled = Filled()
    more: bool = False
    early: bool = False

    @property
    def again(self) -> Again:
        return again("wait", pause=self.pause, early=self.early)


@dataclass(frozen=True, slots=True)
class MomentPage(NumbersForm):
    """Sent sooner than a form may be just now; same form, values kept, nothing judged.

    `left` is in whole seconds.
    """

    template: ClassVar[str] = "moment.html"
    number: ClassVar[int] = 13

    left: timedelta
    companies: tuple[EvidenceCompany, ...]
    helping: bool = False
    filled: Filled = Filled()
    more: bool = False

    @property
    def again(self) -> Again:
        return again("moment", left=self.left)


@dataclass(frozen=True, slots=True)
class DelegateTerms:
    """What somebody who helps may see, in scope words, and until when."""

    actions: tuple[str, ...]
    until: datetime


@dataclass(frozen=True, slots=True)
class DonePage(Page):
    """Connected. POST /flow/done: on to the client.

    `companies` are the names of those whose customer was connected now; `terms` is given where
    the person helps somebody else. `by_code`: a code proved it, and no invoice.
    """

    template: ClassVar[str] = "done.html"
    number: ClassVar[int] = 6

    provider: ProviderFace
    label: str
    companies: tuple[str, ...]
    connected_at: datetime
    terms: DelegateTerms | None = None
    by_code: bool = False
