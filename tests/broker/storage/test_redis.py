"""Redis as it is really set up: addresses, sentinels, a cluster, and settings that are unfit."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime

import pytest

from broker.storage.errors import StorageUnavailable, TransientStoreUnfit
from broker.storage.ports import Shelf, Taken, Tombstone
from broker.storage.redis.address import parse_address
from broker.storage.redis.client import open_client
from broker.storage.redis.transient import RedisTransientStore
from tests.contracts.samples import MINUTE
from tests.servers.ports import free_port
from tests.servers.redis import redis_server
from tests.servers.sentinels import wait_for, watched

KEY = b"k" * 32


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Servers that end with the test."""
    with ExitStack() as opened:
        yield opened


async def walk(url: str, *, key: bytes = KEY) -> None:
    """Every verb once."""
    store = RedisTransientStore(open_client(url), clock=lambda: datetime.now(UTC))
    try:
        await store.prove_fit()
        await store.put(Shelf.CODE, key, b"value", ttl=MINUTE)
        assert await store.get(Shelf.CODE, key) == b"value"
        assert await store.swap(Shelf.CODE, key, old=b"value", new=b"other")
        assert await store.take(Shelf.CODE, key, mark=b"gone", ttl=MINUTE) == Taken(b"other")
        assert await store.take(Shelf.CODE, key) == Tombstone(b"gone")
        assert not await store.add(Shelf.CODE, key, b"again", ttl=MINUTE)
        assert await store.count(Shelf.CODE, key, window=MINUTE) == 1
        await store.drop(Shelf.CODE, key)
    finally:
        await store.close()


@pytest.mark.parametrize(
    ("url", "kind", "nodes", "rest"),
    [
        ("redis://cache", "", (("cache", 6379),), (0, "", "", "", False)),
        ("rediss://u:p%40@c:1/3", "", (("c", 1),), (3, "", "u", "p@", True)),
        ("redis+sentinel://a,b:1/main/2", "sentinel", (("a", 26379), ("b", 1)),
         (2, "main", "", "", False)),
        ("rediss+cluster://a:1,b:2", "cluster", (("a", 1), ("b", 2)), (0, "", "", "", True)),
        ("redis://[::1]:7/1", "", (("::1", 7),), (1, "", "", "", False)),
    ],
)  # fmt: skip
def test_addresses(
    url: str, kind: str, nodes: tuple[tuple[str, int], ...], rest: tuple[object, ...]
) -> None:
    """Each form says where, and how."""
    found = parse_address(url)
    said = (found.database, found.service, found.user, found.password, found.encrypted)
    assert (found.kind, found.nodes, said) == (kind, nodes, rest)


@pytest.mark.parametrize(
    "url",
    ["http://cache", "redis://cache/main", "redis+sentinel://a", "redis+cluster://a/1",
     "redis://a,", "redis://a?timeout=1"],
)  # fmt: skip
def test_what_is_no_address(url: str) -> None:
    """It is said at once."""
    with pytest.raises(ValueError, match=r"\w"):
        parse_address(url)


@pytest.mark.processes
async def test_a_cluster(stack: ExitStack) -> None:
    """Every verb works on one key at a time, wherever that lives."""
    # By itself it takes the port 10,000 further up, which may be none.
    bus = ("--cluster-port", str(free_port()))
    server = stack.enter_context(redis_server("--cluster-enabled", "yes", *bus))
    client = server.client()
    client.execute_command("CLUSTER ADDSLOTSRANGE 0 16383")
    wait_for(lambda: client.cluster("INFO")["cluster_state"] == "ok")
    await walk(f"redis+cluster://127.0.0.1:{server.port}")


@pytest.mark.processes
async def test_sentinels_lead_to_the_master_also_after_a_failover() -> None:
    """When the master is killed, the replica is found without another address, by old and new."""
    with watched() as redis:
        await walk(redis.url)
        async with opened(redis.url) as store:
            await asyncio.to_thread(redis.kill_master)
            await store.put(Shelf.CODE, KEY, b"value", ttl=MINUTE)
        await walk(redis.url, key=b"another")


