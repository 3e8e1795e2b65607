import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.oauth.errors import InvalidRequest
from broker.oauth.parameters import MAX_PARAMETERS, read_parameters


def test_values_are_decoded_once() -> None:
    """Plus is a space, an escape is decoded, an escaped escape stays one."""
    parameters = read_parameters(b"a=x+y%20z&b=%2541&c=%C3%A5")
    assert (parameters.get("a"), parameters.get("b"), parameters.get("c")) == ("x y z", "%41", "å")


@pytest.mark.parametrize("raw", [b"", b"a", b"a=", b"other=1"])
def test_no_value_counts_as_absent(raw: bytes) -> None:
    """RFC 6749 section 3.1."""
    parameters = read_parameters(raw)
    assert parameters.get("a") == ""
    with pytest.raises(InvalidRequest, match="invalid_request"):
        parameters.require("a")


@pytest.mark.parametrize("raw", [b"a=1&a=2", b"a=1&a=1", b"a=&a=1", b"a&a", b"a=1&%61=1"])
def test_a_repeated_parameter_has_no_value(raw: bytes) -> None:
    """Also when both are the same, or one is empty, or its name is written otherwise."""
    parameters = read_parameters(raw + b"&b=1")
    assert parameters.get("b") == "1"
    with pytest.raises(InvalidRequest):
        parameters.get("a")
    with pytest.raises(InvalidRequest):
        parameters.refuse_repeated()


def test_a_semicolon_does_not_separate() -> None:
    """Two readers that split differently see two different requests."""
    assert read_parameters(b"a=1;b=2").get("a") == "1;b=2"


@pytest.mark.parametrize(
    "raw",
    [b"a=%00", b"%00=a", b"a=\x00", b"a=%7F", b"a=%1F", b"a=%ff", b"a=\xff", b"a=%ed%a0%80"],
)
def test_what_is_no_text_is_refused(raw: bytes) -> None:
    """Control characters and bad UTF-8, also in parameters that nobody asks for."""
    with pytest.raises(InvalidRequest):
        read_parameters(b"good=1&" + raw)


@pytest.mark.parametrize("raw", [b"a=%0D%0A", b"a=%09"])
def test_line_breaks_and_tabs_are_text(raw: bytes) -> None:
    """A state may hold them; whoever sends it on escapes it."""
    assert read_parameters(raw).get("a").isspace()


def test_there_is_a_most() -> None:
    """As many as any form of ours has, and no more (requirement 109)."""
    most = b"&".join(b"p%d=1" % n for n in range(MAX_PARAMETERS))
    assert read_parameters(most).get("p49") == "1"
    with pytest.raises(InvalidRequest):
        read_parameters(most + b"&one=more")


def test_words_are_each_there_once() -> None:
    """In the order in which they came, white space of any amount between."""
    assert read_parameters(b"scope=++b++a+b+").words("scope") == ("b", "a")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    """Never another exception, and what is read is text without control characters."""
    try:
        parameters = read_parameters(raw)
    except InvalidRequest:
        return
    for text in (*parameters.values, *parameters.values.values()):
        text.encode("utf-8")
        assert "\x00" not in text
