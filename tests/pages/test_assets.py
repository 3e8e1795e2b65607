"""Static files: named by their content, and only ours."""

from dataclasses import replace

import pytest

from broker.pages.assets import StaticFiles, brand_css
from tests.pages import samples


def test_a_changed_brand_changes_its_files_name() -> None:
    """A browser that cached the old colours for ever gets the new ones."""
    before = StaticFiles((samples.PLAIN,)).url("brand-default.css")
    after = StaticFiles((replace(samples.PLAIN, primary="#004466"),)).url("brand-default.css")
    assert before != after


def test_every_address_that_pages_use_is_served(static: StaticFiles) -> None:
    """Names lead to files with the right type and a quoted tag."""
    for name, kind in (("farstu.css", "text/css"), ("icon.svg", "image/svg+xml")):
        file = static.files[static.url(name).removeprefix("/static/")]
        assert file.content_type.startswith(kind)
        assert file.etag.startswith('"')
        assert file.etag.endswith('"')


def test_an_unknown_file_has_no_address(static: StaticFiles) -> None:
    """Asking for what is not there is a mistake of ours, found at once."""
    with pytest.raises(KeyError):
        static.url("other.css")


def test_a_logo_is_served_only_for_the_brand_that_has_one(static: StaticFiles) -> None:
    """One logo among the sample brands."""
    assert [name for name in static.files if name.startswith("logo-")] == [
        static.url("logo-warm.svg").removeprefix("/static/")
    ]


def test_the_brands_sheet_holds_its_colours() -> None:
    """Every colour of the brand is a custom property."""
    css = brand_css(samples.WARM)
    for colour in ("#7a2e0e", "#ffffff", "#fffdf9", "#2b1a12", "#f8ead9"):
        assert colour in css


def test_the_style_sheet_asks_for_nothing_from_elsewhere(static: StaticFiles) -> None:
    """No import, no font, no image, no address."""
    css = static.files[static.url("farstu.css").removeprefix("/static/")].content.decode()
    for word in ("@import", "url(", "http:", "https:", "@font-face"):
        assert word not in css
