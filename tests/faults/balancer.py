"""What stands before the brokers: a balancer with health checks, and no stickiness at all."""

import asyncio
import random
from contextlib import suppress

import httpx2

CHECK_SECONDS = 0.25


class Balancer(httpx2.AsyncBaseTransport):
    """Sends a request for the issuer to any ready broker; everything else where it is addressed.

    A connection that is refused is tried at the next broker, as every proxy does; a request that
    was under way when its broker died is not repeated.
    """

    def __init__(self, issuer: str, ports: list[int]) -> None:
        self._netloc = httpx2.URL(issuer).netloc
        self._ports = ports
        self._ready = set(ports)
        self._inner = httpx2.AsyncHTTPTransport(
            # Not kept as long as the other side keeps them, or both end one at the same moment.
            limits=httpx2.Limits(
                max_connections=400, max_keepalive_connections=50, keepalive_expiry=2
            )
        )
        self.requests = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.netloc != self._netloc:
            return await self._inner.handle_async_request(request)
        self.requests += 1
        ports = sorted(self._ready) or self._ports
        random.shuffle(ports)
        for port in ports:
            # A request of its own: the client keeps cookies for the address that it asked.
            passed_on = httpx2.Request(
                request.method,
                request.url.copy_with(host="127.0.0.1", port=port),
                headers=request.headers,
                stream=request.stream,
                extensions=request.extensions,
            )
            try:
                return await self._inner.handle_async_request(passed_on)
            except httpx2.ConnectError:
                self._ready.discard(port)
        raise httpx2.ConnectError("no broker answers")

    async def watch(self) -> None:
        """Ask every broker again and again whether it is ready."""
        async with httpx2.AsyncClient(timeout=2) as client:
            while True:
                await asyncio.gather(*(self._ask(client, port) for port in self._ports))
                await asyncio.sleep(CHECK_SECONDS)

    async def is_ready(self, port: int) -> bool:
        """Whether this broker said so at the last check."""
        return port in self._ready

    async def _ask(self, client: httpx2.AsyncClient, port: int) -> None:
        status = 0
        with suppress(httpx2.HTTPError):
            status = (await client.get(f"http://127.0.0.1:{port}/readyz")).status_code
        (self._ready.add if status == 200 else self._ready.discard)(port)

    async def aclose(self) -> None:
        await self._inner.aclose()
