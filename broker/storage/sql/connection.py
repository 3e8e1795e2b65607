"""What every engine gives: connections to execute statements on, and transactions around them.

Whatever a driver raises becomes one of two: `StorageUnavailable` for what may work later,
`StatementRefused` for what will not; neither quotes a value.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from types import MappingProxyType
from typing import Any, Final, Protocol

from sqlalchemy import URL
from sqlalchemy.engine import Dialect

from broker.storage.errors import StorageError
from broker.storage.sql.result import Result
from broker.storage.sql.statements import Row, Statement, Values

NOTHING: Final[Values] = MappingProxyType({})


class Connection(Protocol):
    """One connection; `driver` is the driver's own, for what has to be done by the thousand."""

    @property
    def dialect(self) -> Dialect: ...

    @property
    def driver(self) -> Any: ...

    async def execute(self, statement: Statement, values: Values = NOTHING) -> Result:
        """One statement, in one round trip."""
        ...

    async def execute_each(self, statement: Statement, values: Sequence[Values]) -> None:
        """One statement with each of these values, of which there is at least one."""
        ...

    async def execute_many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """One text of the engine's own dialect for every row."""
        ...

    async def copy(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]
    ) -> bool:
        """All rows by the engine's own way for many, in a transaction.

        False, and nothing done, where a row is there already or the engine has no such way.
        """
        ...

    def pages(self, statement: Statement, *, size: int) -> AsyncIterator[list[Row]]:
        """The rows of a large result, some at a time; only on a `snapshot`."""
        ...


class Database(Protocol):
    """An open database. `one_writer`: it lets one in at a time, so writers of a process queue."""

    @property
    def one_writer(self) -> bool: ...

    @property
    def address(self) -> URL:
        """Where somebody else reaches it: SQLAlchemy's engine, for migrations."""
        ...

    @property
    def how_to_connect(self) -> dict[str, Any]:
        """What the driver is to be told beside the address."""
        ...

    def told(self, error: Exception) -> StorageError:
        """What it means that the driver failed with this, where somebody else executed."""
        ...

    async def ask(self, statement: Statement, values: Values) -> Result:
        """One statement that changes nothing, and sees what is committed."""
        ...

    async def change(self, statement: Statement, values: Values) -> Result:
        """One statement that is a transaction by itself."""
        ...

    def reading(self) -> AbstractAsyncContextManager[Connection]:
        """For several statements, each of which sees what is committed."""
        ...

    def writing(self, *, queued: bool) -> AbstractAsyncContextManager[Connection]:
        """A transaction. `queued`: after every other one that is, in any process."""
        ...

    def snapshot(self) -> AbstractAsyncContextManager[Connection]:
        """For statements that all see one state; what they change is lost."""
        ...

    async def close(self) -> None: ...
