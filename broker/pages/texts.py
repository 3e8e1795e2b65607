"""Words of pages and messages: a catalogue (`.po`) for every language but English, the source.

A missing translation shows the English text; a test sees to it that none is missing. Dates, times
and lists are written as in that language, times as they are in Sweden.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from importlib import resources
from io import BytesIO
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, format_timedelta
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from broker.pages.faces import LANGUAGES, Language

DOMAIN = "farstu"
SOURCE: Language = "en"
LOCALES: Mapping[Language, str] = {"sv": "sv_SE", "en": "en_GB"}
SWEDEN = ZoneInfo("Europe/Stockholm")


def read_catalogues() -> Mapping[Language, NullTranslations]:
    """Read every language's catalogue from the package."""
    return {
        language: NullTranslations() if language == SOURCE else _read(language)
        for language in LANGUAGES
    }


def _read(language: Language) -> Translations:
    source = resources.files("broker.pages").joinpath(
        "locales", language, "LC_MESSAGES", f"{DOMAIN}.po"
    )
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(source.read_bytes()), locale=language, domain=DOMAIN))
    compiled.seek(0)
    return Translations(compiled, domain=DOMAIN)


def clock(moment: datetime, language: Language, *, seconds: bool = False) -> str:
    """The time of day in Sweden: `14.05` in Swedish, `14:05` in English; `14.05.09`, `14:05:09`."""
    pattern = "HH:mm:ss" if seconds else "HH:mm"
    pattern = pattern.replace(":", ".") if language == "sv" else pattern
    return format_time(moment, pattern, tzinfo=SWEDEN, locale=LOCALES[language])


def day(moment: datetime, language: Language) -> str:
    """The day in Sweden: `3 maj 2026`, `3 May 2026`."""
    return format_date(moment.astimezone(SWEDEN), "d MMMM y", locale=LOCALES[language])


def short_day(moment: datetime, language: Language) -> str:
    """The day in Sweden without its year: `3 maj`, `3 May`."""
    return format_date(moment.astimezone(SWEDEN), "d MMM", locale=LOCALES[language])


def duration(length: timedelta, language: Language) -> str:
    """A length of time in words: `60 minuter`, `90 days`."""
    return format_timedelta(length, threshold=1.5, locale=LOCALES[language])


def listed(
    names: Sequence[str], joint: Literal["standard", "or"] = "standard", *, language: Language
) -> str:
    """Names as a sentence has them: `A, B och C`, `A, B or C`."""
    return format_list(names, style=joint, locale=LOCALES[language])
