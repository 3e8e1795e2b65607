"""A provider's keys: which are usable, how they are merged, when they are asked for again."""

import asyncio
import json
from typing import Any

import pytest

from providers.failed_check import CheckFailed
from providers.jwks import read_keys
from providers.jws import Header
from tests.providers.upstream import Keys, Login, public

BOTH = {"RS256", "ES256"}


def kids(*jwks: Any, algorithms: set[str] = BOTH) -> list[str | None]:
    """The kids that are usable in a set."""
    return [
        key.kid for key in read_keys(json.dumps({"keys": jwks}).encode(), algorithms=algorithms)
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"use": "enc"},
        {"use": None},
        {"key_ops": ["encrypt"]},
        {"key_ops": "verify"},
        {"alg": "RS512"},
        {"alg": "HS256"},
        {"alg": None},
        {"kty": "oct", "k": "c2VjcmV0"},
        {"kty": None},
        {"kid": 7},
        {"issuer": 7},
        {"n": "!!!"},
        {"n": 7},
        {"n": "AQAB" * 3000},
        {"e": "AA"},
    ],
)
def test_unusable_keys_are_passed_over(keys: Keys, changes: dict[str, Any]) -> None:
    """One that is not for us, or not well-formed, takes nothing from its neighbours."""
    bad = public(keys.other_rsa, kid="bad") | changes
    assert kids(bad, public(keys.rsa, kid="good")) == ["good"]


def test_what_is_no_key_is_passed_over(keys: Keys) -> None:
    """A word among the keys is none of them."""
    assert kids("key", None, [], public(keys.rsa, kid="good")) == ["good"]


def test_small_keys_are_unusable(keys: Keys) -> None:
    """RSA from 2048 bits."""
    assert kids(public(keys.weak_rsa, kid="weak")) == []


def test_other_curves_are_unusable(keys: Keys) -> None:
    """ES256 is P-256 (RFC 7518 section 3.4), and a point must lie on it."""
    good = public(keys.ec, kid="ec")
    off_curve = {**good, "kid": "off", "x": good["y"], "y": good["x"]}
    other = {**good, "kid": "other", "crv": "P-384"}
    assert kids(other, off_curve, good) == ["ec"]


def test_only_pinned_algorithms_count(keys: Keys) -> None:
    """Where ES256 is pinned, an RSA key is not even parsed."""
    both = (public(keys.rsa, kid="rsa"), public(keys.ec, kid="ec"))
    assert kids(*both, algorithms={"ES256"}) == ["ec"]


def test_key_without_alg_serves_its_whole_family(keys: Keys) -> None:
    """Microsoft leaves `alg` out."""
    body = json.dumps({"keys": [public(keys.rsa, kid="one")]}).encode()
    [key] = read_keys(body, algorithms={"RS256", "PS256", "ES256"})
    assert key.algorithms == {"RS256", "PS256"}


def test_two_keys_under_one_kid_are_both_unusable(keys: Keys) -> None:
    """Nobody could say which was meant; the same key twice is no riddle."""
    one, other = public(keys.rsa, kid="k"), public(keys.other_rsa, kid="k")
    assert kids(one, other) == []
    assert set(kids(one, one)) == {"k"}


@pytest.mark.parametrize("body", [b"{}", b'{"keys":{}}', b"[]", b'{"keys":[],"keys":[]}'])
def test_what_is_no_key_set_is_refused(body: bytes) -> None:
    """RFC 7517 section 5."""
    with pytest.raises(CheckFailed):
        read_keys(body, algorithms=BOTH)


def test_a_set_of_more_than_100_keys_is_refused(keys: Keys) -> None:
    """No provider has so many; parsing them would cost."""
    with pytest.raises(CheckFailed):
        kids(*[public(keys.ec, kid=str(number)) for number in range(101)])


async def test_keys_are_fetched_once_for_many_logins(login: Login) -> None:
    """Ten at once, one fetch."""
    provider = login.provider()
    await asyncio.gather(*(login.finish(provider) for _ in range(10)))
    assert login.upstream.calls("jwks") == 1


async def find(login: Login, provider: Any, kid: str | None = "one") -> str:
    """Look a key up as a login would, and return the failed check or nothing."""
    try:
        await provider.keys.find(Header("RS256", kid), jwks_uri=login.upstream.metadata["jwks_uri"])
    except CheckFailed as failure:
        return failure.check
    return ""


