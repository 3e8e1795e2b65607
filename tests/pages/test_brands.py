"""A brand's looks: readable colours, a logo that is a picture."""

from pathlib import Path

import pytest

from broker.pages.brands import ERROR, Brand, read_logo
from broker.settings.contrast import contrast
from broker.settings.rules.brands import ERROR_RED
from tests.pages import samples


def test_contrast_is_that_of_the_definition() -> None:
    """Black on white is 21:1, a colour on itself 1:1, and order does not matter."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#336699", "#336699") == pytest.approx(1)
    assert contrast("#777777", "#ffffff") == pytest.approx(contrast("#ffffff", "#777777"))
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


@pytest.mark.parametrize("brand", samples.BRANDS, ids=lambda brand: brand.id)
def test_our_brands_are_readable(brand: Brand) -> None:
    """The default brand and the sample have 4.5:1 wherever text meets ground."""
    assert contrast(brand.text, brand.background) >= 4.5
    assert contrast(brand.on_primary, brand.primary) >= 4.5
    assert contrast(ERROR_RED, brand.background) >= 4.5


def test_the_red_that_settings_judge_is_the_red_that_pages_show() -> None:
    """One colour of errors, named on two floors."""
    assert ERROR_RED == ERROR


def test_a_logo_is_svg_or_png(tmp_path: Path) -> None:
    """Another kind of file is refused before it is read."""
    with pytest.raises(ValueError, match="svg"):
        read_logo(tmp_path / "logo.gif")
    path = tmp_path / "logo.SVG"
    path.write_bytes(b"<svg/>")
    assert read_logo(path).content_type == "image/svg+xml"
