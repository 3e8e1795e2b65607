"""The check's browser: what it sees and what it sends."""

import httpx2
import pytest

from broker.dev.browser import Browser, LostWay, read_page

PAGE = """<!doctype html><title>A &amp; B</title>
<form action="/one"><input name="q" value="1"><button>Go</button></form>
<form method="post" action="/two">
<input type="hidden" name="ticket" value="t"><input type="radio" name="answer" value="yes">
<input type="text" name="number"><button name="way" value="left">L</button>
<button name="way" value="right" disabled>R</button></form><pre id="told">{"a": "&lt;"}</pre>"""


def a_browser(received: list[httpx2.Request]) -> Browser:
    """At a site that answers the page to everything, after one redirect."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        received.append(request)
        if request.url.path == "/two":
            return httpx2.Response(303, headers={"location": "/three"})
        return httpx2.Response(200, text=PAGE)

    return Browser(httpx2.AsyncClient(transport=httpx2.MockTransport(answer)))


def test_a_page_is_read_as_a_person_would() -> None:
    """Title, forms with their fields and buttons that can be pressed, and texts."""
    page = read_page("http://a.example/", 200, PAGE)
    assert page.title == "A & B"
    assert page.texts == {"told": '{"a": "<"}'}
    assert page.forms[1].fields == {"ticket": "t", "number": ""}
    assert page.forms[1].buttons == [("way", "left")]


async def test_a_form_sends_what_a_browser_sends() -> None:
    """Hidden fields, what was typed, the button; no choice that was not made; the Origin."""
    received: list[httpx2.Request] = []
    browser = a_browser(received)
    await browser.open("http://a.example/")
    page = await browser.fill(number="4 1")
    assert received[1].content == b"ticket=t&number=4+1&way=left"
    assert received[1].headers["origin"] == "http://a.example"
    assert (received[2].method, page.address) == ("GET", "http://a.example/three")


async def test_a_form_that_asks_goes_into_the_address() -> None:
    """A GET form."""
    received: list[httpx2.Request] = []
    browser = a_browser(received)
    await browser.open("http://a.example/")
    assert (await browser.fill(q="ä")).address == "http://a.example/one?q=%C3%A4"


async def test_a_button_that_cannot_be_pressed_is_not_found() -> None:
    """And the page is named without its query, which may hold a ticket."""
    browser = a_browser([])
    await browser.open("http://a.example/?t=secret")
    with pytest.raises(LostWay, match="right") as lost:
        await browser.press("right")
    assert "secret" not in str(lost.value)
