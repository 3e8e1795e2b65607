"""The issuer, the listening address, the session times."""

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
    """A host to listen on."""
    if not settings.server.host:
        yield Problem("server.host", "Empty.", "Write 127.0.0.1, or 0.0.0.0 in a container.")


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
