"""A view in the billing system's own PostgreSQL, asked over a few connections that can only read.

Every error becomes a class and an SQLSTATE: the server's words may quote what was asked for.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import asyncpg
from sqlalchemy import URL

from broker.registers.customers_file import CustomerRow
from broker.registers.distant.source import (
    FoundCustomer,
    FoundInvoices,
    Refused,
    SourceFailed,
    found_customer,
    found_invoice,
    unsaid,
)
from broker.registers.distant.views import Statements, Views, quoted, statements
from broker.registers.invoices_file import InvoiceRow
from broker.storage.register_ports import SecondItems
from broker.storage.sql.postgresql_address import encryption, socket_of
from linking.ladder import SecondItem

AT_ONCE: Final = 200
PAGE: Final = 5_000
_STREAM_SECONDS: Final = 60
_SIZE_SECONDS: Final = 60
_FAILURES: Final = (
    asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError
)  # fmt: skip
# Connection, resources, operator intervention (a restart, a statement that took too long), system.
_OUTAGES: Final = ("08", "53", "57", "58")
_FLAGS: Final = {"true": "1", "false": "0", "t": "1", "f": "0"}
_PROTECTED: Final = 6
"""Where `protected` stands among a customer's cells."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to connect within, and to wait for an answer to one statement."""

    connect: float = 3.0
    answer: float = 3.0


