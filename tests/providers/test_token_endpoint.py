"""Reading the token endpoint's answers: liberal in form, strict in meaning, never a crash."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from providers.failed_check import CheckFailed
from providers.http import Answer
from providers.token_endpoint import (
    Refusal,
    Tokens,
    authenticate,
    read_token_answer,
)


def read(fields: Any, status: int = 200) -> Tokens | Refusal:
    """Read an answer with these fields in JSON."""
    return read_token_answer(Answer(status, json.dumps(fields).encode()))


@pytest.mark.parametrize(
    "fields",
    [
        {"token_type": "Bearer"},
        {"token_type": "bearer", "expires_in": "3600"},
        {"token_type": "BEARER", "expires_in": None},
        {"expires": 5183944, "scope": "email OPENID"},
        {"token_type": "bearer", "refresh_token": "r", "xoauth_yahoo_guid": "g"},
    ],
)
def test_forms_of_success(fields: dict[str, Any]) -> None:
    """Nothing that we have no use for can make a success fail."""
    tokens = read({"access_token": "a", "id_token": "i", **fields})
    assert isinstance(tokens, Tokens)
    assert (tokens.access_token, tokens.id_token) == ("a", "i")


def test_wrong_label_and_old_form_are_read() -> None:
    """The content says what it is."""
    tokens = read_token_answer(Answer(200, b"access_token=a%2Fb&expires=5183944"))
    assert isinstance(tokens, Tokens)
    assert (tokens.access_token, tokens.id_token) == ("a/b", None)


@pytest.mark.parametrize(
    ("fields", "check"),
    [
        ({"token_type": "DPoP", "access_token": "a"}, "token_type"),
        ({"token_type": ["Bearer"], "access_token": "a"}, "token_type"),
        ({"token_type": None, "access_token": "a"}, "token_type"),
        ({}, "access_token"),
        ({"access_token": ""}, "access_token"),
        ({"access_token": "a b"}, "access_token"),
        ({"access_token": "a\r\nX: y"}, "access_token"),
        ({"access_token": "å"}, "access_token"),
        ({"access_token": 7}, "access_token"),
        ({"access_token": "a" * 16_385}, "access_token"),
        ({"access_token": "a", "id_token": 7}, "id_token"),
    ],
)
def test_meaning_is_strict(fields: dict[str, Any], check: str) -> None:
    """What would be used must be what it claims to be."""
    with pytest.raises(CheckFailed) as failure:
        read(fields)
    assert failure.value.check == check


@pytest.mark.parametrize(
    "body",
    [
        b"<html>error</html>",
        b"[1]",
        b'{"access_token":"a","access_token":"b"}',
        b"access_token=a&access_token=b",
        b"access_token",
        b"\xff\xfe",
        b'{"access_token":"\\ud800"}',
        b'{"access_token":NaN}',
        b"[" * 100_000,
        b'{"access_token":' * 10_000,
        b"&".join(b"a%d=b" % number for number in range(40)),
    ],
)
def test_unreadable_success_is_refused(body: bytes) -> None:
    """Two readings, or none: no login."""
    with pytest.raises(CheckFailed) as failure:
        read_token_answer(Answer(200, body))
    assert failure.value.check == "token_response"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b'{"error":"invalid_grant"}', "invalid_grant"),
        (b'{"error":"Invalid Grant!"}', "an error code of unknown form"),
        (b'{"error":{"errorId":"INVALID_INPUT"}}', "unreadable"),
        (b'{"error":7}', "an error code of unknown form"),
        (b"{}", "an error code of unknown form"),
        (b"<html>", "unreadable"),
    ],
)
def test_refusals_are_told_by_their_code(body: bytes, error: str) -> None:
    """An object in place of the code, or HTML, is a refusal like any other."""
    refusal = read_token_answer(Answer(400, body))
    assert isinstance(refusal, Refusal)
    assert refusal.error == error


def test_detail_holds_identifiers_and_no_text() -> None:
    """Microsoft's numbers go to the log; its sentences, which may name people, do not."""
    refusal = read(
        {
            "error": "invalid_client",
            "error_description": "maja@example.org\nforged log line",
            "error_codes": [7000222, "maja", True],
            "trace_id": "0f-1",
            "correlation_id": "maja\n",
        },
        status=401,
    )
    assert isinstance(refusal, Refusal)
    assert "7000222" in refusal.detail
    assert "trace_id 0f-1" in refusal.detail
    assert "maja" not in refusal.detail
    assert "\n" not in refusal.detail


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
fields = st.dictionaries(
    st.sampled_from(["access_token", "id_token", "token_type", "expires_in", "error", "trace_id"]),
    json_values,
)


@given(
    body=st.binary() | st.text().map(str.encode) | fields.map(lambda it: json.dumps(it).encode()),
    status=st.sampled_from([200, 201, 400, 401, 403]),
)
@example(body=b"{", status=200)
@example(body=b"a=%ff", status=200)
def test_no_body_makes_the_reader_crash(body: bytes, status: int) -> None:
    """Tokens, a refusal or a failed check, whatever comes."""
    try:
        outcome = read_token_answer(Answer(status, body))
    except CheckFailed:
        return
    match outcome:
        case Tokens():
            assert status == 200
            assert outcome.access_token.isascii()
        case Refusal():
            assert status != 200
            assert outcome.detail.isprintable()


def test_tokens_do_not_show_themselves() -> None:
    """A token in a traceback or a log line would be a token given away."""
    assert "hush" not in repr(Tokens("hush", "hush"))


def test_client_authentication_methods() -> None:
    """Header, body, or the name alone."""
    assert authenticate("client_secret_post", "id", "s") == (
        {"client_id": "id", "client_secret": "s"},
        {},
    )
    assert authenticate("none", "id", "") == ({"client_id": "id"}, {})
    form, headers = authenticate("client_secret_basic", "id", "s")
    assert form == {}
    assert headers == {"Authorization": "Basic aWQ6cw=="}
