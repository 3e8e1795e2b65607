"""The service that is examined, as its callers see it: a token in, an answer out."""

import asyncio
import ipaddress
import socket
from collections.abc import Container
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from urllib.parse import urlsplit

import httpx2

from broker.cli.speaking import CommandFailed

_LONGEST_SAYING = 160
_LARGEST_BODY = 64 * 1024
_BODY_WITHIN = 2.0
_STARTING = frozenset({502, 503, 504})


class Verdict(Enum):
    """What an answer means; ODD is neither: an exception in the verifier, a redirect, a limit."""

    ADMITTED = auto()
    REFUSED = auto()
    ODD = auto()


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is 0 where there was no answer; `said` is the challenge, or what went wrong."""

    verdict: Verdict
    status: int
    said: str = ""

    def __str__(self) -> str:
        if not self.status:
            return f"no answer ({self.said})"
        return f"{self.status}, {self.said}" if self.said else str(self.status)


@dataclass(frozen=True, slots=True)
class Service:
    """`accepts`: the statuses that mean that somebody was let in."""

    http: httpx2.AsyncClient
    url: str
    accepts: Container[int]

    async def show(self, token: str | None) -> Answer:
        """Ask for the path with this token (RFC 6750 section 2.1), or without any."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        try:
            async with self.http.stream("GET", self.url, headers=headers) as answer:
                await _pass_over(answer)
        except httpx2.HTTPError as error:
            return Answer(Verdict.ODD, 0, _printable(str(error)) or type(error).__name__)
        said = _printable(answer.headers.get("www-authenticate", ""))
        return Answer(self._verdict(answer.status_code), answer.status_code, said)

    def _verdict(self, status: int) -> Verdict:
        if status in self.accepts:
            return Verdict.ADMITTED
        # RFC 6750 section 3.1
        return Verdict.REFUSED if status in {401, 403} else Verdict.ODD

    async def is_up(self) -> bool:
        """Whether it answers at all; a proxy says 502 to 504 for one that only starts."""
        return (await self.show(None)).status not in {0, *_STARTING}


async def _pass_over(answer: httpx2.Response) -> None:
    """Read a body of some size, so that the connection is of use again; of others no more."""
    size = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(_BODY_WITHIN):
            async for part in answer.aiter_raw():
                size += len(part)
                if size > _LARGEST_BODY:
                    return


def _printable(text: str) -> str:
    shown = "".join(each if each.isprintable() else " " for each in text)
    return shown if len(shown) <= _LONGEST_SAYING else f"{shown[:_LONGEST_SAYING]}…"


async def check_is_near(url: str) -> None:
    """Raise CommandFailed unless every address of the host is this machine's or a private one."""
    parts = urlsplit(url)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            parts.hostname or "", parts.port or 0, type=socket.SOCK_STREAM
        )
    except OSError:
        raise CommandFailed(
            f"Nobody knows where {parts.hostname} is.", "See that the name in --service is right."
        ) from None
    far = [address[0] for *_, address in found if not _is_near(str(address[0]))]
    if far:
        raise CommandFailed(
            f"{parts.hostname} is at {far[0]}: neither this machine nor a private network.",
            "Examine a test instance: for the time of the test, the service trusts an issuer whose"
            " keys are made by this command. Where it is one all the same, add --anywhere.",
        )


def _is_near(address: str) -> bool:
    where = ipaddress.ip_address(address.partition("%")[0])
    return where.is_loopback or where.is_private or where.is_link_local
