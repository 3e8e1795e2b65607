"""Which network a try comes from, as a tag that says nothing after two days.

A /24 of IPv4 or a /56 of IPv6, hashed under a random key that all workers share for one day and
that is written down nowhere else. Never a reason to refuse anybody: it moves the price of a try.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from broker.storage.ports import Shelf, TransientStore

KEPT = timedelta(days=2)
_PREFIX = {4: 24, 6: 56}


@dataclass(frozen=True, slots=True)
class Networks:
    """Tags networks. `new_key` gives 32 random bytes."""

    store: TransientStore
    clock: Callable[[], datetime]
    new_key: Callable[[], bytes]

    async def tag(self, address: str) -> bytes:
        """The tag of this address's network; empty where there is none to be told."""
        network = network_of(address)
        if not network:
            return b""
        return hmac.digest(await self._key_of_today(), network.encode(), "sha256")

    async def _key_of_today(self) -> bytes:
        """The one that some worker made first."""
        day = hashlib.sha256(self.clock().date().isoformat().encode()).digest()
        found = await self.store.get(Shelf.NETWORK_KEY, day)
        if found is None:
            await self.store.add(Shelf.NETWORK_KEY, day, self.new_key(), ttl=KEPT)
            found = await self.store.get(Shelf.NETWORK_KEY, day)
        return found or self.new_key()  # nobody will see this tag again: it raises no price


def network_of(address: str) -> str:
    """`192.0.2.0/24`, `2001:db8:0:100::/56`; empty for what is no address."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(ip_network((found, _PREFIX[found.version]), strict=False))
