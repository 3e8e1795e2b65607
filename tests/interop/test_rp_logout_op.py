"""The RP-initiated logout test plan, module by module (their names in the docstrings)."""

from urllib.parse import urlencode

import pytest

from tests.house import ISSUER, PORTAL, TestHouse
from tests.interop.suite import AFTER_LOGOUT, Suite
from tests.walking import LOGOUT, SIGNED_OUT, page_number, tokens_of

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _signed_in(provider: TestHouse) -> tuple[Suite, str]:
    run = Suite(provider)
    return run, (await run.sign_in())["id_token"]


async def _ask(run: Suite, method: str, **parameters: str) -> None:
    query = urlencode(parameters)
    if method == "GET":
        await run.browser.go(f"{ISSUER}/logout?{query}")
        return
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = await run.browser.client.post(
        f"{ISSUER}/logout", content=query.encode(), headers=headers
    )
    if answer.status_code == 303:
        await run.browser.go(ISSUER + answer.headers["location"])
    else:
        run.browser.page, run.browser.url = answer, f"{ISSUER}/logout"


async def _confirm(run: Suite) -> None:
    assert page_number(run.browser) == LOGOUT
    await run.browser.submit(action="/logout")


async def _is_over(run: Suite) -> bool:
    return (await run.authorize(prompt="none")).get("error") == "login_required"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_rp_initiated_logout(provider: TestHouse, method: str) -> None:
    """oidcc-rp-initiated-logout: asked, confirmed, back with the state; the session is over."""
    run, token = await _signed_in(provider)
    await _ask(
        run, method, id_token_hint=token, post_logout_redirect_uri=AFTER_LOGOUT, state="abc123"
    )
    await _confirm(run)
    assert run.browser.url == f"{AFTER_LOGOUT}?state=abc123"
    assert await _is_over(run)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_no_state(provider: TestHouse, method: str) -> None:
    """oidcc-rp-initiated-logout-no-state: none comes back."""
    run, token = await _signed_in(provider)
    await _ask(run, method, id_token_hint=token, post_logout_redirect_uri=AFTER_LOGOUT)
    await _confirm(run)
    assert run.browser.url == AFTER_LOGOUT


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("parameters", [{}, {"state": "abc"}], ids=["no-params", "only-state"])
async def test_nothing_to_go_back_to(
    provider: TestHouse, method: str, parameters: dict[str, str]
) -> None:
    """oidcc-rp-initiated-logout-no-params, -only-state: our own page at the end."""
    run, _ = await _signed_in(provider)
    await _ask(run, method, **parameters)
    await _confirm(run)
    assert page_number(run.browser) == SIGNED_OUT
    assert run.browser.url.startswith(ISSUER)
    assert await _is_over(run)


async def test_no_post_logout_redirect_uri(provider: TestHouse) -> None:
    """oidcc-rp-initiated-logout-no-post-logout-redirect-uri."""
    run, token = await _signed_in(provider)
    await _ask(run, "GET", id_token_hint=token, state="abc")
    await _confirm(run)
    assert page_number(run.browser) == SIGNED_OUT


async def test_no_id_token_hint(provider: TestHouse) -> None:
    """oidcc-rp-initiated-logout-no-id-token-hint: an address of nobody in particular is refused."""
    run, _ = await _signed_in(provider)
    await _ask(run, "GET", post_logout_redirect_uri=AFTER_LOGOUT, state="abc")
    assert run.browser.page.status_code == 400
    assert not await _is_over(run)


async def test_client_id_in_place_of_the_hint(provider: TestHouse) -> None:
    """RP-Initiated Logout section 2: the client's name says whose address it is."""
    run, _ = await _signed_in(provider)
    await _ask(run, "GET", client_id="suite", post_logout_redirect_uri=AFTER_LOGOUT, state="a")
    await _confirm(run)
    assert run.browser.url == f"{AFTER_LOGOUT}?state=a"


@pytest.mark.parametrize(
    "address",
    [
        f"{AFTER_LOGOUT}?foo=bar",
        f"{AFTER_LOGOUT}/",
        "https://evil.example/",
        "https://suite.example",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_bad_post_logout_redirect_uri(provider: TestHouse, address: str, method: str) -> None:
    """oidcc-rp-initiated-logout-bad-post-logout-redirect-uri, -query-added-…: never a redirect."""
    run, token = await _signed_in(provider)
    await _ask(run, method, id_token_hint=token, post_logout_redirect_uri=address, state="abc")
    assert run.browser.page.status_code == 400
    assert run.browser.url.startswith(ISSUER)


def _modified(token: str) -> list[str]:
    head, payload, signature = token.split(".")
    bent = ("A" if signature[0] != "A" else "B") + signature[1:]
    return ["bad", f"{head}.{payload}.{bent}", f"{head}.{payload}.", f"{head}.{payload}"]


@pytest.mark.parametrize("which", range(4))
async def test_bad_and_modified_id_token_hint(provider: TestHouse, which: int) -> None:
    """oidcc-rp-initiated-logout-bad-id-token-hint, -modified-id-token-hint: never a redirect."""
    run, token = await _signed_in(provider)
    hint = _modified(token)[which]
    await _ask(run, "GET", id_token_hint=hint, post_logout_redirect_uri=AFTER_LOGOUT, state="abc")
    assert run.browser.page.status_code == 400
    assert run.browser.url.startswith(ISSUER)
    assert not await _is_over(run)


async def test_a_hint_and_another_clients_name(provider: TestHouse) -> None:
    """They must agree (section 2)."""
    run, token = await _signed_in(provider)
    await _ask(run, "GET", id_token_hint=token, client_id="suite2")
    assert run.browser.page.status_code == 400


async def test_an_expired_hint_is_good_enough(house: TestHouse) -> None:
    """Section 2: the OP should accept ID tokens of which the time has passed."""
    browser = house.browser()
    token = (await tokens_of(house, browser))["id_token"]
    house.clock.advance(minutes=20)
    query = urlencode({"id_token_hint": token, "post_logout_redirect_uri": f"{PORTAL}/bye"})
    await browser.go(f"{ISSUER}/logout?{query}")
    await browser.submit(action="/logout")
    assert browser.url == f"{PORTAL}/bye"


async def test_nobody_signed_in_goes_straight_back(provider: TestHouse) -> None:
    """There is nothing to ask; the address is the client's own."""
    run = Suite(provider)
    await _ask(run, "GET", client_id="suite", post_logout_redirect_uri=AFTER_LOGOUT, state="x")
    assert run.browser.url == f"{AFTER_LOGOUT}?state=x"
