"""Requirement 109: sizes are judged before anything is parsed, and a flood can be got out of."""

import pytest

from tests.house import TestHouse, authorize_url
from tests.walking import TOO_LARGE, page_number

pytestmark = pytest.mark.asyncio(loop_scope="session")

FORM = {"content-type": "application/x-www-form-urlencoded"}


async def test_a_cookie_flood_clears_the_flow_cookies(shared_house: TestHouse) -> None:
    """431 with a page, and the three slots deleted blind: the next request gets through."""
    flood = "; ".join(f"c{n}={'x' * 1000}" for n in range(20))
    async with shared_house.client() as client:
        answer = await client.get(authorize_url(), headers={"cookie": flood})
    assert (answer.status_code, page_number(answer)) == (431, TOO_LARGE)
    cleared = answer.headers.get_list("set-cookie")
    assert [c.partition("=")[0] for c in cleared] == [f"farstu-flow{n}" for n in range(3)]
    assert all("Max-Age=0" in c and "Path=/" in c for c in cleared)


@pytest.mark.parametrize("name", ["x-anything", "authorization", "user-agent", "accept-language"])
async def test_oversize_headers_are_refused(shared_house: TestHouse, name: str) -> None:
    """On every kind of path, 431."""
    async with shared_house.client() as client:
        for path in ("/", "/token", "/userinfo", "/authorize", "/flow", "/logout"):
            answer = await client.get(path, headers={name: "x" * 17000})
            assert answer.status_code == 431, path


async def test_many_small_headers_are_refused(shared_house: TestHouse) -> None:
    """Their sum counts."""
    async with shared_house.client() as client:
        answer = await client.get("/", headers={f"x-{n}": "y" * 90 for n in range(200)})
    assert answer.status_code == 431


@pytest.mark.parametrize("path", ["/", "/authorize", "/flow", "/callback/google", "/jwks"])
async def test_an_oversize_address_is_refused(shared_house: TestHouse, path: str) -> None:
    """414."""
    async with shared_house.client() as client:
        answer = await client.get(f"{path}?x={'y' * 9000}")
    assert answer.status_code == 414


@pytest.mark.parametrize("path", ["/authorize", "/token", "/userinfo", "/logout", "/flow/verify"])
async def test_an_oversize_body_is_refused(shared_house: TestHouse, path: str) -> None:
    """413 by its declared length."""
    async with shared_house.client() as client:
        answer = await client.post(path, content=b"x=" + b"y" * 66000, headers=FORM)
    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["/authorize", "/token", "/userinfo", "/logout", "/flow/verify"])
async def test_an_oversize_body_of_undeclared_length_is_refused(
    shared_house: TestHouse, path: str
) -> None:
    """413 as soon as too much has come, chunked."""

    async def chunks():  # type: ignore[no-untyped-def]  # noqa: ANN202
        for _ in range(20):
            yield b"x" * 4000

    async with shared_house.client() as client:
        answer = await client.post(path, content=chunks(), headers=FORM)
    assert answer.status_code == 413


async def test_an_oversize_bearer_token_is_refused(shared_house: TestHouse) -> None:
    """In the body, where it passes the header limit (109)."""
    async with shared_house.client() as client:
        form = {"access_token": "e30." * 5000}
        answer = await client.post("/userinfo", data=form)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


@pytest.mark.parametrize("path", ["/authorize", "/token", "/logout", "/userinfo"])
async def test_too_many_fields_are_refused(shared_house: TestHouse, path: str) -> None:
    """More than 50 (109)."""
    body = "&".join(f"p{n}=1" for n in range(60)).encode()
    async with shared_house.client() as client:
        answer = await client.post(path, content=body, headers=FORM)
    assert answer.status_code == 400


@pytest.mark.parametrize("length", range(1200, 3000, 90))
async def test_a_request_that_fits_at_first_fits_to_the_end(
    shared_house: TestHouse, length: int
) -> None:
    """A long state either goes home at once with `invalid_request`, or the login runs through."""
    browser = await shared_house.browser().go(
        authorize_url("open", state="s" * length, login_hint="å" * 100)
    )
    if browser.path == "/flow/choose":
        await browser.submit("google")
        await browser.submit(person="load-910000")
        assert "code" in browser.query
    else:
        assert browser.query["error"] == "invalid_request"
        assert browser.query["error_description"] == "the request is too large"
    assert browser.query["state"] == "s" * length


async def test_ten_tabs_stay_within_six_kilobytes(shared_house: TestHouse) -> None:
    """The oldest logins give way; the newest works."""
    browser = shared_house.browser()
    for n in range(10):
        await browser.go(authorize_url("open", state=f"{n}" * 900))
    sizes = [len(c.name) + len(c.value or "") for c in browser.client.cookies.jar]
    assert sum(sizes) <= 6144
    await browser.submit("google")
    await browser.submit(person="load-910001")
    assert browser.query["state"] == "9" * 900


async def test_three_tabs_all_work(shared_house: TestHouse) -> None:
    """Three logins side by side, finished in any order."""
    browser, tabs = shared_house.browser(), []
    for n in range(3):
        await browser.go(authorize_url("open", state=f"tab{n}"))
        tabs.append((browser.url, browser.page))
    for n in (1, 2, 0):
        browser.url, browser.page = tabs[n]
        await browser.submit("google")
        if browser.forms:
            await browser.submit(person="load-910002")
        assert browser.query["state"] == f"tab{n}"
