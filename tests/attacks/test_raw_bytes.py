"""Bad bytes: what no browser sends is refused with a page or a registered error, never a 5xx."""

import json

import httpx2
import pytest

from tests.asgi import OWN_HOST, Answer, send_raw
from tests.house import TestHouse, authorize_url
from tests.walking import BAD_REQUEST, page_number, to_numbers

pytestmark = pytest.mark.asyncio(loop_scope="session")

FORM = (b"content-type", b"application/x-www-form-urlencoded")
QUERY = authorize_url().partition("?")[2].encode()
UNREADABLE = {
    "a NUL": b"state=%00",
    "a NUL in a name": b"st%00ate=x",
    "a NUL in an unknown parameter": b"unheard=%00",
    "a raw NUL": b"state=\x00",
    "a control character": b"state=%1b%5b2J",
    "a DEL": b"state=%7f",
    "a lone surrogate": b"state=%ed%a0%80",
    "a raw lone surrogate": b"state=\xed\xa0\x80",
    "bad UTF-8": b"state=%ff%fe",
    "raw bad UTF-8": b"state=\xff\xfe",
    "an overlong slash": b"state=%c0%af",
    "half a character": b"state=%c3",
    "beyond Unicode": b"state=%f5%80%80%80",
}
GETS = ["/authorize", "/flow", "/flow/choose", "/callback/google", "/logout"]
POSTS = ["/authorize", "/logout", "/flow/choose", "/flow/new", "/flow/whose", "/flow/verify"]
MACHINES = ["/token", "/userinfo"]


def _is_our_page(answer: Answer) -> bool:
    return b'page-number">' in answer.body


@pytest.mark.parametrize("raw", UNREADABLE.values(), ids=UNREADABLE)
async def test_unreadable_queries_get_a_page(shared_house: TestHouse, raw: bytes) -> None:
    """At every door for people: nothing is replaced and nothing is redirected."""
    for path in GETS:
        answer = await send_raw(shared_house, "GET", path, query=QUERY + b"&t=x&" + raw)
        assert answer.status == 400, path
        assert _is_our_page(answer), path
        assert not answer.header(b"location"), path


@pytest.mark.parametrize("raw", UNREADABLE.values(), ids=UNREADABLE)
async def test_unreadable_forms_get_a_page(shared_house: TestHouse, raw: bytes) -> None:
    """As in queries."""
    body, headers = QUERY + b"&ticket=x&" + raw, (OWN_HOST, FORM)
    for path in POSTS:
        answer = await send_raw(shared_house, "POST", path, headers=headers, body=body)
        assert answer.status == 400, path
        assert _is_our_page(answer), path
        assert not answer.header(b"location"), path


@pytest.mark.parametrize("raw", UNREADABLE.values(), ids=UNREADABLE)
async def test_unreadable_forms_of_programs_get_json(shared_house: TestHouse, raw: bytes) -> None:
    """`invalid_request`, in JSON (87)."""
    body, headers = b"grant_type=authorization_code&" + raw, (OWN_HOST, FORM)
    for path in MACHINES:
        answer = await send_raw(shared_house, "POST", path, headers=headers, body=body)
        assert answer.status == 400, path
        assert json.loads(answer.body)["error"] == "invalid_request", path


@pytest.mark.parametrize(
    "content_type",
    [
        b"application/json",
        b"text/plain",
        b"multipart/form-data; boundary=x",
        b"application/x-www-form-urlencoded-not",
        b"",
        b"\xff\xfe",
    ],
)
async def test_only_forms_are_taken(shared_house: TestHouse, content_type: bytes) -> None:
    """Another content type is refused, also where the bytes would parse."""
    headers = (OWN_HOST, (b"content-type", content_type))
    for path in [*POSTS, "/token"]:
        answer = await send_raw(shared_house, "POST", path, headers=headers, body=QUERY)
        assert answer.status == 400, path
        assert _is_our_page(answer) or json.loads(answer.body)["error"] == "invalid_request"


@pytest.mark.parametrize("body", [b"", b"{}", b"&&&&", b"=", b"==&=", b"%", b"%zz=%zz", b"\r\n"])
async def test_odd_forms_are_client_errors(shared_house: TestHouse, body: bytes) -> None:
    """Empty, JSON in a form's clothes, broken escapes."""
    headers = (OWN_HOST, FORM)
    for path in [*POSTS, *MACHINES]:
        answer = await send_raw(shared_house, "POST", path, headers=headers, body=body)
        assert 300 <= answer.status < 500, path


@pytest.mark.parametrize(
    "header",
    [
        (b"cookie", b"farstu-flow0=\xff\xfe; farstu-session=\x00"),
        (b"cookie", b"=; ;;; farstu-flow0; farstu-flow1=" + b"A" * 3900),
        (b"accept-language", b"\xff,\x00;q=,,,-"),
        (b"user-agent", b"\xff" * 300),
        (b"authorization", b"Bearer \xff\xfe"),
        (b"authorization", b"Basic \xff\xfe"),
        (b"authorization", b"Basic AA=="),
        (b"authorization", b"Basic /////w=="),
        (b"authorization", b"Basic " + b"JTAwOng="),
        (b"authorization", b"Bearer"),
        (b"authorization", b"\x00"),
        (b"sec-fetch-site", b"\xff"),
        (b"origin", b"\xff"),
        (b"content-length", b"-1"),
        (b"content-length", b"\xb2"),
        (b"if-none-match", b"\xff"),
    ],
    ids=repr,
)
async def test_odd_headers_never_break_us(
    shared_house: TestHouse, header: tuple[bytes, bytes]
) -> None:
    """Whatever bytes a header has, the answer is ours and no 5xx."""
    headers = (OWN_HOST, FORM, header)
    for path in ("/", "/authorize", "/flow", "/token", "/userinfo", "/jwks"):
        for method in ("GET", "POST"):
            answer = await send_raw(shared_house, method, path, headers=headers, body=b"x=y")
            assert answer.status < 500, (method, path)


@pytest.mark.parametrize(
    "typed",
    [
        "\u202e100245",
        "１００２４５",
        "1" * 30000,
        "100245\n",
        "' OR 1=1 --",
        "<script>",
        "\t",
        "0" * 60,
    ],
    ids=ascii,
)
async def test_odd_numbers_are_judged_or_explained(shared_house: TestHouse, typed: str) -> None:
    """What can be typed into the two fields never breaks the form, and is escaped in it."""
    browser = await to_numbers(shared_house.browser())
    await browser.submit(action="/flow/verify", customer_number=typed, invoice_number=typed)
    assert browser.page.status_code in {200, 422}
    assert "<script>" not in browser.text


async def test_an_unreadable_return_from_a_provider_is_a_page(shared_house: TestHouse) -> None:
    """Facebook's `#_=_` stays in the browser; bad bytes in the query are refused."""
    answer = await send_raw(shared_house, "GET", "/callback/google", query=b"code=%ff&state=x")
    assert answer.status == 400
    assert page_number_of(answer) == BAD_REQUEST


def page_number_of(answer: Answer) -> int:
    """Which of our pages it is."""
    return page_number(httpx2.Response(answer.status, content=answer.body))
