"""A billing system's API, as `docs/reference/billing-api.json` describes it, with faults to order.

It speaks HTTP itself, so that it can break off in the middle of what it says.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.billing import Billing, CustomerRow, InvoiceRow

TOKEN = "the-bearer-token-of-the-billing-systems-api"


@dataclass
class BillingApi:
    """`fault` is what goes wrong from now on; `asked` holds path and body of every question.

    Faults: `slow`, `status 500` (or another), `html`, `huge`, `cut_off`, `not_json`, `other_json`,
    `compressed`, `redirect`, `hang_up`, and `all` (every invoice is answered, whatever was asked
    for). `counted` is what comes with the size. `chokes_on` is a number that every question fails
    on. `most_at_once` counts the questions under way together.
    """

    billing: Billing
    token: str = TOKEN
    has_size: bool = True
    counted: dict[str, Any] = field(default_factory=dict)
    fault: str = ""
    chokes_on: str = ""
    seconds: float = 30.0
    port: int = 0
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    most_at_once: int = 0
    connections: int = 0
    _under_way: int = 0

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """What a faultless billing system says."""
        if self.token and headers.get("authorization") != f"Bearer {self.token}":
            return 401, b'{"error": "unauthorized"}'
        question = json.loads(body)
        self.asked.append((path, question))
        if self.chokes_on and self.chokes_on in body.decode():
            return 500, b"{}"
        match path:
            case "/v1/invoices":
                found = [_invoice(each) for each in self._invoices(question)]
                return 200, json.dumps({"invoices": found}).encode()
            case "/v1/customers":
                rows = [
                    self.billing.customers.get((question["company"], number))
                    for number in question["customer_numbers"]
                ]
                found = [_customer(each) for each in rows if each is not None]
                return 200, json.dumps({"customers": found}).encode()
            case "/v1/size" if self.has_size:
                count = sum(company == question["company"] for company, _ in self.billing.customers)
                said = {"customers": count} | self.counted
                return 200, json.dumps(said).encode()
        return 404, b"{}"

    def _invoices(self, question: dict[str, Any]) -> list[InvoiceRow]:
        return [
            each
            for each in self.billing.invoices
            if self.fault == "all"
            or (
                each.company == question["company"]
                and each.customer_number == question["customer_number"]
                and any(getattr(each, member) == question["number"] for member in question["match"])
            )
        ]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the questions of one connection."""
        self.connections += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                first, *lines = head.split("\r\n")
                headers = {
                    name.lower(): value.strip()
                    for name, _, value in (line.partition(":") for line in lines if line)
                }
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                self._under_way += 1
                self.most_at_once = max(self.most_at_once, self._under_way)
                try:
                    if not await self._say(first.split(" ")[1], headers, body, writer):
                        break
                finally:
                    self._under_way -= 1
        with suppress(ConnectionError, ssl.SSLError):
            writer.close()
            await writer.wait_closed()

    async def _say(
        self, path: str, headers: dict[str, str], body: bytes, writer: asyncio.StreamWriter
    ) -> bool:
        """Say it as the fault has it; whether the connection lives on."""
        status, said = self.answer(path, headers, body)
        if self.fault == "slow":
            await asyncio.sleep(self.seconds)
        answer = _spoilt(self.fault, status, said)
        writer.write(answer)
        await writer.drain()
        return bool(answer) and self.fault != "cut_off"


_HEAD = "HTTP/1.1 {status} Said\r\nContent-Type: {kind}\r\n{extra}Content-Length: {length}\r\n\r\n"


def _spoilt(fault: str, status: int, said: bytes) -> bytes:
    """The answer as the fault has it; nothing at all for `hang_up`."""
    kind, extra, longer = "application/json; charset=utf-8", "", 0
    match fault.split():
        case ["hang_up"]:
            return b""
        case ["status", number]:
            status, said = int(number), b'{"error": "100245 is not well"}'
        case ["html"]:
            kind = "text/html"
        case ["huge"]:
            said = b'{"customers": [' + b" " * 3_000_000 + b'], "invoices": []}'
        case ["cut_off"]:
            longer = 100
        case ["not_json"]:
            said = said[: len(said) // 2]
        case ["other_json"]:
            said = b'{"customers": {"100245": 1}, "invoices": "1007001"}'
        case ["compressed"]:
            extra = "Content-Encoding: gzip\r\n"
        case ["redirect"]:
            status, extra = 307, "Location: https://elsewhere.example/v1\r\n"
    length = len(said) + longer
    return _HEAD.format(status=status, kind=kind, extra=extra, length=length).encode() + said


@asynccontextmanager
async def billing_api(
    billing: Billing, *, tls: ssl.SSLContext | None = None, **changes: Any
) -> AsyncIterator[BillingApi]:
    """On a free port of loopback."""
    api = BillingApi(billing, **changes)
    under_way: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        under_way.add(task)
        try:
            await api.serve(reader, writer)
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            under_way.discard(task)

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    api.port = server.sockets[0].getsockname()[1]
    try:
        yield api
    finally:
        server.close()
        for task in list(under_way):
            task.cancel()
        await asyncio.sleep(0)
        await server.wait_closed()


def _invoice(row: InvoiceRow) -> dict[str, str]:
    return {k: v for k, v in asdict(row).items() if k not in {"company", "customer_number"}}


def _customer(row: CustomerRow) -> dict[str, Any]:
    members = {k: v for k, v in asdict(row).items() if k != "company" and v}
    return members | {"protected": row.protected == "1", "kind": row.kind}