@dataclass(slots=True)
class SqlSource:
    """`Source` over two views. `with_ocr` are the companies whose OCR numbers count too."""

    pool: Any
    views: Views
    patience: Patience
    with_ocr: frozenset[str]
    at_once: int = AT_ONCE
    _statements: Statements | None = field(default=None, init=False)

    async def invoices(self, company: str, number: str, evidence: str) -> FoundInvoices:
        """Look it up by one statement, and read what it gives whether it is somebody's or not."""
        async with self._connection() as (connection, say):
            statement = say.invoice_or_ocr if company in self.with_ocr else say.invoice
            [row] = await connection.fetch(statement, company, number, evidence)
        by_number = found_invoice(row["by_number"])
        by_ocr = found_invoice(row["by_ocr"]) if company in self.with_ocr else None
        return FoundInvoices(
            by_number if row["has_by_number"] else None,
            by_ocr if by_ocr is not None and row["has_by_ocr"] else None,
        )

    async def customers(self, company: str, numbers: Sequence[str]) -> Mapping[str, FoundCustomer]:
        """Look them up together. Of a number that stands in two rows neither is believed."""
        if len(numbers) == 1:
            return await self._customer(company, numbers[0])
        async with self._connection() as (connection, say):
            rows = await connection.fetch(say.customers, company, list(numbers))
        cells = [row["cells"] for row in rows]
        stands = Counter(each[1] for each in cells)
        read = (_customer(each) for each in cells if stands[each[1]] == 1)
        return {each.row.number: each for each in read if each is not None}

    async def _customer(self, company: str, number: str) -> Mapping[str, FoundCustomer]:
        """As `invoices`: a number that somebody may have typed."""
        async with self._connection() as (connection, say):
            [row] = await connection.fetch(say.customer, company, number)
        read = _customer(row["customer"])
        return {number: read} if read is not None and row["has_customer"] else {}

    async def size(self, company: str) -> int | None:
        """Count the view's rows: once a day, and with more time than a look-up has."""
        async with self._counting() as (connection, say):
            found: int = await connection.fetchval(say.size, company, timeout=_SIZE_SECONDS)
            return found

    async def second_items(self, company: str, item: SecondItem, *, since: date) -> SecondItems:
        """Count on how many of the view's rows it is missing: once a day, and all of them do."""
        async with self._counting() as (connection, say):
            rows = await connection.fetch(
                say.without[item], company, since.isoformat(), timeout=_SIZE_SECONDS
            )
        without = Counter[bool]()
        for row in rows:
            without[row["is_private"] is True] += row["invoices"]
        return SecondItems(item.value, without[True], without[False])

    async def all_customers(
        self, company: str, refused: Refused = unsaid
    ) -> AsyncIterator[list[CustomerRow]]:
        """Every customer that can be read, some thousands at a time, of one state of the view.

        `refused` is told why of each that cannot be.
        """
        async for page in self._pages(lambda say: say.all_customers, company):
            read = (_customer(cells, refused) for cells in page)
            yield [each.row for each in read if each is not None]

    async def all_invoices(
        self, company: str, refused: Refused = unsaid
    ) -> AsyncIterator[list[InvoiceRow]]:
        """Every invoice that can be read, as `all_customers`."""
        async for page in self._pages(lambda say: say.all_invoices, company):
            read = (found_invoice(cells, refused) for cells in page)
            yield [each for each in read if each is not None]

    @asynccontextmanager
    async def _counting(self) -> AsyncIterator[tuple[Any, Statements]]:
        async with self._connection() as (connection, say), connection.transaction(readonly=True):
            await connection.execute(f"SET LOCAL statement_timeout = '{_SIZE_SECONDS}s'")
            yield connection, say

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Any]:
        """A connection, for whoever looks at the views themselves. Raises SourceFailed."""
        try:
            async with self.pool.acquire(timeout=self.patience.connect) as connection:
                yield connection
        except _FAILURES as error:
            raise _failed(error) from None

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[tuple[Any, Statements]]:
        async with self.connection() as connection:
            try:
                if self._statements is None:
                    self._statements = await self._written(connection)
                yield connection, self._statements
            except (asyncpg.SyntaxOrAccessError, asyncpg.InterfaceError):
                self._statements = None  # the views were changed: look at them anew
                raise

    async def _written(self, connection: Any) -> Statements:
        there = [await columns_of(connection, self.views.customers)]
        there.append(await columns_of(connection, self.views.invoices))
        return statements(self.views, *there)

    async def _pages(
        self, which: Callable[[Statements], str], company: str
    ) -> AsyncIterator[list[list[str]]]:
        """By a cursor of the server's: neither it nor we hold the whole."""
        async with (
            self._connection() as (connection, say),
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            await connection.execute(f"SET LOCAL statement_timeout = '{_STREAM_SECONDS}s'")
            cursor = await connection.cursor(which(say), company, timeout=_STREAM_SECONDS)
            while rows := await cursor.fetch(PAGE, timeout=_STREAM_SECONDS):
                yield [row["cells"] for row in rows]


@asynccontextmanager
async def opened_pool(url: URL, *, connections: int, patience: Patience) -> AsyncIterator[Any]:
    """Open a pool that connects when it is first asked; whatever it says can only read."""
    milliseconds = round(patience.answer * 1000)
    pool = await asyncpg.create_pool(
        host=socket_of(url).get("host", url.host),
        port=url.port,
        user=url.username,
        password=url.password,
        database=url.database,
        ssl=encryption(url),
        timeout=patience.connect,
        command_timeout=patience.answer,
        min_size=0,
        max_size=connections,
        reset=_nothing_to_reset,
        server_settings={
            "application_name": "farstu register",
            "default_transaction_read_only": "on",
            "statement_timeout": f"{milliseconds}ms",
            "idle_in_transaction_session_timeout": "120s",
            "datestyle": "ISO",
            "timezone": "Europe/Stockholm",
        },
    )
    try:
        yield pool
    finally:
        pool.terminate()


async def columns_of(connection: Any, view: str) -> dict[str, str]:
    """A view's columns and their types, by asking for none of its rows."""
    prepared = await connection.prepare(f"SELECT * FROM {quoted(view)} LIMIT 0")  # noqa: S608
    return {each.name: each.type.name for each in prepared.get_attributes()}


async def _nothing_to_reset(_connection: object) -> None:
    """We set nothing on a connection beyond a transaction: spares a round trip each time."""


def _customer(cells: list[str], refused: Refused = unsaid) -> FoundCustomer | None:
    cells[_PROTECTED] = _FLAGS.get(cells[_PROTECTED], cells[_PROTECTED])
    return found_customer(cells, refused)


def _failed(error: Exception) -> SourceFailed:
    if isinstance(error, asyncpg.PostgresError):
        state = error.sqlstate or ""
        return SourceFailed(
            f"{type(error).__name__} {state}".strip(), is_outage=state.startswith(_OUTAGES)
        )
    # What the driver will not send (a column of another type) is no outage.
    is_outage = not isinstance(error, ValueError)
    return SourceFailed(type(error).__name__, is_outage=is_outage)
