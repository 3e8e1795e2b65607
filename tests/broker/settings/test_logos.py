"""A logo is served from our own origin, so it may be a picture and nothing else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from broker.settings.problem import Problem

Judge = Callable[[dict[str, Any]], list[Problem]]
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<SCRIPT/>",
        "< script />",
        '<rect onload="alert(1)"/>',
        '<a href="javascript:alert(1)"/>',
        '<image href="https://attack.example/x.png"/>',
        '<image xlink:href = "data:image/png;base64,AAAA"/>',
        '<use href="/other.svg#x"/>',
        "<foreignObject/>",
        '<rect fill="url(https://attack.example/x)"/>',
        "<style>@import 'https://attack.example/x.css';</style>",
        '<!DOCTYPE svg [<!ENTITY x "y">]>',
    ],
)
def test_svg_that_does_something_is_refused(
    inside: str, tmp_path: Path, problems_with: Judge
) -> None:
    """Script, events, entities and references to elsewhere are refused."""
    logo = tmp_path / "logo.svg"
    logo.write_text(SVG.format(inside))
    assert [p.path for p in problems_with({"brands/kraft/logo": str(logo)})] == [
        "brands.kraft.logo"
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("logo.png", b"GIF89a"),
        ("logo.svg", b"<html></html>"),
        ("logo.svg", b"\xff<svg/>"),
        ("logo.svg", b"<svg>" + b" " * 70_000),
        ("logo.jpg", b"\xff\xd8\xff"),
    ],
)
def test_other_content_is_refused(
    name: str, content: bytes, tmp_path: Path, problems_with: Judge
) -> None:
    """What is inside must be what the name says, and small."""
    logo = tmp_path / name
    logo.write_bytes(content)
    assert [p.path for p in problems_with({"brands/kraft/logo": str(logo)})] == [
        "brands.kraft.logo"
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("logo.svg", SVG.format('<g id="a"><path d="M0 0h9"/></g><use href="#a"/>').encode()),
        ("logo.svg", SVG.format('<rect fill="url(#g)" stroke="none"/>').encode()),
        ("logo.PNG", b"\x89PNG\r\n\x1a\n" + b"\0" * 40),
    ],
)
def test_picture_is_let_through(
    name: str, content: bytes, tmp_path: Path, problems_with: Judge
) -> None:
    """Shapes, gradients and references inside the file are what a logo is made of."""
    logo = tmp_path / name
    logo.write_bytes(content)
    assert problems_with({"brands/kraft/logo": str(logo)}) == []
