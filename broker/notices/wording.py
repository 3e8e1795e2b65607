"""What a message says, in the words of its kind: an e-mail's subject and text, a short text.

Plain text, Swedish first and English below it; a short text has one language only. A template gets
the company, dates, and what stands in `SAID` for its kind: it cannot say a number or a name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from typing import Final

from babel.dates import format_date
from jinja2 import Environment, PackageLoader, StrictUndefined, TemplateNotFound

from broker.pages import texts
from broker.pages.faces import LANGUAGES, CompanyFace, Language, ProviderFace

DATES: Final = frozenset({"until", "connected"})
"""The facts that templates may say: days, or moments."""

SAID: Final[Mapping[str, frozenset[str]]] = {
    "code": frozenset({"code", "place"}),
    "linked_by_invoice": frozenset({"not_me", "again"}),
    "delegation_by_invoice": frozenset({"not_me"}),
}
"""What else the templates of a kind may say: addresses of ours, the code, that it comes again."""

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
    kind: str,
    company: CompanyFace,
    facts: Mapping[str, str],
    *,
    provider: ProviderFace | None = None,
    first: Language = "sv",
) -> Wording:
    """Write a message; `provider` is whose account it is about. Raises UnknownKind.

    The release before told neither that nor when: its messages are written without.
    """
    dates = {name: moment(facts[name]) if name in facts else None for name in DATES}
    said = {name: facts.get(name, "") for name in SAID.get(kind, ())}
    languages = (first, *(each for each in LANGUAGES if each != first))

    def written(part: str, language: Language) -> str:
        try:
            template = _environment(language).get_template(f"{kind}/{part}.txt")
        except TemplateNotFound:
            raise UnknownKind from None
        account = provider.label(language) if provider else ""
        return template.render(company=company, provider=account, **dates, **said).strip()

    parts = [written("text", language) for language in languages]
    below = [_environment(each).get_template("below.txt").render() for each in languages[1:]]
    return Wording(
        subject=_one_line(written("subject", first)),
        text="\n\n".join([*below, f"\n\n{_BETWEEN}\n\n".join(parts)]) + "\n",
        short=_one_line(written("short", first)),
    )


def moment(text: str) -> date | datetime:
    """A day, or a moment with its zone, as a fact has it (ISO 8601)."""
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


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
    environment.filters.update(short_day=partial(texts.short_day, language=language))
    environment.filters.update(clock=partial(texts.clock, language=language))
    return environment


def _day(value: date | datetime, language: Language) -> str:
    if isinstance(value, datetime):
        return texts.day(value, language)
    return format_date(value, "d MMMM y", locale=texts.LOCALES[language])
