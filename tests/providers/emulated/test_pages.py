"""The pages: safe, in two languages, and clearly not the real thing."""

from collections.abc import Callable

import pytest

from providers.emulated.texts import TEXTS, choose_language
from tests.providers.emulated.party import PROVIDERS, Party

MakeParty = Callable[[str], Party]


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_the_login_page_runs_no_script_and_loads_nothing_foreign(
    party: MakeParty, provider: str
) -> None:
    """A strict policy, no script, one stylesheet of our own."""
    page = await party(provider).authorize()
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    assert "<script" not in page.text
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_name_cannot_become_markup(party: MakeParty, provider: str) -> None:
    """What a request brings is not shown, and tickets survive the way through the form."""
    page = await party(provider).authorize(state='"><script>alert(1)</script>')
    assert "<script" not in page.text


async def test_the_stylesheet_is_there(party: MakeParty) -> None:
    """Under the address that the pages name."""
    client = party("google")
    page = await client.authorize()
    assert 'href="/__emulated.css"' in page.text
    response = await client.browser.get("/__emulated.css")
    assert response.headers["content-type"].startswith("text/css")


@pytest.mark.parametrize(
    ("parameters", "header", "language"),
    [
        ({}, "", "sv"),
        ({}, "en-GB,en;q=0.9", "en"),
        ({}, "fi,sv;q=0.5,en;q=0.3", "sv"),
        ({"hl": "sv"}, "en", "sv"),
        ({"locale": "en_US"}, "sv", "en"),
        ({"ui_locales": "de en"}, "", "en"),
        ({"language": "sv-se"}, "en", "sv"),
    ],
)
def test_the_language_follows_parameter_then_browser(
    parameters: dict[str, str], header: str, language: str
) -> None:
    """Each provider's own parameter; Swedish where nobody says."""
    assert choose_language(parameters, header) == language


def test_both_languages_have_every_text() -> None:
    """No page falls over in English only."""
    assert TEXTS["sv"].keys() == TEXTS["en"].keys()
