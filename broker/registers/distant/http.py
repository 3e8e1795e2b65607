"""The billing system's API (`docs/reference/billing-api.json`), asked over one client.

Numbers travel in bodies, never in addresses, which are logged on the way. An answer is read within
a cap and decoded strictly; of one that cannot be used nothing is quoted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

import httpx2
import msgspec

from broker.registers.distant.documents import (
    AskedCustomers,
    AskedInvoices,
    AskedSize,
    Customers,
    Invoices,
    Size,
)
from broker.registers.distant.source import (
    FoundCustomer,
    FoundInvoices,
    SourceFailed,
    found_customer,
    found_invoice,
)
from broker.registers.invoices_file import InvoiceRow
from broker.storage.register_ports import SecondItems
from linking.ladder import SecondItem

T = TypeVar("T", Invoices, Customers, Size)

AT_ONCE: Final = 100
BODY_CAP: Final = 256 * 1024
_JSON: Final = "application/json"
_NUMBER: Final = "invoice_number"
_OCR: Final = "ocr"


@dataclass(frozen=True, slots=True)
class HttpSource:
    """`Source` over the API at `url`. `with_ocr` are the companies whose OCR numbers count too."""

    client: httpx2.AsyncClient
    url: str
    with_ocr: frozenset[str]
    at_once: int = AT_ONCE

    async def invoices(self, company: str, number: str, evidence: str) -> FoundInvoices:
        """Ask for those with the number, and tell apart what it is a number of."""
        match = [_NUMBER, _OCR] if company in self.with_ocr else [_NUMBER]
        answer = await self._ask(
            "invoices", AskedInvoices(company, number, evidence, match), Invoices
        )
        read = [found_invoice(each.cells(company, number)) for each in answer.invoices]
        proving = [each for each in read if each is not None and each.proves]
        return FoundInvoices(
            by_number=_earliest([each for each in proving if each.invoice_number == evidence]),
            by_ocr=_earliest([each for each in proving if each.ocr == evidence and len(match) > 1]),
        )

    async def customers(self, company: str, numbers: Sequence[str]) -> Mapping[str, FoundCustomer]:
        """Look them up together. Of a number that is answered twice neither is believed."""
        answer = await self._ask("customers", AskedCustomers(company, list(numbers)), Customers)
        answered = [each.customer_number for each in answer.customers]
        found: dict[str, FoundCustomer] = {}
        for each in answer.customers:
            read = found_customer(each.cells(company))
            number = each.customer_number
            if read is not None and number in numbers and answered.count(number) == 1:
                found[number] = read
        return found

    async def size(self, company: str) -> int | None:
        """Ask; None where the API has no such question (404)."""
        answer = await self._size(company)
        return None if answer is None else answer.customers

    async def second_items(
        self,
        company: str,
        item: SecondItem,  # noqa: ARG002 - it says itself which one it counted
        *,
        since: date,  # noqa: ARG002 - and how far back
    ) -> SecondItems | None:
        """What comes with the size; None where the API does not say."""
        answer = await self._size(company)
        said = answer and answer.without_second_item
        return SecondItems(said.item, said.private, said.organisation) if said else None

    async def _size(self, company: str) -> Size | None:
        try:
            return await self._ask("size", AskedSize(company), Size)
        except _NotOffered:
            return None

    async def _ask(self, question: str, asked: msgspec.Struct, answer: type[T]) -> T:
        request = self.client.build_request(
            "POST",
            f"{self.url}/{question}",
            content=msgspec.json.encode(asked),
            headers={"Content-Type": _JSON, "Accept": _JSON},
        )
        body = await self._sent(request)
        try:
            return msgspec.json.decode(body, type=answer)
        except (msgspec.DecodeError, ValueError):
            raise SourceFailed("not_as_documented", is_outage=False) from None

    async def _sent(self, request: httpx2.Request) -> bytes:
        """Send it, once more where a connection broke before there was an answer: it only asks."""
        try:
            try:
                return await self._answered(request)
            except (httpx2.ReadError, httpx2.WriteError, httpx2.RemoteProtocolError):
                return await self._answered(request)
        except httpx2.ConnectError as error:  # nothing was said yet that could be quoted
            raise SourceFailed(f"ConnectError {error}".strip(), is_outage=True) from None
        except httpx2.HTTPError as error:
            raise SourceFailed(type(error).__name__, is_outage=True) from None

    async def _answered(self, request: httpx2.Request) -> bytes:
        response = await self.client.send(request, stream=True)
        try:
            _judge(response)
            body = bytearray()
            async for part in response.aiter_raw():
                body += part
                if len(body) > BODY_CAP:
                    raise SourceFailed("body_too_large", is_outage=False)
            return bytes(body)
        finally:
            await response.aclose()


class _NotOffered(SourceFailed):
    """404: no such question, or no such address."""


def _judge(response: httpx2.Response) -> None:
    status = response.status_code
    if status == httpx2.codes.NOT_FOUND:
        raise _NotOffered("status 404", is_outage=False)
    if status != httpx2.codes.OK:
        is_outage = 500 <= status <= 599  # noqa: PLR2004 - RFC 9110 section 15.6
        raise SourceFailed(f"status {status}", is_outage=is_outage)
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise SourceFailed("compressed", is_outage=False)
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != _JSON:
        raise SourceFailed("not_json", is_outage=False)


def _earliest(invoices: Sequence[InvoiceRow]) -> InvoiceRow | None:
    return min(invoices, key=lambda each: each.issued_on, default=None)
