from urllib.parse import parse_qs, urlsplit

import pytest

from broker.oauth.errors import AccessDenied, InvalidRequest
from broker.oauth.return_address import (
    RedirectMismatch,
    ReturnAddress,
    prove_redirect,
    response_mode,
)
from tests.broker.samples import a_client

ISSUER = "https://login.example.se"


def test_the_registered_address_is_returned_as_it_is() -> None:
    """Any of several, byte for byte."""
    client = a_client(redirect_uris=("https://a.example/cb?x=1", "com.example.app:/cb"))
    for address in client.redirect_uris:
        assert prove_redirect(client, address) == address


@pytest.mark.parametrize("port", ["", ":1", ":8080", ":65535"])
@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_a_loopback_port_may_vary(host: str, port: str) -> None:
    """RFC 8252 section 7.3."""
    client = a_client(redirect_uris=(f"http://{host}/cb?a=b",))
    assert prove_redirect(client, f"http://{host}{port}/cb?a=b")


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:80@evil.example/cb",
        "http://127.0.0.1:80.evil.example/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://127.0.0.1:123456/cb",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:8080/cb/",
        "http://127.0.0.1:8080/CB",
        "http://127.0.0.1:8080/cb#x",
        "http://127.0.0.1:8080/cb?x",
        "http://127.0.0.2:8080/cb",
        "http://127.1:8080/cb",
        "http://0x7f.0.0.1:8080/cb",
        "http://[::1]:8080/cb",
        "http://localhost:8080/cb",
        "https://127.0.0.1:8080/cb",
        "HTTP://127.0.0.1:8080/cb",
        "http://127.0.0.1:8080/cb\n",
        "http://127.0.0.1:８０/cb",
    ],
)
def test_nothing_but_the_port_may_vary(address: str) -> None:
    """Requirement 88."""
    with pytest.raises(RedirectMismatch):
        prove_redirect(a_client(redirect_uris=("http://127.0.0.1/cb",)), address)


@pytest.mark.parametrize("address", ["https://a.example:1/cb", "http://a.example:2/cb"])
def test_elsewhere_the_port_counts(address: str) -> None:
    """The exception is for loopback addresses alone."""
    client = a_client(redirect_uris=("https://a.example/cb", "http://a.example/cb"))
    with pytest.raises(RedirectMismatch):
        prove_redirect(client, address)


@pytest.mark.parametrize("uris", [(), ("https://a.example/cb",)])
def test_no_address_is_none(uris: tuple[str, ...]) -> None:
    """Not even the only one is guessed."""
    with pytest.raises(RedirectMismatch):
        prove_redirect(a_client(redirect_uris=uris), "")


@pytest.mark.parametrize("uri", ["https://a.example/cb", "https://a.example/cb?x=1&y=%26"])
@pytest.mark.parametrize("state", ["s", "a&b=c#d?e", "å\r\n\x85"])
def test_every_answer_holds_state_and_issuer(uri: str, state: str) -> None:
    """A success and an error alike (RFC 9207); the registered query stays in front."""
    address = ReturnAddress(uri, state, "query", ISSUER)
    for answer in (address.answer(code="c&d"), address.refuse(AccessDenied("said no"))):
        assert answer.location.startswith(uri)
        query = parse_qs(urlsplit(answer.location).query)
        assert query["state"] == [state]
        assert query["iss"] == [ISSUER]


def test_no_state_comes_back_where_none_was_sent() -> None:
    """RFC 6749 section 4.1.2."""
    answer = ReturnAddress("https://a.example/cb", "", "query", ISSUER).answer(code="c")
    assert answer.fields.keys() == {"code", "iss"}


def test_the_private_detail_of_an_error_stays() -> None:
    """The client gets code and description."""
    error = AccessDenied("said no", detail="what only the log may know")
    answer = ReturnAddress("https://a.example/cb", "", "query", ISSUER).refuse(error)
    assert answer.fields == {
        "error": "access_denied",
        "error_description": "said no",
        "iss": ISSUER,
    }


def test_two_response_modes() -> None:
    """`query` is the default for codes."""
    assert [response_mode(asked) for asked in ("", "query", "form_post")] == [
        "query",
        "query",
        "form_post",
    ]
    with pytest.raises(InvalidRequest):
        response_mode("fragment")
