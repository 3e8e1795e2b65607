"""What every page has: its template, its number, and the frame around it.

A page is a frozen value (one class per page, by theme in `choosing`, `verifying`, `consenting`,
`leaving`, `problems`, `explaining`); `render` turns page and frame into HTML. The page's number is
small, stable and can be said on the phone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlencode

from broker.pages.brands import Brand
from broker.pages.faces import ClientFace, CompanyFace, Language


@dataclass(frozen=True, slots=True)
class Page:
    """The base of all pages."""

    template: ClassVar[str]
    number: ClassVar[int]

    @property
    def in_error(self) -> bool:
        """Whether the title begins with "Error:" because something typed must be corrected."""
        return False

    @property
    def kept(self) -> Mapping[str, str]:
        """On the answer to a form: fields that bring the same page back when they are posted."""
        return {}


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """The same page in another language: an address of ours."""

    language: Language
    href: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a page, whichever page it is.

    `company` is the one behind the client, None where no client is known: then the foot names all
    of `companies`, which share this sign-in. `back` is the previous step's address. `reference`
    is a short code to read aloud, on problems and pauses only. `ticket` is put in every form as
    `ticket`. `switches` stand in place of `languages` where what was typed must come along: they
    are posted, with the page's `kept` fields.
    """

    brand: Brand
    language: Language
    companies: tuple[CompanyFace, ...]
    company: CompanyFace | None = None
    client: ClientFace | None = None
    languages: tuple[LanguageLink, ...] = ()
    back: str = ""
    reference: str = ""
    ticket: str = ""
    switches: tuple[LanguageLink, ...] = ()

    def help_href(self, topic: str = "") -> str:
        """The address of a help page, in this language and for this client's brand."""
        query: dict[str, str] = {"lang": self.language}
        if self.client is not None:
            query["client_id"] = self.client.id
        return "/help" + (f"/{topic}" if topic else "") + "?" + urlencode(query)

    @property
    def owner(self) -> str:
        """Who stands behind the page, in a word or two: the company, else the brand."""
        return self.company.name if self.company is not None else self.brand.name
