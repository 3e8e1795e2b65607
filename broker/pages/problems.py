"""Pages for what went wrong: what happened, that nothing is lost, and what to do now.

Each offers a way on: start again at the client where it is known, the phone always. None says
why in the protocol's words; the reference in the frame leads support to the log.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from broker.pages.choosing import Door
from broker.pages.faces import ProviderFace
from broker.pages.page import Page


@dataclass(frozen=True, slots=True)
class ExpiredPage(Page):
    """The flow is over: too long ago, finished in another window, or begun in another browser.

    `doors` are offered where nobody knows where the person was going.
    """

    template: ClassVar[str] = "problems/expired.html"
    number: ClassVar[int] = 20

    minutes: int = 60
    doors: tuple[Door, ...] = ()


@dataclass(frozen=True, slots=True)
class AlreadyDonePage(Page):
    """The back button led to a step that is done. `continue_href` is where the flow stands now."""

    template: ClassVar[str] = "problems/already_done.html"
    number: ClassVar[int] = 21

    continue_href: str = ""


@dataclass(frozen=True, slots=True)
class DirectPage(Page):
    """Opened directly, as from a bookmark."""

    template: ClassVar[str] = "problems/direct.html"
    number: ClassVar[int] = 22

    doors: tuple[Door, ...] = ()


@dataclass(frozen=True, slots=True)
class CookiesOffPage(Page):
    """The browser returned none of our cookies at once. `host` is ours, to allow cookies for."""

    template: ClassVar[str] = "problems/cookies_off.html"
    number: ClassVar[int] = 23

    host: str


@dataclass(frozen=True, slots=True)
class InAppPage(Page):
    """The provider refuses to work in a browser inside another app.

    POST /flow/choose with `anyway` = yes goes there all the same: we may have guessed wrong.
    """

    template: ClassVar[str] = "problems/in_app.html"
    number: ClassVar[int] = 24

    provider: ProviderFace


@dataclass(frozen=True, slots=True)
class BadClientPage(Page):
    """Unknown client or redirect address; never redirected (RFC 6749 section 4.1.2.1)."""

    template: ClassVar[str] = "problems/bad_client.html"
    number: ClassVar[int] = 25

    doors: tuple[Door, ...] = ()


@dataclass(frozen=True, slots=True)
class RegisterDownPage(Page):
    """The customer register cannot be asked. `retry_href` leads to the same step again.

    Where a form was sent, a form to `action` sends `fields` once more.
    """

    template: ClassVar[str] = "problems/register_down.html"
    number: ClassVar[int] = 27

    retry_href: str = ""
    action: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PausedPage(Page):
    """Our own storage does not answer. `retry_href` leads to where the person was."""

    template: ClassVar[str] = "problems/paused.html"
    number: ClassVar[int] = 34

    retry_href: str = ""


@dataclass(frozen=True, slots=True)
class ErrorPage(Page):
    """A fault of ours."""

    template: ClassVar[str] = "problems/error.html"
    number: ClassVar[int] = 28


@dataclass(frozen=True, slots=True)
class BusyPage(Page):
    """Too many at once."""

    template: ClassVar[str] = "problems/busy.html"
    number: ClassVar[int] = 29


@dataclass(frozen=True, slots=True)
class NotFoundPage(Page):
    """No such page."""

    template: ClassVar[str] = "problems/not_found.html"
    number: ClassVar[int] = 30


@dataclass(frozen=True, slots=True)
class BadRequestPage(Page):
    """The browser sent something that no form of ours sends."""

    template: ClassVar[str] = "problems/bad_request.html"
    number: ClassVar[int] = 31


@dataclass(frozen=True, slots=True)
class MethodPage(Page):
    """The page does not answer to this way of asking."""

    template: ClassVar[str] = "problems/method.html"
    number: ClassVar[int] = 32


@dataclass(frozen=True, slots=True)
class TooLargePage(Page):
    """Too many cookies or too long an address; our cookies were cleared."""

    template: ClassVar[str] = "problems/too_large.html"
    number: ClassVar[int] = 33
