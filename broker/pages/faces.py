"""What a page shows of the world around it: companies, clients, providers.

Plain values that the composition root makes once from the configuration. Nothing here is about
one person or one request.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Language = Literal["sv", "en"]
LANGUAGES: tuple[Language, ...] = ("sv", "en")
LANGUAGE_NAMES: Mapping[Language, str] = {"sv": "Svenska", "en": "English"}


@dataclass(frozen=True, slots=True)
class CompanyFace:
    """A company as its customers know it. `hours` say when the phone is answered, per language.

    `new_customer_help` is the company's own sentence for people without an invoice.
    """

    id: str
    name: str
    phone: str
    hours: Mapping[Language, str]
    legal_name: str = ""
    organisation_number: str = ""
    email: str = ""
    website: str = ""
    new_customer_help: Mapping[Language, str] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        """The legal person's name; the everyday name where none is configured."""
        return self.legal_name or self.name

    @property
    def phone_href(self) -> str:
        """The phone number as a `tel:` address (RFC 3966), visual separators removed."""
        return "tel:" + "".join(c for c in self.phone if c in "+0123456789")


@dataclass(frozen=True, slots=True)
class ClientFace:
    """The portal that sent the person here. Addresses may be empty.

    `id` is its client id, `start_uri` where a login starts anew, `home_uri` its front page; an
    address that is not http or https is dropped, so that it never becomes a link.
    """

    id: str
    name: str
    home_uri: str = ""
    start_uri: str = ""

    def __post_init__(self) -> None:
        for name in ("home_uri", "start_uri"):
            if not getattr(self, name).startswith(("https://", "http://")):
                object.__setattr__(self, name, "")


@dataclass(frozen=True, slots=True)
class ProviderFace:
    """An identity provider as it stands on a button. `kind` decides the logo.

    `kind` is `microsoft`, `google`, `facebook`, `yahoo`, or anything else for a neutral icon.
    """

    name: str
    kind: str
    labels: Mapping[Language, str] = field(default_factory=dict)

    @property
    def refuses_in_app(self) -> bool:
        """Whether it shows an error and no way back in a browser inside another app."""
        return self.kind == "google"

    def label(self, language: Language) -> str:
        """The name to show: the configured one, else the provider's own."""
        return self.labels.get(language) or OWN_NAMES.get(self.kind, self.name)


OWN_NAMES: Mapping[str, str] = {
    "microsoft": "Microsoft",
    "google": "Google",
    "facebook": "Facebook",
    "yahoo": "Yahoo",
}
