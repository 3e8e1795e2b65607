"""The emulated providers' calls to the broker: notices and events, to loopback only."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx2

from providers.emulated.config import NotLoopbackError, is_loopback

SECONDS = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver said; status 0 where it could not be reached."""

    status: int
    body: bytes = b""


class Outbound:
    """One HTTP client, made at the first call."""

    def __init__(self, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._transport = transport
        self._client: httpx2.AsyncClient | None = None

    async def post_form(self, address: str, form: Mapping[str, str]) -> Answer:
        """Post a form."""
        return await self._send("POST", address, data=dict(form))

    async def post(self, address: str, body: bytes, content_type: str) -> Answer:
        """Post a body of any type."""
        headers = {"Content-Type": content_type, "Accept": "application/json"}
        return await self._send("POST", address, content=body, headers=headers)

    async def get(self, address: str) -> Answer:
        """Fetch an address that an answer pointed to."""
        return await self._send("GET", address)

    async def close(self) -> None:
        """Close the client, if there is one."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _send(
        self,
        method: str,
        address: str,
        *,
        data: dict[str, str] | None = None,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        if not is_loopback(urlsplit(address).hostname or ""):
            raise NotLoopbackError(address)
        if self._client is None:
            self._client = httpx2.AsyncClient(transport=self._transport, timeout=SECONDS)
        try:
            response = await self._client.request(
                method, address, data=data, content=content, headers=headers
            )
        except httpx2.TransportError:
            return Answer(0)
        return Answer(response.status_code, response.content)
