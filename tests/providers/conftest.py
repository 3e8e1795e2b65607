"""Real keys, the emulated network, and a login at a standard upstream."""

import ssl
import warnings
from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest
import respx
from joserfc.jwk import ECKey, RSAKey

from providers import open_client
from tests.providers.upstream import (
    ISSUER,
    Clock,
    Heard,
    Keys,
    Login,
    Upstream,
    public,
    standard_claims,
    standard_metadata,
)


@pytest.fixture(scope="session")
def keys() -> Keys:
    """Made once; the weak one, of 1024 bits, is what Yahoo has."""
    with warnings.catch_warnings(action="ignore"):
        weak = RSAKey.generate_key(1024)
    return Keys(
        rsa=RSAKey.generate_key(2048),
        other_rsa=RSAKey.generate_key(2048),
        weak_rsa=weak,
        ec=ECKey.generate_key("P-256"),
    )


@pytest.fixture
def clock() -> Clock:
    """Stands at START until it is moved."""
    return Clock()


@pytest.fixture
def heard() -> Heard:
    """What the observer was told."""
    return Heard()


@pytest.fixture
def router() -> Iterator[respx.Router]:
    """The emulated network; a call that no route answers fails the test."""
    with respx.mock(using="httpcore2", assert_all_called=False) as router:
        yield router


@pytest.fixture(scope="session")
def ssl_context() -> ssl.SSLContext:
    """Made once: reading the trust store takes 20 ms."""
    return httpx2.create_ssl_context()


@pytest.fixture
async def client(ssl_context: ssl.SSLContext) -> AsyncIterator[httpx2.AsyncClient]:
    """The shared client, as the broker opens it."""
    async with open_client([], ssl_context=ssl_context) as client:
        yield client


@pytest.fixture
def login(
    router: respx.Router, client: httpx2.AsyncClient, keys: Keys, clock: Clock, heard: Heard
) -> Login:
    """A login at a standard provider, which serves; every check holds."""
    upstream = Upstream(router, keys, clock)
    upstream.metadata = standard_metadata(ISSUER)
    upstream.jwks = [public(keys.rsa, kid="one")]
    upstream.claims = standard_claims(ISSUER)
    upstream.serve()
    return Login(upstream, client, clock, heard)