async def test_keys_are_refreshed_hourly(login: Login) -> None:
    """On use, when an hour has passed."""
    provider = login.provider()
    for minutes, calls in ((0, 1), (59, 1), (1, 2), (59, 2), (1, 3)):
        login.clock.advance(minutes=minutes)
        assert await find(login, provider) == ""
        assert login.upstream.calls("jwks") == calls


async def test_unknown_kid_asks_once_in_five_minutes(login: Login) -> None:
    """A rotation is noticed at once; invented kids do not make us hammer the provider."""
    provider = login.provider()
    assert await find(login, provider) == ""
    for _ in range(20):
        assert await find(login, provider, "invented") == "token_key"
    assert login.upstream.calls("jwks") == 2
    login.clock.advance(minutes=5)
    assert await find(login, provider, "invented") == "token_key"
    assert login.upstream.calls("jwks") == 3


async def test_a_new_key_is_found_by_all_who_wait(login: Login) -> None:
    """Many logins with a kid that is new share the one refetch."""
    provider = login.provider()
    assert await find(login, provider) == ""
    login.upstream.jwks.append(public(login.upstream.keys.other_rsa, kid="two"))
    found = await asyncio.gather(*(find(login, provider, "two") for _ in range(10)))
    assert set(found) == {""}
    assert login.upstream.calls("jwks") == 2


async def test_a_key_that_is_not_seen_stays_a_day(login: Login) -> None:
    """Edge servers disagree: what one of them showed is usable for 24 hours more."""
    provider = login.provider()
    assert await find(login, provider) == ""
    login.upstream.jwks = [public(login.upstream.keys.other_rsa, kid="two")]
    assert await find(login, provider, "two") == ""
    login.clock.advance(hours=24)
    assert await find(login, provider, "one") == ""
    login.clock.advance(seconds=1)
    assert await find(login, provider, "one") == "token_key"
    assert await find(login, provider, "two") == ""


async def test_last_good_keys_serve_while_they_cannot_be_had(login: Login) -> None:
    """For the same day, tried again every five minutes, and the operator hears of it."""
    provider = login.provider()
    assert await find(login, provider) == ""
    login.upstream.broken = {"jwks"}
    login.clock.advance(hours=1)
    assert await find(login, provider) == ""
    calls = login.upstream.calls("jwks")
    assert login.heard.stales == ["keys"]
    login.clock.advance(minutes=4)
    assert await find(login, provider) == ""
    assert login.upstream.calls("jwks") == calls
    login.clock.advance(hours=24)
    with pytest.raises(Exception, match="upstream_unavailable"):
        await find(login, provider)
    login.upstream.broken = set()
    assert await find(login, provider) == ""


async def test_keys_that_never_came_are_asked_for_by_the_next_login(login: Login) -> None:
    """No wait of five minutes when there is nothing to fall back on."""
    provider = login.provider()
    login.upstream.broken = {"jwks"}
    with pytest.raises(Exception, match="upstream_unavailable"):
        await find(login, provider)
    login.upstream.broken = set()
    assert await find(login, provider) == ""


async def test_token_without_kid_needs_a_single_key(login: Login) -> None:
    """Among several, nobody could say which."""
    provider = login.provider()
    assert await find(login, provider, None) == ""
    login.upstream.jwks.append(public(login.upstream.keys.other_rsa, kid="two"))
    login.clock.advance(hours=1)
    assert await find(login, provider, None) == "token_key"


async def test_an_empty_set_refuses(login: Login) -> None:
    """No keys, no login."""
    login.upstream.jwks = []
    assert await login.failed_check() == "token_key"


async def test_a_replaced_key_under_an_old_kid_counts(login: Login) -> None:
    """The provider's latest word for a kid is the one that holds."""
    provider = login.provider()
    assert await login.failed_check(provider) == ""
    login.upstream.jwks = [public(login.upstream.keys.other_rsa, kid="one")]
    login.clock.advance(hours=1)
    login.upstream.claims |= {"iat": login.upstream.claims["iat"] + 3600}
    login.upstream.claims |= {"exp": login.upstream.claims["exp"] + 3600}
    assert await login.failed_check(provider) == "token_signature"
    login.upstream.signing_key = login.upstream.keys.other_rsa
    assert await login.failed_check(provider) == ""


async def test_a_big_set_is_refused_before_it_is_read(login: Login) -> None:
    """64 KiB is more than any provider needs."""
    login.upstream.router.routes["jwks"].respond(content=b'{"keys":[' + b" " * 65_536 + b"]}")
    assert await login.failed_check() == "body_size"
