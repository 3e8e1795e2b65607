"""A brand: the name, colours and logo that a client's sign-in pages have.

Values only: that colours which meet can be read is judged with the settings, and the style sheet
that is made of them is in `assets`.
"""

from dataclasses import dataclass
from pathlib import Path

ERROR = "#a3121f"
"""Our own colour of errors; every brand must leave it readable (`broker.settings.rules.brands`)."""

_SUFFIXES = {".svg": "image/svg+xml", ".png": "image/png"}


@dataclass(frozen=True, slots=True)
class Logo:
    """A company's logo, served by us; `suffix` is `.svg` or `.png`."""

    content: bytes
    suffix: str

    @property
    def content_type(self) -> str:
        """The media type to serve it with."""
        return _SUFFIXES[self.suffix]


def read_logo(path: Path) -> Logo:
    """Read a logo file. ValueError unless it is named .svg or .png; OSError if unreadable."""
    suffix = path.suffix.lower()
    if suffix not in _SUFFIXES:
        raise ValueError("a logo must be an .svg or a .png file")
    return Logo(content=path.read_bytes(), suffix=suffix)


@dataclass(frozen=True, slots=True)
class Brand:
    """How the pages look for a client. Colours are `#rrggbb`.

    `primary` is for buttons and links, `on_primary` for text on it, `accent` for framed parts.
    """

    id: str
    name: str
    primary: str = "#0b5c6b"
    on_primary: str = "#ffffff"
    background: str = "#ffffff"
    text: str = "#1b1f23"
    accent: str = "#e8f3f1"
    logo: Logo | None = None
