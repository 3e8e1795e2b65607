"""An app that claims another's name gets nothing silently (requirement 78, RFC 8252 8.6)."""

from pathlib import Path

from tests.house import TestHouse, a_client, authorize_url, first_login, open_house, settings_for

LOOPBACK = "http://127.0.0.1:5151/callback"


async def test_a_public_app_on_the_machine_is_asked_for_every_time(
    house_template: Path, tmp_path: Path
) -> None:
    """Signed in and agreed before, the person still sees who is asking."""
    app = a_client("elnat", secrets=(), redirect_uris=(LOOPBACK,))
    clients = {**settings_for(tmp_path).clients, "app": app}
    async with open_house(house_template, tmp_path, clients=clients) as house:
        browser = house.browser()
        await first_login(browser)
        for _ in range(2):
            await browser.go(authorize_url("app", redirect_uri=LOOPBACK))
            assert browser.path == "/flow/consent"
            await browser.submit("yes")
            assert "code" in browser.query


async def test_a_public_app_learns_nothing_silently(house_template: Path, tmp_path: Path) -> None:
    """`prompt=none` is answered consent_required."""
    app = a_client("elnat", secrets=(), redirect_uris=(LOOPBACK,))
    clients = {**settings_for(tmp_path).clients, "app": app}
    async with open_house(house_template, tmp_path, clients=clients) as house:
        browser = house.browser()
        await first_login(browser)
        await browser.go(authorize_url("app", redirect_uri=LOOPBACK, prompt="none"))
        assert browser.query["error"] == "consent_required"


async def test_a_portal_on_the_web_is_not_asked_for_again(house: TestHouse) -> None:
    """A public client on https stands at an address that nobody else can claim."""
    browser = house.browser()
    await first_login(browser)
    await browser.go(authorize_url("open"))
    assert "code" in browser.query
