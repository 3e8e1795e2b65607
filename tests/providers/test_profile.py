"""What is shown of a person is cleaned first."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.profile import domain_of, read_email, read_name, read_profile, read_word


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("Maja Lind", "Maja Lind"),
        ("  Åsa\u00a0 Öberg\n", "Åsa Öberg"),
        ("Maja\u0000Lind", "Maja Lind"),
        ("Maja\u202eniL", "Maja niL"),
        ("x" * 300, "x" * 256),
        ("", None),
        ("\n", None),
        (7, None),
        (["Maja"], None),
        (None, None),
    ],
)
def test_names(value: Any, name: str | None) -> None:
    """No control characters, no turning of the text's direction, an end."""
    assert read_name(value) == name


@pytest.mark.parametrize(
    ("value", "email"),
    [
        ("maja@example.org", "maja@example.org"),
        ("Maja+el@Example.org", "Maja+el@Example.org"),
        ("åsa@exempel.se", "åsa@exempel.se"),
        ("maja@", None),
        ("@example.org", None),
        ("maja", None),
        ("maja lind@example.org", None),
        ("maja@example.org\r\nBcc: x@y.z", None),
        ("m" * 250 + "@x.se", None),
        ({"email": "maja@example.org"}, None),
        (None, None),
    ],
)
def test_emails(value: Any, email: str | None) -> None:
    """As the provider wrote it, or not at all."""
    assert read_email(value) == email


def test_the_domain_is_what_follows_the_last_at() -> None:
    """`"gmail.com@evil.example"@example.org` is at example.org."""
    assert domain_of('"x@gmail.com"@Example.org') == "example.org"
    assert domain_of(None) == ""


@pytest.mark.parametrize(
    ("value", "word"), [("loa3", "loa3"), ("a b", None), (3, None), ("", None)]
)
def test_words(value: Any, word: str | None) -> None:
    """Such are acr and sid."""
    assert read_word(value) == word


def test_no_email_is_never_verified() -> None:
    """A rule that says yes to everything does not make an absent address verified."""
    profile = read_profile({}, {}, email_is_verified=lambda _: True)
    assert (profile.email, profile.email_verified) == (None, False)


@given(value=st.text() | st.integers() | st.lists(st.text()))
def test_whatever_comes_can_be_stored(value: Any) -> None:
    """PostgreSQL takes no NUL, UTF-8 no lone surrogate."""
    for text in (read_name(value), read_email(value), read_word(value)):
        assert text is None or (text.isprintable() and text.encode())
