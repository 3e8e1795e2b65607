"""The listening sockets, opened before anything else: who has them, answers for the address."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from broker.cli.speaking import CommandFailed

_BACKLOG = 2048


@contextmanager
def listening(host: str, port: int, *, share_port: bool) -> Iterator[list[socket.socket]]:
    """Listen on every address that the host means; raises CommandFailed where that cannot be.

    `share_port` lets another broker of the same user listen there too, which says so as well.
    """
    with ExitStack() as stack:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
            opened = [stack.enter_context(each) for each in _opened(found, share_port=share_port)]
        except OSError as error:
            raise CommandFailed(
                f"Nothing can listen on {host}, port {port}: {_reason(error)}.", _remedy(error)
            ) from None
        yield opened


def port_of(sockets: list[socket.socket]) -> int:
    """The port, also where 0 asked for any."""
    return int(sockets[0].getsockname()[1])


Address = tuple[int, int, int, str, tuple[Any, ...]]
"""What `getaddrinfo` gives."""


def _opened(found: Sequence[Address], *, share_port: bool) -> list[socket.socket]:
    opened: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in dict.fromkeys(found):
            port = port_of(opened) if opened else address[1]
            one = socket.socket(family, kind, protocol)
            opened.append(one)
            _prepare(one, share_port=share_port)
            one.bind((address[0], port, *address[2:]))
            one.listen(_BACKLOG)  # at once: only who listens keeps others away
    except OSError:
        for each in opened:
            each.close()
        raise
    return opened


def _prepare(one: socket.socket, *, share_port: bool) -> None:
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if share_port:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if one.family == socket.AF_INET6:
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    one.setblocking(False)


def _remedy(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "Ports below 1024 are root's: choose a higher one, and let the proxy lead to it."
    return "See that no other program does, and that the address is this machine's."


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
