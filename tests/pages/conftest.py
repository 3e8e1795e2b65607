"""Pages that are read and compiled once."""

import pytest

from broker.pages.assets import StaticFiles
from broker.pages.render import Pages
from tests.pages import samples


@pytest.fixture(scope="session")
def static() -> StaticFiles:
    """The static files of both brands."""
    return StaticFiles(samples.BRANDS)


@pytest.fixture(scope="session")
def pages(static: StaticFiles) -> Pages:
    """All templates, compiled."""
    return Pages(static)
