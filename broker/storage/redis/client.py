"""A client of Redis from an address: time-outs, second tries, who is asked for the master."""

from typing import Any, Final

from redis.asyncio import Redis, RedisCluster, Sentinel
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import SentinelManagedConnection, SentinelManagedSSLConnection
from redis.backoff import ExponentialBackoff, NoBackoff

from broker.storage.redis.address import RedisAddress, parse_address

_SECONDS: Final = 2.0
# A sentinel that hangs, as when it shares the master's machine, costs this once: whoever answers is
# asked first from then on.
_SENTINEL_SECONDS: Final = 0.5
Client = Redis | RedisCluster


class _ToMaster(SentinelManagedConnection):
    """Leads to the master that the sentinels named last, in two cases that the library misses.

    A second try asks them again, instead of trying the address that has just failed (redis-py
    #3874). And a connection that was in use while the master changed is not used again: an old
    master that wakes up answers for some seconds as if it were one.
    """

    async def connect(self) -> None:
        """Be connected; the pool asks for it before each use."""
        if self.connection_pool.master_address not in {None, (self.host, self.port)}:
            await self.disconnect()
        await super().connect()  # type: ignore[no-untyped-call]

    async def _connect(self) -> None:
        self.host, self.port = await self.connection_pool.get_master_address()
        await super()._connect()  # type: ignore[no-untyped-call]


class _EncryptedToMaster(_ToMaster, SentinelManagedSSLConnection):
    """The same with TLS."""


def open_client(url: str) -> Client:
    """Make the client; it connects when it is asked for something."""
    address = parse_address(url)
    options = _options(address)
    if address.kind == "cluster":
        nodes = [ClusterNode(host, port) for host, port in address.nodes]
        return RedisCluster(startup_nodes=nodes, **options)
    options["db"] = address.database
    if address.kind == "sentinel":
        # The sentinels have no password of their own here; the server behind them has.
        sentinel: Any = Sentinel(  # type: ignore[no-untyped-call]
            list(address.nodes), sentinel_kwargs=_sentinel_options(address), **options
        )
        connection = _EncryptedToMaster if address.encrypted else _ToMaster
        master: Redis = sentinel.master_for(address.service, connection_class=connection)
        return master
    ((host, port),) = address.nodes
    return Redis(host=host, port=port, **options)


async def close_client(client: Client) -> None:
    """Close its connections, those to sentinels too."""
    await client.aclose()
    manager = getattr(getattr(client, "connection_pool", None), "sentinel_manager", None)
    for sentinel in manager.sentinels if manager else ():
        await sentinel.aclose()


def _options(address: RedisAddress) -> dict[str, Any]:
    return {
        "username": address.user or None,
        "password": address.password or None,
        "socket_timeout": _SECONDS,
        "socket_connect_timeout": _SECONDS,
        "retry": Retry(ExponentialBackoff(cap=0.2, base=0.02), 2),
        **_encryption(address),
    }


def _sentinel_options(address: RedisAddress) -> dict[str, Any]:
    """No second try: there is another sentinel."""
    return {
        "socket_timeout": _SENTINEL_SECONDS,
        "socket_connect_timeout": _SENTINEL_SECONDS,
        "retry": Retry(NoBackoff(), 0),
        **_encryption(address),
    }


def _encryption(address: RedisAddress) -> dict[str, Any]:
    if not address.encrypted:
        return {}
    return {
        "ssl": True,
        "ssl_cert_reqs": "required",
        "ssl_check_hostname": True,
        "ssl_ca_certs": address.authority or None,
    }
