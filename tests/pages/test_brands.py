"""A brand's colours must be readable."""

from dataclasses import replace
from pathlib import Path

import pytest

from broker.pages.brands import Brand, contrast, poor_contrasts, read_logo
from tests.pages import samples


def test_contrast_is_that_of_the_definition() -> None:
    """Black on white is 21:1, a colour on itself 1:1, and order does not matter."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#336699", "#336699") == pytest.approx(1)
    assert contrast("#777777", "#ffffff") == pytest.approx(contrast("#ffffff", "#777777"))
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


@pytest.mark.parametrize("brand", samples.BRANDS, ids=lambda brand: brand.id)
def test_our_brands_are_readable(brand: Brand) -> None:
    """The default brand and the sample pass."""
    assert list(poor_contrasts(brand)) == []


def test_names_the_settings_that_meet_too_alike() -> None:
    """Pale text on pale ground is reported by the names of the settings, with both figures."""
    pale = replace(samples.PLAIN, text="#888888")
    found = {(p.foreground, p.background) for p in poor_contrasts(pale)}
    assert ("text", "background") in found
    assert ("text", "accent") in found
    assert all(p.ratio < p.needed for p in poor_contrasts(pale))


def test_a_dark_ground_that_hides_our_red_is_refused() -> None:
    """Errors are shown in a red of ours, so a brand must leave it readable."""
    dark = Brand("dark", "Dark", "#9ad8e0", "#000000", "#101418", "#ffffff", "#202830")
    assert ("error", "background") in {(p.foreground, p.background) for p in poor_contrasts(dark)}


def test_a_logo_is_svg_or_png(tmp_path: Path) -> None:
    """Another kind of file is refused before it is read."""
    with pytest.raises(ValueError, match="svg"):
        read_logo(tmp_path / "logo.gif")
    path = tmp_path / "logo.SVG"
    path.write_bytes(b"<svg/>")
    assert read_logo(path).content_type == "image/svg+xml"
