"""Pages of codes: where one is typed, and where one is asked for.

What a page says never depends on whether a customer number exists, or has a contact.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from broker.pages.again import Again, again
from broker.pages.choosing import Door
from broker.pages.faces import CompanyFace
from broker.pages.field_errors import FieldError
from broker.pages.page import Page
from broker.pages.pausing import Pause
from broker.pages.verifying import WaitPage


@dataclass(frozen=True, slots=True)
class CodeCompany:
    """A company that sends codes: `media` are `message`, `letter`.

    `ways` are `email`, `sms`, `letter`. `takes_invoices`: an invoice is another way in.
    """

    face: CompanyFace
    media: tuple[str, ...]
    ways: tuple[str, ...] = ("email", "sms", "letter")
    takes_invoices: bool = True


@dataclass(frozen=True, slots=True)
class CodePage(Page):
    """A code. POST {base}/code: `customer_number`, `code`; or `ask` = yes, to get one.

    `media` are how codes can be sent: `message`, `letter`. `on_its_way` is the one that was just
    asked for. `pause`: it was wrong once too often. Within a login (`base` = /flow) and
    with `invoices`, which some company of the form takes, a third form posts `answer` = first to
    /flow/new. `helping`: the code was sent to somebody else. Outside a login, `address` is where to
    come back to with the code, and `doors` lead to the portals.
    """

    template: ClassVar[str] = "code.html"
    number: ClassVar[int] = 15

    base: str
    companies: tuple[CompanyFace, ...]
    media: tuple[str, ...]
    customer_number: str = ""
    code: str = ""
    errors: Mapping[str, FieldError] = field(default_factory=dict)
    mismatch: bool = False
    on_its_way: str = ""
    pause: Pause | None = None
    address: str = ""
    doors: tuple[Door, ...] = ()
    digits_only: bool = True
    invoices: bool = True
    helping: bool = False

    @property
    def in_error(self) -> bool:
        """Whether anything typed must be looked at again."""
        return self.mismatch or bool(self.errors)

    @property
    def kept(self) -> Mapping[str, str]:
        fields = {"customer_number": self.customer_number, "code": self.code}
        return fields | {"again": self.again.text()}

    @property
    def again(self) -> Again:
        """What is said of the code, or of the one that is on its way."""
        said = "mismatch" if self.mismatch else self.on_its_way
        return again(said, pause=self.pause, errors=self.errors)


@dataclass(frozen=True, slots=True)
class CodeWaitPage(CodePage):
    """A pause of this account's own making: page 5 with the form of a code. `pause` is given.

    `early`: tried again too soon, which is known by the form's own `waiting` = yes.
    """

    template: ClassVar[str] = "code_wait.html"
    number: ClassVar[int] = WaitPage.number

    early: bool = False

    @property
    def again(self) -> Again:
        return again("wait", pause=self.pause, early=self.early)


@dataclass(frozen=True, slots=True)
class AskCodePage(Page):
    """Asking for a code. POST {base}/ask: `customer_number`, `medium` = message, letter.

    `errors` are of `customer_number` alone, for what no company's number looks like. `ways` are
    those of messages: `email`, `sms`. `helping`: the code goes to somebody else.
    `too_often`: this account has asked often enough today; `too_many_letters`: for letters, in
    seven days. `doors` as on `CodePage`.
    """

    template: ClassVar[str] = "ask_code.html"
    number: ClassVar[int] = 16

    base: str
    companies: tuple[CompanyFace, ...]
    media: tuple[str, ...]
    customer_number: str = ""
    errors: Mapping[str, FieldError] = field(default_factory=dict)
    digits_only: bool = True
    too_often: bool = False
    too_many_letters: bool = False
    doors: tuple[Door, ...] = ()
    ways: tuple[str, ...] = ("email", "sms")
    helping: bool = False

    @property
    def in_error(self) -> bool:
        """Whether anything typed must be looked at again."""
        return self.too_often or self.too_many_letters or bool(self.errors)

    @property
    def kept(self) -> Mapping[str, str]:
        said = "often" if self.too_often else "letters" if self.too_many_letters else ""
        return {
            "customer_number": self.customer_number,
            "again": again(said, errors=self.errors).text(),
        }


@dataclass(frozen=True, slots=True)
class CodeTakenPage(Page):
    """The code was right: from now on everything can be done at these companies.

    `doors` lead back to their portals. `already`: it was so before; then `more_href` leads to the
    form, for another customer number.
    """

    template: ClassVar[str] = "code_taken.html"
    number: ClassVar[int] = 58

    companies: tuple[str, ...]
    doors: tuple[Door, ...] = ()
    already: bool = False
    more_href: str = ""


@dataclass(frozen=True, slots=True)
class NotSignedInPage(Page):
    """Where to sign in first: the doors to the portals.

    `address` is where to come back to. `signed_in`: but as nobody's customer; or, with
    `is_customer`, of companies that send no codes.
    """

    template: ClassVar[str] = "not_signed_in.html"
    number: ClassVar[int] = 59

    doors: tuple[Door, ...]
    address: str = ""
    signed_in: bool = False
    is_customer: bool = False
