from datetime import timedelta

import pytest

from broker.flow.begin import speak
from broker.flow.upstream import _is_stale, masked
from providers.base import LoginAttempt
from tests.moment import Moment


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [
        ((), ""),
        (("fr", "de"), ""),
        (("sv",), "sv"),
        (("en-GB", "sv"), "en"),
        (("SV-fi",), "sv"),
        (("svenska", "en"), "en"),
        (("", "-", "en"), "en"),
    ],
)
def test_the_first_language_that_we_have(wanted: tuple[str, ...], spoken: str) -> None:
    """By its first subtag (BCP 47)."""
    assert speak(wanted, ("sv", "en")) == spoken


@pytest.mark.parametrize(
    ("email", "shown"),
    [
        ("mia@example.se", "m•••@example.se"),
        ("m@example.se", "m•••@example.se"),
        ("a@b@example.se", "a•••@example.se"),
        ("@example.se", ""),
        ("no address", ""),
        ("", ""),
    ],
)
def test_an_address_is_masked(email: str, shown: str) -> None:
    """Enough to tell one's own accounts apart."""
    assert masked(email) == shown


def _attempt(clock: Moment, *, forced: bool, max_age: int | None) -> LoginAttempt:
    return LoginAttempt(
        provider="microsoft",
        redirect_uri="https://login.example.se/callback/microsoft",
        state="s",
        nonce="n",
        code_verifier="v",
        started_at=clock(),
        reauthenticate=forced,
        max_age=max_age,
    )


@pytest.mark.parametrize(
    ("forced", "max_age", "seconds_ago", "is_stale"),
    [
        (False, None, 86400, False),
        (True, None, 0, False),
        (True, None, 120, False),
        (True, None, 121, True),
        (False, 60, 180, False),
        (False, 60, 181, True),
        (False, 0, 121, True),
    ],
)
def test_a_forced_login_must_have_been_one(
    forced: bool, max_age: int | None, seconds_ago: int, is_stale: bool
) -> None:
    """At both edges of the two minutes that clocks may differ (requirement 38)."""
    clock = Moment()
    attempt = _attempt(clock, forced=forced, max_age=max_age)
    assert _is_stale(clock() - timedelta(seconds=seconds_ago), attempt, clock()) is is_stale
