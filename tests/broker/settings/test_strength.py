"""Judging secrets and colours."""

import pytest

from broker.settings.contrast import contrast
from broker.settings.demo_digests import DEMO_DIGESTS, digest
from broker.settings.fresh import new_key
from broker.settings.strength import is_guessable, key_bytes, looks_random
from providers.emulated.consoles import DEMO_SECRETS


def test_fresh_keys_pass() -> None:
    """What we make ourselves is never refused, as a key or as a client secret."""
    keys = [new_key() for _ in range(2000)]
    raw = [key_bytes(key) for key in keys]
    assert all(each and looks_random(each) for each in raw)
    assert not any(is_guessable(key) for key in keys)


def test_fresh_keys_differ() -> None:
    """No key is made twice."""
    assert len({new_key() for _ in range(1000)}) == 1000


@pytest.mark.parametrize("text", ["", "AAAA", "A" * 44, "ö" * 43, "A" * 42])
def test_what_is_no_key(text: str) -> None:
    """Only 32 bytes are a key."""
    assert key_bytes(text) is None


def test_key_of_another_program() -> None:
    """`openssl rand -base64 32` makes keys too: padded, and with + and / in them."""
    assert key_bytes("+/" + "A" * 41 + "=") == b"\xfb\xf0" + bytes(30)


@pytest.mark.parametrize("secret", DEMO_SECRETS)
def test_demo_secret_is_known(secret: str) -> None:
    """Every secret of the emulated consoles is refused at start."""
    assert digest(secret) in DEMO_DIGESTS


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#ffffff", 4.0),
        ("#123456", "#123456", 1.0),
    ],
)
def test_contrast_of_known_pairs(one: str, other: str, ratio: float) -> None:
    """The published ratios come out, in either order."""
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(other, one) == contrast(one, other)
