"""One provider's way out: which addresses, how long, how much, how often, and how many at once.

Built on the client that all providers share (`network.open_client`). It judges the answer's form
(status, size), never its meaning. A POST is never repeated: codes are single-use.
"""

import asyncio
import time
from collections.abc import Awaitable, Collection, Mapping
from dataclasses import dataclass

import httpx2

from providers.addresses import is_allowed
from providers.breaker import Breaker
from providers.errors import UpstreamUnavailable
from providers.failed_check import CheckFailed
from providers.observer import Endpoint, Observer, Outcome, Unobserved
from providers.registration import Limits

BODY_CAP = 256 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, read whole and within the cap; its status is a success or 4xx."""

    status: int
    body: bytes


class Outbound:
    """Calls to one provider. Raises CheckFailed for an answer that must not be used."""

    def __init__(
        self,
        provider: str,
        client: httpx2.AsyncClient,
        breaker: Breaker,
        *,
        hosts: Collection[str],
        limits: Limits,
        allow_insecure_loopback: bool = False,
        observer: Observer | None = None,
    ) -> None:
        self._provider = provider
        self._client = client
        self._breaker = breaker
        self._hosts = frozenset(hosts)
        self._limits = limits
        self._allow_insecure_loopback = allow_insecure_loopback
        self._places = asyncio.Semaphore(limits.concurrent)
        self._observer = observer or Unobserved()
        self._timeout = httpx2.Timeout(limits.read, connect=limits.connect)

    @property
    def is_up(self) -> bool:
        """False while the breaker is open; never asks the network."""
        return not self._breaker.is_open

    def allows(self, url: str) -> bool:
        """Whether the address is one of this provider's."""
        return is_allowed(url, self._hosts, allow_insecure_loopback=self._allow_insecure_loopback)

    def require_up(self) -> None:
        """Raise UpstreamUnavailable while the breaker is open."""
        if not self.is_up:
            raise UpstreamUnavailable(self._provider, detail="circuit breaker is open")

    async def get(
        self,
        url: str,
        *,
        endpoint: Endpoint,
        headers: Mapping[str, str] | None = None,
        cap: int = BODY_CAP,
    ) -> Answer:
        """GET, tried once more when nothing came back, or a 5xx did."""
        self._require_allowed(url)
        request = self._client.build_request("GET", url, headers=headers, timeout=self._timeout)
        return await self._watched(endpoint, self._call(request, tries=2, cap=cap))

    async def post(
        self, url: str, form: Mapping[str, str], *, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """POST a form to the token endpoint, once."""
        self._require_allowed(url)
        request = self._client.build_request(
            "POST", url, data=form, headers=headers, timeout=self._timeout
        )
        return await self._watched("token", self._call(request, tries=1, cap=BODY_CAP))

    def _require_allowed(self, url: str) -> None:
        if not self.allows(url):
            raise CheckFailed("address", detail="not https on one of the provider's hosts")

    async def _watched(self, endpoint: Endpoint, call: Awaitable[Answer]) -> Answer:
        """Tell the observer how the call ended and how long it took."""
        began = time.perf_counter()
        outcome: Outcome = "cancelled"
        try:
            answer = await call
            outcome = "ok" if httpx2.codes.is_success(answer.status) else "rejected"
        except UpstreamUnavailable:
            outcome = "unavailable"
            raise
        except CheckFailed:
            outcome = "unusable"
            raise
        finally:
            seconds = time.perf_counter() - began
            self._observer.called(self._provider, endpoint, outcome, seconds)
        return answer

    async def _call(self, request: httpx2.Request, *, tries: int, cap: int) -> Answer:
        if self._places.locked():
            raise UpstreamUnavailable(self._provider, detail="too many calls are under way")
        if not self._breaker.admit():
            raise UpstreamUnavailable(self._provider, detail="circuit breaker is open")
        async with self._places:
            try:
                answer = await self._answer(request, tries=tries, cap=cap)
            except CheckFailed:
                self._breaker.succeeded()  # a bad answer is an answer
                raise
        self._breaker.succeeded()
        return _usable(self._provider, request, answer)

    async def _answer(self, request: httpx2.Request, *, tries: int, cap: int) -> Answer:
        """Return an answer below 500 or above 599, or count one failure for the breaker."""
        trouble = ""
        try:
            async with asyncio.timeout(self._limits.total):
                for _ in range(tries):
                    try:
                        answer = await self._read(request, cap)
                    except httpx2.TransportError as error:
                        trouble = type(error).__name__
                        continue
                    if not 500 <= answer.status <= 599:  # noqa: PLR2004 - RFC 9110 section 15.6
                        return answer
                    trouble = f"status {answer.status}"
        except TimeoutError:
            trouble = "total time-out"
        self._breaker.failed()
        raise UpstreamUnavailable(self._provider, detail=f"{trouble} from {request.url.host}")

    async def _read(self, request: httpx2.Request, cap: int) -> Answer:
        response = await self._client.send(request, stream=True)
        try:
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise CheckFailed("content_encoding", detail="compressed though not asked for")
            body = bytearray()
            async for part in response.aiter_raw():
                body += part
                if len(body) > cap:
                    raise CheckFailed("body_size", detail=f"more than {cap} bytes")
            return Answer(response.status_code, bytes(body))
        finally:
            await response.aclose()


def _usable(provider: str, request: httpx2.Request, answer: Answer) -> Answer:
    status = answer.status
    if status == httpx2.codes.TOO_MANY_REQUESTS or status > 599:  # noqa: PLR2004 - Yahoo's 999
        raise UpstreamUnavailable(provider, detail=f"throttled by {request.url.host}: {status}")
    if not (httpx2.codes.is_success(status) or httpx2.codes.is_client_error(status)):
        raise CheckFailed("redirect", detail=f"status {status} from {request.url.host}")
    return answer
