"""The pages' words: catalogues read from the `.po` files, one per language.

The English text is the key. A missing translation shows the English text; a test sees to it that
none is missing. Dates and times are shown as in Sweden.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib import resources
from io import BytesIO
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from broker.pages.faces import LANGUAGES, Language

DOMAIN = "farstu"
SWEDEN = ZoneInfo("Europe/Stockholm")


def read_catalogues() -> Mapping[Language, Translations]:
    """Read every language's catalogue from the package."""
    return {language: _read(language) for language in LANGUAGES}


def _read(language: Language) -> Translations:
    source = resources.files("broker.pages").joinpath(
        "locales", language, "LC_MESSAGES", f"{DOMAIN}.po"
    )
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(source.read_bytes()), locale=language, domain=DOMAIN))
    compiled.seek(0)
    return Translations(compiled, domain=DOMAIN)


def clock(moment: datetime, language: Language) -> str:
    """The time of day in Sweden: `14.05` in Swedish, `14:05` in English."""
    pattern = "HH.mm" if language == "sv" else "HH:mm"
    return format_time(moment, pattern, tzinfo=SWEDEN, locale=language)


def day(moment: datetime, language: Language) -> str:
    """The day in Sweden: `3 maj 2026`, `3 May 2026`."""
    return format_date(moment.astimezone(SWEDEN), "d MMMM y", locale=language)


def day_and_clock(moment: datetime, language: Language) -> str:
    """Day and time in Sweden."""
    pattern = "d MMMM y 'kl.' HH.mm" if language == "sv" else "d MMMM y, HH:mm"
    return format_datetime(moment, pattern, tzinfo=SWEDEN, locale=language)


def duration(length: timedelta, language: Language) -> str:
    """A length of time in words: `60 minuter`, `90 days`."""
    return format_timedelta(length, threshold=1.5, locale=language)
