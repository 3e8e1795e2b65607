"""Pages about somebody else who was connected to a customer: in a login, and behind a message.

They never say who it was: that is for customer service, or for a family.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from broker.pages.faces import CompanyFace, ProviderFace
from broker.pages.page import Page


@dataclass(frozen=True, slots=True)
class NewcomerFace:
    """One of them: at which company, when, and whether an invoice was the way.

    `link` comes back with the button "I do not know who this is", which there is only then. `ends`:
    a code has shown who presses it, so that it ends the other's access at once.
    """

    link: str
    company: CompanyFace
    since: datetime
    by_invoice: bool
    ends: bool = False


@dataclass(frozen=True, slots=True)
class NewcomerPage(Page):
    """Somebody else was connected. POST /flow/done: `seen` = all links, or `unknown` = one."""

    template: ClassVar[str] = "newcomer.html"
    number: ClassVar[int] = 17

    newcomers: tuple[NewcomerFace, ...]

    @property
    def links(self) -> str:
        """All that the page tells of, for the button that says that they were read."""
        return " ".join(each.link for each in self.newcomers)


@dataclass(frozen=True, slots=True)
class NewcomerEndedPage(Page):
    """The person did not know who it was. POST /flow/done: on with the login."""

    template: ClassVar[str] = "newcomer_ended.html"
    number: ClassVar[int] = 18

    company: CompanyFace


@dataclass(frozen=True, slots=True)
class NewcomerPassedOnPage(Page):
    """An invoice's word against another's: the contact decides. POST /flow/done: with the login."""

    template: ClassVar[str] = "newcomer_passed_on.html"
    number: ClassVar[int] = 19

    company: CompanyFace


@dataclass(frozen=True, slots=True)
class NotMePage(Page):
    """Was this not you? POST /account/not-me: it was not. `helps`: it was somebody who helps.

    `provider` is where the account is that was used, if that is known.
    """

    template: ClassVar[str] = "not_me.html"
    number: ClassVar[int] = 50

    since: datetime
    helps: bool = False
    provider: ProviderFace | None = None


@dataclass(frozen=True, slots=True)
class NotMeSaidPage(Page):
    """It was said, just now or before."""

    template: ClassVar[str] = "not_me_said.html"
    number: ClassVar[int] = 51

    at: datetime


@dataclass(frozen=True, slots=True)
class NotMeOverPage(Page):
    """The address does not work: too late, or (`unknown`) none that we made."""

    template: ClassVar[str] = "not_me_over.html"
    number: ClassVar[int] = 52

    unknown: bool = False
