"""The page that asks before a client receives anything."""

from dataclasses import dataclass
from typing import ClassVar

from broker.pages.page import Page


@dataclass(frozen=True, slots=True)
class ConsentPage(Page):
    """What the client will receive. POST /flow/consent: `answer` = yes, no.

    `scopes` are the scope words asked for; `companies` the names of those whose customers it
    learns of.
    """

    template: ClassVar[str] = "consent.html"
    number: ClassVar[int] = 7

    scopes: tuple[str, ...]
    companies: tuple[str, ...]
