"""The issuer, the listening address, the session times."""

import ipaddress
from collections.abc import Iterator

from broker.settings.addresses import origin_fault
from broker.settings.problem import Problem
from broker.settings.schema import Settings


def issuer_is_an_origin(settings: Settings) -> Iterator[Problem]:
    """An https host and nothing after the host, so that it is one string to everybody."""
    if fault := origin_fault(settings.issuer):
        yield Problem(
            "issuer",
            fault,
            "Write it like `https://login.example.se`; http is for localhost only.",
        )


def server_can_listen(settings: Settings) -> Iterator[Problem]:
    """A host to listen on, and proxies that are addresses."""
    if not settings.server.host:
        yield Problem("server.host", "Empty.", "Write 127.0.0.1, or 0.0.0.0 in a container.")
    for at, proxy in enumerate(settings.server.trusted_proxies):
        try:
            network = ipaddress.ip_network(proxy)
        except ValueError:
            yield Problem(
                f"server.trusted_proxies[{at}]",
                "Not an address or a network.",
                "Write it like `10.0.0.5` or `10.0.0.0/24`, with no bits set after the prefix.",
            )
            continue
        if network.prefixlen == 0:
            yield Problem(
                f"server.trusted_proxies[{at}]",
                "It trusts the whole internet, and anybody could choose the address we log.",
                "Name the proxies that stand in front.",
            )


def sessions_end(settings: Settings) -> Iterator[Problem]:
    """No idle time is longer than the longest session it belongs to."""
    session = settings.session
    if session.idle_minutes > session.absolute_hours * 60:
        yield Problem(
            "session.idle_minutes",
            "Longer than `absolute_hours`.",
            "Make it at most as long.",
        )
    if session.remembered_idle_days > session.remembered_absolute_days:
        yield Problem(
            "session.remembered_idle_days",
            "Longer than `remembered_absolute_days`.",
            "Make it at most as long.",
        )
