"""A brand: the name, colours and logo that a client's sign-in pages have.

Values and the rule that every pair of colours that meet must be readable. The style sheet that
is made of them is in `assets`.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TEXT_CONTRAST = 4.5
ERROR = "#a3121f"
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


@dataclass(frozen=True, slots=True)
class PoorContrast:
    """Two colours of a brand that meet on a page and are too alike, by name of the setting."""

    foreground: str
    background: str
    ratio: float
    needed: float


def poor_contrasts(brand: Brand) -> Iterator[PoorContrast]:
    """Every pair below WCAG 2.2 AA (1.4.3: 4.5:1). `error` is the red of ours, not a setting."""
    for foreground, background in _PAIRS:
        colour = ERROR if foreground == "error" else getattr(brand, foreground)
        ratio = contrast(colour, getattr(brand, background))
        if ratio < TEXT_CONTRAST:
            yield PoorContrast(foreground, background, round(ratio, 2), TEXT_CONTRAST)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two `#rrggbb` colours, 1 to 21 (WCAG 2.2, definition)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    if channel <= 0.04045:  # noqa: PLR2004 - the constants of the definition
        return channel / 12.92
    return math.pow((channel + 0.055) / 1.055, 2.4)


_PAIRS = (
    ("text", "background"),
    ("text", "accent"),
    ("on_primary", "primary"),
    ("primary", "background"),
    ("primary", "accent"),
    ("error", "background"),
)
