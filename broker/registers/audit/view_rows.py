"""The rows of a billing system's views, read page by page as an audit asks for them.

An audit is plain rules that wait for nothing; `step` is who waits in its place. A view has no
lines: what a finding counts is the row as it came.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from broker.registers.audit.rows import InvoiceColumns, by_columns
from broker.registers.customers_file import CustomerRow
from broker.registers.distant.sql import SqlSource
from broker.registers.findings import Finding, FindingTally, RowRefused

T = TypeVar("T")


class Step(Protocol):
    """Runs until it is done: `asyncio.Runner.run`, always of the same runner."""

    def __call__(self, coro: Coroutine[Any, Any, T], /) -> T: ...


@dataclass(frozen=True, slots=True)
class ViewRows:
    """Those of the companies whose register it is. Its iterators raise SourceFailed.

    `progress` is told the view and how many of its rows have come.
    """

    source: SqlSource
    companies: Sequence[str]
    findings: FindingTally
    progress: Callable[[str, int, None], None]
    step: Step

    @property
    def customers_name(self) -> str:
        """The view's."""
        return self.source.views.customers

    @property
    def invoices_name(self) -> str:
        """The view's."""
        return self.source.views.invoices

    def customers(self) -> Iterator[Sequence[tuple[int, CustomerRow]]]:
        """Company by company."""
        count = _Count(self.customers_name, self.findings)
        for company in self.companies:
            pages = self.source.all_customers(company, count.refused)
            yield from self._counted(pages, count)

    def invoices(self) -> Iterator[InvoiceColumns]:
        """Company by company."""
        count = _Count(self.invoices_name, self.findings)
        for company in self.companies:
            pages = self.source.all_invoices(company, count.refused)
            for page in self._counted(pages, count):
                yield from by_columns(page)

    def _counted(
        self, pages: AsyncIterator[list[T]], count: "_Count"
    ) -> Iterator[list[tuple[int, T]]]:
        while (page := self.step(_next(pages))) is not None:
            yield list(enumerate(page, count.rows + 1))
            count.rows += len(page)
            self.progress(count.view, count.rows, None)


@dataclass(slots=True)
class _Count:
    view: str
    findings: FindingTally
    rows: int = 0

    def refused(self, why: RowRefused) -> None:
        self.rows += 1
        self.findings.add(Finding(self.view, self.rows, why.reason, why.column))


async def _next(pages: AsyncIterator[list[T]]) -> list[T] | None:
    return await anext(pages, None)
