"""Three ports of localhost in a row, taken before anything else starts.

Both loopback addresses are taken where the machine has both: `localhost` may mean either. In a
container, what is published from outside arrives on other addresses; there it is all of them.
"""

import contextlib
import errno
import socket
from collections.abc import Iterator

SERVERS = 3
_TRIES = 200
_FIRST, _LAST = 20_000, 60_000


LOOPBACK = ("127.0.0.1", "::1")
EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - a container's own; the issuer stays localhost


class PortBusy(Exception):
    """Another program listens on a port that the demo wants."""

    def __init__(self, port: int) -> None:
        super().__init__(f"port {port} is taken")
        self.port = port


Listening = list[list[socket.socket]]
"""The sockets of each server."""


def take_ports(
    base: int, hosts: tuple[str, str] = LOOPBACK, *, servers: int = SERVERS
) -> Listening:
    """Listen on three ports from `base`, or raise PortBusy and listen on none.

    `hosts` are the addresses to listen on, one of IPv4 and one of IPv6; with fewer `servers`, fewer
    ports are taken.
    """
    with contextlib.ExitStack() as stack:
        taken = [list(_listen(hosts, base + place, stack)) for place in range(servers)]
        stack.pop_all()
    return taken


def take_free_ports() -> tuple[int, Listening]:
    """Listen on any three free ports in a row; returns the first with the sockets."""
    for place in range(_TRIES):
        base = _FIRST + (_random_start() + place * SERVERS) % (_LAST - _FIRST)
        with contextlib.suppress(PortBusy):
            return base, take_ports(base)
    raise PortBusy(_FIRST)


def _random_start() -> int:
    """A free port of the system's choice: two demos that start at once get different ones."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listen(
    hosts: tuple[str, str], port: int, stack: contextlib.ExitStack
) -> Iterator[socket.socket]:
    for family, host in zip((socket.AF_INET, socket.AF_INET6), hosts, strict=True):
        listener = _bound(family, host, port)
        if listener is not None:
            yield stack.enter_context(listener)


def _bound(family: socket.AddressFamily, host: str, port: int) -> socket.socket | None:
    """Bind one address; None where the machine has no such family."""
    try:
        listener = socket.socket(family, socket.SOCK_STREAM)
    except OSError:
        return None
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)  # the other has IPv4
    try:
        listener.bind((host, port))
        listener.listen()  # only then is the port ours: bound ones can be bound again
    except OSError as error:
        listener.close()
        if error.errno in {errno.EADDRINUSE, errno.EACCES}:
            raise PortBusy(port) from error
        return None
    return listener
