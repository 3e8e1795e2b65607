"""Pages on the way out: sign-out, and the self-sending form that carries an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from broker.pages.choosing import Door
from broker.pages.faces import ProviderFace
from broker.pages.page import Page


@dataclass(frozen=True, slots=True)
class LogoutPage(Page):
    """Sign out? POST /logout: `answer` = yes. `clients` are the names of those signed in to.

    `provider` is where one stays signed in all the same; `provider_href`, its own account page. It
    is said here because a client may take its people back before they see `SignedOutPage`.
    """

    template: ClassVar[str] = "logout.html"
    number: ClassVar[int] = 10

    clients: tuple[str, ...]
    provider: ProviderFace | None = None
    provider_href: str = ""


@dataclass(frozen=True, slots=True)
class SignedOutPage(Page):
    """Signed out, and where one may still be signed in.

    `provider` None if there was no session; `provider_href` is the provider's own account page,
    `return_href` where the client wants its people after a sign-out. Both may be empty.
    """

    template: ClassVar[str] = "signed_out.html"
    number: ClassVar[int] = 11

    provider: ProviderFace | None = None
    provider_href: str = ""
    return_href: str = ""
    doors: tuple[Door, ...] = ()


@dataclass(frozen=True, slots=True)
class FormPostPage(Page):
    """An answer to a client in a form that sends itself (OAuth 2.0 Form Post Response Mode).

    Its one script is `policy.FORM_POST_SCRIPT`; without it, there is a button.
    """

    template: ClassVar[str] = "form_post.html"
    number: ClassVar[int] = 14

    action: str
    fields: Mapping[str, str]
