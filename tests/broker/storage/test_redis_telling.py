"""A Redis that cannot be used: what it is, and what to do, in words and never in Redis's own."""

import signal
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from broker.storage.errors import TransientStoreUnavailable
from broker.storage.redis.client import open_client
from broker.storage.redis.transient import RedisTransientStore
from tests.servers.ports import free_port
from tests.servers.redis import RedisServer, redis_server

pytestmark = pytest.mark.processes

PASSWORD = "the-right-password"
ALLOWED = "~farstu:* +@read +@write +@scripting +@connection +info"


@pytest.fixture(scope="module")
def locked() -> Iterator[RedisServer]:
    """Redis with a password, and users who may do more or less."""
    with redis_server(password=PASSWORD) as server:
        users = {"enough": ALLOWED, "no-scripts": "~* +get +info", "elsewhere": "~other:* +@all"}
        for name, rules in users.items():
            words = ("ACL", "SETUSER", name, "on", f">{PASSWORD}", *rules.split())
            server.client().execute_command(*words)  # type: ignore[no-untyped-call]
        yield server


async def failure_at(url: str) -> TransientStoreUnavailable:
    """How it fails to be of use."""
    store = RedisTransientStore(open_client(url), clock=lambda: datetime.now(UTC))
    try:
        await store.prove_fit()
    except TransientStoreUnavailable as failed:
        return failed
    finally:
        await store.close()
    pytest.fail(f"{url} can be used")


@pytest.mark.parametrize(
    ("url", "what", "remedy"),
    [
        ("redis://HERE/0", "wants a password", "transient_password"),
        ("redis://:another@HERE/0", "does not take this user and password", "ACL LIST"),
        (f"redis://nobody:{PASSWORD}@HERE/0", "does not take this user", "requirepass"),
        (f"redis://:{PASSWORD}@HERE/99", "no database of this number", "`databases`"),
        (f"rediss://:{PASSWORD}@HERE/0", "no answer in time", "`rediss://`"),
        (f"redis://no-scripts:{PASSWORD}@HERE/0", "may not do all", ALLOWED),
        (f"redis://elsewhere:{PASSWORD}@HERE/0", "may not do all", "~farstu:*"),
        (f"redis+cluster://:{PASSWORD}@HERE", "is no cluster", "Write `redis://`"),
        ("redis+sentinel://HERE/name/0", "no sentinel names a master", "sentinels run"),
    ],
)
async def test_an_address_that_does_not_fit(
    locked: RedisServer, url: str, what: str, remedy: str
) -> None:
    """Password, user, number, TLS, kind: each has a sentence, and the password is in none."""
    failed = await failure_at(url.replace("HERE", f"127.0.0.1:{locked.port}"))
    assert what in failed.detail
    assert remedy in failed.remedy
    assert PASSWORD not in failed.detail + failed.remedy


async def test_what_the_remedy_allows_is_enough(locked: RedisServer) -> None:
    """A user with exactly that can do everything."""
    url = f"redis://enough:{PASSWORD}@127.0.0.1:{locked.port}/1"
    store = RedisTransientStore(open_client(url), clock=lambda: datetime.now(UTC))
    await store.prove_fit()
    await store.close()


async def test_a_server_that_cannot_take_anything() -> None:
    """Full, a replica, stopped, without a connection left."""
    with redis_server() as server:
        client = server.client()
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", 1)
        assert (await failure_at(server.url)).detail == "it is full"
        client.config_set("maxmemory", 0)
        client.replicaof("127.0.0.1", str(free_port()))  # type: ignore[no-untyped-call]
        assert (await failure_at(server.url)).detail == "it is a replica, and takes nothing"
        client.config_set("maxclients", 1)
        assert (await failure_at(server.url)).detail == "it has no connection left"
        server.tell(signal.SIGSTOP)
        assert (await failure_at(server.url)).detail == "no answer in time"


async def test_a_cluster_that_is_not_whole() -> None:
    """By either address; and one where nobody listens is no fault of ours."""
    bus = str(free_port())  # else ten thousand above, where there may be no port
    with redis_server("--cluster-enabled", "yes", "--cluster-port", bus) as server:
        for url in (server.url, server.url.replace("redis:", "redis+cluster:")):
            assert "does not answer for every key" in (await failure_at(url)).detail
        assert "belongs to a cluster" in (await failure_at(f"{server.url[:-1]}1")).detail
    nobody = await failure_at(f"redis+cluster://127.0.0.1:{free_port()}")
    assert "Connect call failed" in nobody.detail
