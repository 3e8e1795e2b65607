"""A login can be followed in the log, from leaving for a provider to signing out."""

from typing import Any

import msgspec
from structlog.testing import capture_logs

from broker.tokens.code import CodeContents, decode_code, encode_code
from broker.tokens.login import Login
from tests.house import ISSUER, TestHouse, authorize_url, first_login, redeem
from tests.walking import somebody_new, to_numbers, to_provider, type_numbers

SHARED = ("login_begun", "verification_tried", "login_completed", "code_redeemed")


def told(lines: list[Any], *kinds: str) -> list[tuple[str, str]]:
    """The events of these kinds, each with its login's name."""
    return [(line["event"], line["login_id"]) for line in lines if line["event"] in kinds]


async def test_lines_of_one_login_are_joined(house: TestHouse) -> None:
    """Two logins at once: each line says whose it is, and the token endpoint's does too."""
    with capture_logs() as lines:
        first = await to_numbers(house.browser(), somebody_new())
        await first_login(house.browser())
        await type_numbers(first, "100245", "1009999")
        await type_numbers(first)
        await first.submit(action="/flow/done")
        async with house.client() as client:
            await redeem(client, first.query["code"])
    names = [name for _, name in told(lines, "login_begun")]
    assert len(set(names)) == 2
    assert [kind for kind, name in told(lines, *SHARED) if name == names[0]] == [
        "login_begun", "verification_tried", "verification_tried", "login_completed",
        "code_redeemed",
    ]  # fmt: skip


async def test_a_provider_that_fails_is_a_line_of_its_login(house: TestHouse) -> None:
    """Who then takes another provider is still in the same login."""
    await house.control(provider="google", faults=["wrong_nonce"])
    browser = house.browser()
    with capture_logs() as lines:
        await (await to_provider(browser)).submit(person=somebody_new())
        await browser.submit("microsoft")
    shared = told(lines, "login_begun", "upstream_failed")
    assert [kind for kind, _ in shared] == ["login_begun", "upstream_failed", "login_begun"]
    assert len({name for _, name in shared}) == 1


async def test_a_login_on_a_session_has_a_name_of_its_own(house: TestHouse) -> None:
    """The session joins nothing: the second login of the same person is another."""
    browser = house.browser()
    with capture_logs() as lines:
        await first_login(browser)
        await browser.go(authorize_url())
    assert len({name for _, name in told(lines, "login_completed")}) == 2


async def test_the_name_stands_nowhere_but_in_the_log(house: TestHouse) -> None:
    """No address, no cookie, no token says it: a page of the flow least of all."""
    with capture_logs() as lines:
        browser = await to_numbers(house.browser(), somebody_new())
        seen = browser.url + browser.text + repr(browser.client.cookies)
        await type_numbers(browser)
        await browser.submit(action="/flow/done")
        async with house.client() as client:
            seen += browser.url + (await redeem(client, browser.query["code"])).text
    [(_, name)] = told(lines, "login_begun")
    assert len(name) == 16
    assert name not in seen


async def test_signing_out_is_told(house: TestHouse) -> None:
    """Once somebody said yes; being asked is nothing."""
    browser = house.browser()
    await first_login(browser)
    with capture_logs() as lines:
        await browser.go(f"{ISSUER}/logout?client_id=portal")
        assert lines == []
        await browser.submit(action="/logout")
    [line] = lines
    assert line == {
        "event": "signed_out", "provider": "google", "client_id": "portal", "log_level": "info",
    }  # fmt: skip


def test_a_code_can_be_redeemed_across_an_upgrade() -> None:
    """The previous release's records have no name, and it reads past the one of ours."""

    class Earlier(msgspec.Struct, frozen=True, array_like=True):
        client_id: str
        redirect_uri: str
        code_challenge: str
        nonce: str
        scopes: tuple[str, ...]
        login: Login

    earlier = Earlier("portal", "https://a.example/cb", "ch", "n", ("openid",), _LOGIN)
    ours = CodeContents("portal", "https://a.example/cb", "ch", "n", ("openid",), _LOGIN, "l1")
    assert decode_code(msgspec.msgpack.encode(earlier)).login_id == ""
    assert msgspec.msgpack.decode(encode_code(ours), type=Earlier) == earlier


_LOGIN = Login(person="p_1", sid="s_1", provider="google", auth_time=1)
