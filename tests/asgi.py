"""Requests that no client library would send: raw paths, queries, headers and bodies."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.house import TestHouse

OWN_HOST = (b"host", b"localhost:8000")


@dataclass(frozen=True)
class Answer:
    """Status, headers and body as the application gave them."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def header(self, name: bytes) -> bytes:
        """The first header of this name, or empty."""
        return next((value for known, value in self.headers if known == name), b"")


async def send_raw(
    house: TestHouse,
    method: str,
    path: str,
    *,
    query: bytes = b"",
    headers: Sequence[tuple[bytes, bytes]] = (OWN_HOST,),
    body: bytes = b"",
) -> Answer:
    """Call the application with exactly this."""
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode("utf-8", "surrogatepass"),
        "root_path": "",
        "query_string": query,
        "headers": list(headers),
        "client": ("127.0.0.1", 50000),
        "server": ("localhost", 8000),
        "extensions": {},
        "state": {},
    }
    sent: list[dict[str, Any]] = []
    has_come = False

    async def receive() -> dict[str, Any]:
        nonlocal has_come
        if has_come:
            return {"type": "http.disconnect"}
        has_come = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await house.app(scope, receive, send)
    return Answer(
        sent[0]["status"],
        list(sent[0]["headers"]),
        b"".join(message.get("body", b"") for message in sent[1:]),
    )
