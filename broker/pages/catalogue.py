"""Keeps the catalogues in step with the templates: `python -m broker.pages.catalogue update`.

Pages and messages share one catalogue, so that translators have one file and one word for a thing.
`update` takes every text from the templates into each `.po` file, keeps the translations and
drops what is gone; `check` says whether that would change anything. Translators edit `msgstr`.
"""

import sys
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from broker.pages.faces import LANGUAGES
from broker.pages.texts import DOMAIN, LOCALES, SOURCE

PACKAGE = Path(__file__).parent
TEMPLATES = (PACKAGE / "templates", PACKAGE.parent / "notices" / "templates")
_OPTIONS = {"newstyle_gettext": "true", "trimmed": "true"}
_FILES = ("**.html", "**.txt")
_HEADER = "# The words of Farstu's pages and messages. The English text is the key."


def extract() -> Catalog:
    """Every text of the templates, with the template that it stands in."""
    template = Catalog(domain=DOMAIN)
    methods, options = [(each, "jinja2") for each in _FILES], dict.fromkeys(_FILES, _OPTIONS)
    for folder in TEMPLATES:
        for name, _line, text, comments, context in extract_from_dir(folder, methods, options):
            template.add(text, locations=[(name, 0)], auto_comments=comments, context=context)
    return template


def path_of(language: str) -> Path:
    """Where a language's catalogue is."""
    return PACKAGE / "locales" / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def updated(path: Path, locale: str, template: Catalog) -> bytes:
    """The catalogue as it should be: the texts of the templates, the translations of the file."""
    current = path.read_bytes() if path.exists() else b""
    catalogue = read_po(BytesIO(current), locale=locale, domain=DOMAIN)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.header_comment = _HEADER
    catalogue.fuzzy = False
    out = BytesIO()
    write_po(out, catalogue, omit_header=False, include_lineno=False, width=98, sort_by_file=True)
    return _without_dates(out.getvalue())


def stale(template: Catalog) -> Mapping[Path, bytes]:
    """The files that differ from what they should be, with that."""
    wanted = {
        path_of(language): updated(path_of(language), LOCALES[language], template)
        for language in LANGUAGES
        if language != SOURCE
    }
    return {p: text for p, text in wanted.items() if not p.exists() or p.read_bytes() != text}


def _without_dates(text: bytes) -> bytes:
    """The file without the header lines that would change with every run or say nothing."""
    lines = text.splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(_IDLE_HEADERS))


_IDLE_HEADERS = tuple(
    f'"{name}:'.encode()
    for name in (
        "Project-Id-Version",
        "Report-Msgid-Bugs-To",
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Last-Translator",
        "Language-Team",
        "Generated-By",
    )
)


def update() -> int:
    """Write what is stale."""
    for path, text in stale(extract()).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    return 0


def check() -> int:
    """Name what is stale; 1 if anything is."""
    names = [str(path.relative_to(PACKAGE)) for path in stale(extract())]
    for name in names:
        sys.stderr.write(f"{name} is not up to date: python -m broker.pages.catalogue update\n")
    return 1 if names else 0


COMMANDS: Mapping[str, Callable[[], int]] = {"update": update, "check": check}

if __name__ == "__main__":
    sys.exit(COMMANDS[sys.argv[1]]())
