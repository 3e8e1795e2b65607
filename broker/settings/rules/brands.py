"""Brands: colours that everybody can read, and a logo that is only a picture."""

import re
from collections.abc import Iterator
from pathlib import Path

from broker.settings.contrast import contrast
from broker.settings.problem import Problem
from broker.settings.schema import Settings

ERROR_RED = "#a3121f"
"""The pages' own colour of errors (`broker.pages.brands.ERROR`): it must show on every brand."""

_TEXT = 4.5  # WCAG 2.2, success criterion 1.4.3
_MEETING = (
    ("text", "background"),
    ("text", "accent"),
    ("on_primary", "primary"),
    ("primary", "background"),
    ("primary", "accent"),
)
_LOGO_BYTES = 64 * 1024
_PNG = b"\x89PNG\r\n\x1a\n"
_ACTIVE_SVG = re.compile(
    rb"<\s*script|<\s*foreignobject|\bon[a-z]+\s*=|javascript:|<!entity|<!doctype|"
    rb"(?:href|src)\s*=\s*[\"']?\s*(?!#)[^\"'\s>]|url\(\s*[\"']?(?!#)|@import",
    re.IGNORECASE,
)


def colours_can_be_read(settings: Settings) -> Iterator[Problem]:
    """Every pair of colours that meet as text has 4.5:1."""
    for name, brand in settings.brands.items():
        if contrast(ERROR_RED, brand.background) < _TEXT:
            yield Problem(
                f"brands.{name}.background",
                f"Errors, which are shown in {ERROR_RED}, cannot be read on it.",
                "Make it lighter: pages are dark text on a light ground.",
            )
        for front, back in _MEETING:
            ratio = contrast(getattr(brand, front), getattr(brand, back))
            if ratio < _TEXT:
                yield Problem(
                    f"brands.{name}.{front}",
                    f"Too little contrast with `{back}`: {int(ratio * 100) / 100}:1.",
                    f"Make one darker or lighter until it is {_TEXT}:1 (WCAG 2.2 AA).",
                )


def logos_are_pictures(settings: Settings) -> Iterator[Problem]:
    """A small SVG without script or outside reference, or a small PNG."""
    for name, brand in settings.brands.items():
        if brand.logo is None:
            continue
        if fault := _logo_fault(brand.logo):
            yield Problem(
                f"brands.{name}.logo",
                fault,
                "Give an SVG of shapes alone, or a PNG, of at most 64 KiB.",
            )


def _logo_fault(path: Path) -> str | None:
    suffix = path.suffix.lower()
    if suffix not in {".svg", ".png"}:
        return "Named neither .svg nor .png."
    try:
        with path.open("rb") as file:
            content = file.read(_LOGO_BYTES + 1)
    except OSError:
        return "The file cannot be read."
    if len(content) > _LOGO_BYTES:
        return "Larger than 64 KiB."
    if suffix == ".png":
        return None if content.startswith(_PNG) else "Not a PNG inside."
    return _svg_fault(content)


def _svg_fault(content: bytes) -> str | None:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return "Not in UTF-8."
    if "<svg" not in text:
        return "Not an SVG inside."
    if _ACTIVE_SVG.search(content):
        return "It has a script, an event, a document type or a reference to something outside."
    return None
