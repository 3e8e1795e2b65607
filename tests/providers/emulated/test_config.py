"""Emulated providers start on loopback only, and the demo's console values look real."""

import re

import pytest

from providers.emulated import consoles
from providers.emulated.__main__ import describe, read_arguments
from providers.emulated.config import (
    PROVIDERS,
    BadAddressError,
    Config,
    NotLoopbackError,
    demo_config,
    is_loopback,
)


@pytest.mark.parametrize("host", ["localhost", "google.localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_loopback_hosts_are_accepted(host: str) -> None:
    """Names and addresses that only this machine can mean."""
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    ["", "example.org", "localhost.example.org", "10.0.0.1", "0.0.0.0", "::", "notlocalhost"],
)
def test_other_hosts_are_not_loopback(host: str) -> None:
    """Including "all interfaces" and look-alikes."""
    assert not is_loopback(host)


def test_one_reachable_base_address_is_enough_to_refuse() -> None:
    """Every base address is looked at."""
    bases = {"google": "http://localhost:8001/google", "yahoo": "https://yahoo.example/yahoo"}
    with pytest.raises(NotLoopbackError):
        Config(bases, {})


@pytest.mark.parametrize(
    "base", ["http://localhost:8001", "http://localhost:8001/x/", "ftp://localhost/x"]
)
def test_a_base_address_needs_scheme_and_path(base: str) -> None:
    """And no slash at its end."""
    with pytest.raises(BadAddressError):
        Config({"google": base}, {})


def test_the_demo_knows_all_providers_and_the_brokers_callbacks() -> None:
    """One registration each, for the broker's own addresses."""
    config = demo_config("http://localhost:9001/", "http://localhost:9000/")
    assert tuple(config.bases) == PROVIDERS
    for name in PROVIDERS:
        (registration,) = config.registrations[name]
        assert registration.redirect_uris == (f"http://localhost:9000/callback/{name}",)


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (consoles.MICROSOFT_CLIENT_ID, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        (consoles.MICROSOFT_SECRET, r".{5}~.{34}"),
        (consoles.GOOGLE_CLIENT_ID, r"\d{12}-[a-z0-9]{32,36}\.apps\.googleusercontent\.com"),
        (consoles.GOOGLE_SECRET, r"GOCSPX-[\w-]{28}"),
        (consoles.FACEBOOK_CLIENT_ID, r"\d{15}"),
        (consoles.FACEBOOK_SECRET, r"[0-9a-z]{32}"),
        (consoles.YAHOO_CLIENT_ID, r"dj0y[A-Za-z0-9-]{90,104}"),
        (consoles.YAHOO_SECRET, r"[0-9a-z]{40}"),
    ],
)
def test_the_demos_values_have_the_real_shapes(value: str, shape: str) -> None:
    """So that what stores and shows them meets real lengths and alphabets, or nearly."""
    assert re.fullmatch(shape, value)


def test_all_demo_secrets_are_listed() -> None:
    """What a production broker refuses is all that the demo uses."""
    used = {
        secret
        for registrations in consoles.register_demo("http://localhost:8000").values()
        for registration in registrations
        for secret in registration.secrets
    }
    assert used == set(consoles.DEMO_SECRETS)


def test_the_command_line_has_sensible_defaults() -> None:
    """Port 8001 on loopback, for a broker on 8000."""
    arguments = read_arguments([])
    assert (arguments.port, arguments.host, arguments.broker) == (
        8001,
        "127.0.0.1",
        "http://localhost:8000",
    )


def test_the_command_says_where_things_are() -> None:
    """Base addresses, the control endpoint and the people."""
    text = describe(demo_config("http://localhost:8001", "http://localhost:8000"))
    assert "http://localhost:8001/google" in text
    assert "http://localhost:8001/__control" in text
    assert "karin" in text