@pytest.mark.processes
async def test_a_machine_that_hangs_with_master_and_sentinel_on_it() -> None:
    """The other sentinels are asked soon; when the old master is back, nobody believes it.

    A connection that was in use all the time still leads there.
    """
    with watched() as redis:
        client = open_client(redis.url)
        store = RedisTransientStore(client, clock=lambda: datetime.now(UTC))
        await store.put(Shelf.CODE, KEY, b"value", ttl=MINUTE)
        in_use = await client.connection_pool.get_connection()
        await asyncio.to_thread(redis.stop_machine)
        async with asyncio.timeout(10):
            await store.put(Shelf.CODE, KEY, b"changed", ttl=MINUTE)
            await walk(redis.url, key=b"another")
        redis.continue_machine()
        await client.connection_pool.release(in_use)
        for _ in range(4):
            assert await store.get(Shelf.CODE, KEY) == b"changed"
        await asyncio.to_thread(redis.wait_until_one_master)
        assert await store.get(Shelf.CODE, KEY) == b"changed"
        await store.close()


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[RedisTransientStore]:
    """A store that is used over some time."""
    store = RedisTransientStore(open_client(url), clock=lambda: datetime.now(UTC))
    try:
        yield store
    finally:
        await store.close()


@pytest.mark.processes
async def test_a_redis_that_may_forget_is_unfit(stack: ExitStack) -> None:
    """One that makes room by dropping keys could drop a tombstone."""
    options = ("--maxmemory", "50mb", "--maxmemory-policy", "allkeys-lru")
    server = stack.enter_context(redis_server(*options))
    store = RedisTransientStore(open_client(server.url), clock=lambda: datetime.now(UTC))
    with pytest.raises(TransientStoreUnfit):
        await store.prove_fit()
    server.client().config_set("maxmemory-policy", "noeviction")
    await store.prove_fit()
    await store.close()


@pytest.mark.processes
@pytest.mark.parametrize("hindrance", ["no scripts", "a replica"])
async def test_a_redis_that_takes_nothing_is_not_ready(stack: ExitStack, hindrance: str) -> None:
    """It answers whoever only asks; no login could begin."""
    server = stack.enter_context(redis_server())
    if hindrance == "no scripts":
        server.client().acl_setuser("default", enabled=True, categories=["-@scripting"])
    else:
        server.client().replicaof("127.0.0.1", "1")
    store = RedisTransientStore(open_client(server.url), clock=lambda: datetime.now(UTC))
    with pytest.raises(StorageUnavailable):
        await store.prove_fit()
    await store.close()


@pytest.mark.processes
async def test_a_full_redis_is_unavailable_and_forgets_nothing(stack: ExitStack) -> None:
    """What was acknowledged is there; what does not fit is refused."""
    server = stack.enter_context(redis_server("--maxmemory-policy", "noeviction"))
    store = RedisTransientStore(open_client(server.url), clock=lambda: datetime.now(UTC))
    await store.put(Shelf.CODE, KEY, b"value", ttl=MINUTE)
    server.client().config_set("maxmemory", 1_000_000)
    with pytest.raises(StorageUnavailable):
        await store.put(Shelf.CODE, b"o" * 32, b"x" * 100_000, ttl=MINUTE)
    assert await store.get(Shelf.CODE, KEY) == b"value"
    await store.close()


@pytest.mark.processes
async def test_a_restarted_redis_is_found_again(stack: ExitStack) -> None:
    """Without a new client, and without its scripts."""
    server = stack.enter_context(redis_server())
    store = RedisTransientStore(open_client(server.url), clock=lambda: datetime.now(UTC))
    assert await store.count(Shelf.CODE, KEY, window=MINUTE) == 1
    server.stop()
    with pytest.raises(StorageUnavailable):
        await store.count(Shelf.CODE, KEY, window=MINUTE)
    server.start()
    assert await store.count(Shelf.CODE, KEY, window=MINUTE) == 1
    await store.close()
