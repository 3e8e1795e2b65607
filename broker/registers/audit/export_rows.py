"""The rows of an export, read as `farstu register import` reads them.

A block in which nothing is wrong is judged by the column, with the same result; any other goes row
by row through the import's own reading, which tells what is wrong.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from broker.registers import customers_file, invoices_file
from broker.registers.audit.rows import InvoiceColumns, by_columns
from broker.registers.batches import Reading
from broker.registers.csv_reading import Block, read_blocks
from broker.registers.customers_file import CustomerRow
from broker.registers.fields import iso_date
from broker.registers.findings import RowRefused
from broker.registers.invoices_file import PROVES
from broker.registers.lines import Source

_AMOUNTS: Final = re.compile(r"(?:-?[0-9]{1,10}[.,][0-9]{2}\n)*+")


@dataclass(frozen=True, slots=True)
class ExportRows:
    """The two files. Its iterators raise FileRefused where one cannot be read at all."""

    customers_source: Source
    invoices_source: Source
    reading: Reading

    @property
    def customers_name(self) -> str:
        """The file's."""
        return self.customers_source.name

    @property
    def invoices_name(self) -> str:
        """The file's."""
        return self.invoices_source.name

    def customers(self) -> Iterator[Sequence[tuple[int, CustomerRow]]]:
        """Those of the customers' file."""
        return self.reading.batches(
            self.customers_source, customers_file.LAYOUT, customers_file.read_customer
        )

    def invoices(self) -> Iterator[InvoiceColumns]:
        """Those of the invoices' file."""
        source = self.invoices_source
        for block in read_blocks(source, invoices_file.LAYOUT):
            self.reading.progress(source.name, block.done, source.size)
            found = _clean_columns(block, self.reading)
            if found is None:
                rows = self.reading.sound(source.name, block.rows(), invoices_file.read_invoice)
                found = list(by_columns(rows))
            yield from found
        self.reading.progress(source.name, source.size, source.size)


def _clean_columns(block: Block, reading: Reading) -> list[InvoiceColumns] | None:
    """The rows by company, or None where something has to be looked at more closely."""
    if block.columns is None:
        return None
    company, customer, invoice, ocr, issued_on, due_on, amount, kind, code = block.columns
    days = _days({*issued_on, *due_on})
    is_clean = (
        "" not in customer
        and "" not in invoice
        and "" not in issued_on
        and PROVES.keys() >= set(kind)
        and _AMOUNTS.fullmatch("\n".join([*amount, ""])) is not None
        and reading.names(set(company))
    )
    if not is_clean or days is None:
        return None
    lines = [line for line, _ in block.lines]
    issued = list(map(days.__getitem__, issued_on))
    proves = list(map(PROVES.__getitem__, kind))
    names = dict.fromkeys(company)
    all_of = InvoiceColumns(
        company[0], lines, customer, invoice, ocr, issued, proves, due_on, amount, code
    )
    if len(names) == 1:
        return [all_of]
    return [all_of._replace(company=n).only([each == n for each in company]) for n in names]


def _days(texts: set[str]) -> dict[str, int] | None:
    """What days these are, if all are days; nothing is none, but may be there."""
    try:
        return {text: iso_date(text, "").toordinal() if text else 0 for text in texts}
    except RowRefused:
        return None
