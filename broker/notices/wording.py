"""What a message says, in the words of its kind: an e-mail's subject and text, a short text.

Plain text, Swedish first and English below it; a short text has one language only. A template gets
the company and dates, and nothing else of a message: it cannot say a number or a name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import Final

from babel.dates import format_date
from jinja2 import Environment, PackageLoader, StrictUndefined, TemplateNotFound

from broker.pages import texts
from broker.pages.faces import LANGUAGES, CompanyFace, Language

DATES: Final = frozenset({"until"})
"""The facts that templates may say."""

_BETWEEN: Final = "-" * 40


class UnknownKind(Exception):
    """This release has no words for this kind of message: a later one may have put it there."""


@dataclass(frozen=True, slots=True)
class Wording:
    """`text` ends with a line's end; `short` is one line, for a telephone."""

    subject: str
    text: str
    short: str


def wording(
    kind: str, company: CompanyFace, facts: Mapping[str, str], *, first: Language = "sv"
) -> Wording:
    """Write a message. Raises UnknownKind."""
    dates = {name: date.fromisoformat(facts[name]) for name in DATES & facts.keys()}
    languages = (first, *(each for each in LANGUAGES if each != first))

    def written(part: str, language: Language) -> str:
        try:
            template = _environment(language).get_template(f"{kind}/{part}.txt")
        except TemplateNotFound:
            raise UnknownKind from None
        return template.render(company=company, **dates).strip()

    parts = [written("text", language) for language in languages]
    below = [_environment(each).get_template("below.txt").render() for each in languages[1:]]
    return Wording(
        subject=_one_line(written("subject", first)),
        text="\n\n".join([*below, f"\n\n{_BETWEEN}\n\n".join(parts)]) + "\n",
        short=_one_line(written("short", first)),
    )


def kinds() -> list[str]:
    """Every kind that there are words for."""
    names = _environment(texts.SOURCE).list_templates()
    return sorted({kind for kind, part, _ in (name.partition("/") for name in names) if part})


def _one_line(text: str) -> str:
    return " ".join(text.split())


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=PackageLoader("broker.notices"),
        extensions=["jinja2.ext.i18n"],
        autoescape=False,  # noqa: S701 - plain text: there is no markup to escape into
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    catalogue = texts.read_catalogues()[language]
    environment.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]
    environment.globals.update(language=language)
    environment.filters.update(day=partial(_day, language=language))
    return environment


def _day(value: date, language: Language) -> str:
    return format_date(value, "d MMMM y", locale=texts.LOCALES[language])
