"""Pages that explain: help, a Microsoft account step by step, privacy, cookies, accessibility."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar

from broker.pages.faces import ProviderFace
from broker.pages.first_time import FirstTime
from broker.pages.page import Page


@dataclass(frozen=True, slots=True)
class HelpPage(Page):
    """`/help`: the questions that people ask on the phone; `first_time` as the companies ask."""

    template: ClassVar[str] = "help/index.html"
    number: ClassVar[int] = 40

    providers: tuple[ProviderFace, ...]
    first_time: FirstTime
    offers_microsoft: bool = True


@dataclass(frozen=True, slots=True)
class MicrosoftHelpPage(Page):
    """`/help/microsoft-account`: how to get a Microsoft account, step by step."""

    template: ClassVar[str] = "help/microsoft_account.html"
    number: ClassVar[int] = 41


@dataclass(frozen=True, slots=True)
class PrivacyPage(Page):
    """`/help/privacy`: what is kept, why, how long; deletion at `#radering`."""

    template: ClassVar[str] = "help/privacy.html"
    number: ClassVar[int] = 42

    providers: tuple[ProviderFace, ...]


class CookiePurpose(StrEnum):
    """What a cookie is for."""

    FLOW = "flow"
    SESSION = "session"
    LAST_USED = "last_used"


@dataclass(frozen=True, slots=True)
class CookieRow:
    """A cookie that we set: its name, and how long it lasts (None: until the browser closes).

    `chosen` is how long it lasts for those who chose so.
    """

    name: str
    purpose: CookiePurpose
    lasts: timedelta | None = None
    chosen: timedelta | None = None


@dataclass(frozen=True, slots=True)
class CookiesPage(Page):
    """`/help/cookies`: every cookie, its purpose and its time."""

    template: ClassVar[str] = "help/cookies.html"
    number: ClassVar[int] = 43

    cookies: tuple[CookieRow, ...]


@dataclass(frozen=True, slots=True)
class AccessibilityPage(Page):
    """`/help/accessibility`: how the pages are made, and where to say that they fail."""

    template: ClassVar[str] = "help/accessibility.html"
    number: ClassVar[int] = 44
