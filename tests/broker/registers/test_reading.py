"""Reading files: encodings, separators, columns, and every way in which a row can be bad."""

import io
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.registers.batches import Reading
from broker.registers.csv_reading import Layout
from broker.registers.customers_file import LAYOUT as CUSTOMER_LAYOUT
from broker.registers.customers_file import CustomerRow, read_customer
from broker.registers.facilities_file import read_facility
from broker.registers.findings import FileRefused, Finding, FindingTally
from broker.registers.invoices_file import LAYOUT as INVOICE_LAYOUT
from broker.registers.invoices_file import read_invoice
from broker.registers.lines import LONGEST_LINE, Source
from linking.model import CustomerKind
from tests.broker.registers.desk import CUSTOMERS, INVOICES, customer, invoice


def read(
    content: bytes, layout: Layout = CUSTOMER_LAYOUT, make: Callable = read_customer
) -> tuple[list, list[str]]:
    """Rows and findings of a file."""
    told: list[Finding] = []
    reading = Reading({"elnat", "fjarr"}, FindingTally(told.append), lambda *_: None)
    source = Source("a.csv", io.BytesIO(content), len(content))
    rows = [row for batch in reading.batches(source, layout, make) for _, row in batch]
    return rows, [str(finding) for finding in told]


def read_one(content: bytes) -> CustomerRow:
    """The one sound row of a file."""
    rows, told = read(content)
    assert told == []
    assert len(rows) == 1
    return rows[0]


SWEDISH = CUSTOMERS + customer("100423", name="Åke Öström, Gränna")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_encoding_gives_the_same_text(encoding: str, newline: str) -> None:
    """UTF-8 with and without byte order mark and Windows-1252 read alike, whatever ends lines."""
    assert read_one(SWEDISH.replace("\n", newline).encode(encoding)).name == "Åke Öström, Gränna"


def test_a_file_joined_from_two_systems_reads_right() -> None:
    """Each line is decoded by itself, so both halves of a joined file are read."""
    content = SWEDISH.encode() + customer("100424", name="Märta Sjögren").encode("cp1252")
    rows, told = read(content)
    assert [row.name for row in rows] == ["Åke Öström, Gränna", "Märta Sjögren"]
    assert told == []


def test_commas_separate_where_the_header_has_no_semicolon() -> None:
    """The header says what separates; quoted fields may hold it."""
    content = (
        "company,customer_number,kind,status,email,phone,protected,name\n"
        'elnat,100423,private,active,,,0,"Ekblad, Tuva"\n'
    )
    assert read_one(content.encode()).name == "Ekblad, Tuva"


def test_columns_come_in_any_order_and_optional_ones_may_be_missing() -> None:
    """Columns are found by name, whatever its case."""
    content = (
        "Protected;PHONE;email;status;kind;customer_number;company\n"
        "1;070-1740610;;active;private;100423;elnat\n"
    )
    row = read_one(content.encode())
    assert (row.number, row.protected, row.name, row.evidence_from) == ("100423", True, "", None)


def test_a_missing_last_line_end_and_blank_lines_do_not_matter() -> None:
    """Editors leave both behind."""
    content = "\n" + CUSTOMERS + "\n  \n" + customer("100423").rstrip("\n")
    assert read_one(content.encode()).number == "100423"


def test_blank_kind_is_an_organisation() -> None:
    """What is not known to be private must not link by an invoice."""
    assert read_one((CUSTOMERS + customer("1", kind="")).encode()).kind is CustomerKind.ORGANISATION


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("", "is empty"),
        ("company;customer_number\n", "lacks column kind, status, email, phone, protected"),
        (CUSTOMERS.replace("name", "email"), "names twice column email"),
        (CUSTOMERS.replace("name", "19121212-1212"), "unknown are column 8"),
        (CUSTOMERS.replace("name", '"name'), "quotation marks"),
        ("a" * (LONGEST_LINE + 1), "too long"),
    ],
)
def test_a_wrong_header_refuses_the_file(header: str, problem: str) -> None:
    """The message says which of our columns, or which place; never what stands there."""
    with pytest.raises(FileRefused, match=problem) as refused:
        read(header.encode())
    assert "1212" not in str(refused.value)


def test_utf16_is_named_with_its_remedy() -> None:
    """The commonest wrong choice in a "save as" dialogue is not reported as rubbish."""
    with pytest.raises(FileRefused, match="UTF-16; export it as UTF-8"):
        read(SWEDISH.encode("utf-16"))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (customer("1", company="gas"), "company names a company that is not configured"),
        (customer("1", company=""), "company is empty"),
        (customer(""), "customer_number is empty"),
        (customer("1", kind="person"), "kind is neither private nor organisation"),
        (customer("1", status=""), "status is empty"),
        (customer("1", status="gone"), "status is neither active, closed nor deceased"),
        (customer("1", protected=""), "protected is empty"),
        (customer("1", protected="ja"), "protected is neither 0 nor 1"),
        (customer("1", evidence_from="1/2 2026"), "evidence_from is not a date"),
        (customer("1", evidence_from="2026-02-30"), "evidence_from is not a date"),
        (customer("1", evidence_from="2026-W01-1"), "evidence_from is not a date"),
        (customer("1", name="a;b"), "has another number of columns"),
        ("elnat;1\n", "has another number of columns"),
        (customer("1", name='"open'), "quotation marks do not match"),
        (customer("1", name='"a"b'), "quotation marks do not match"),
        (customer("1", name="a\0b"), "holds a control character"),
        (customer("1", name="a\rb"), "holds a control character"),
        (customer("1", name="a" * 321), "is too long"),
        (customer("1", name="a" * LONGEST_LINE), "the line is too long"),
    ],
)
def test_a_bad_row_is_told_by_line_and_reason(row: str, told: str) -> None:
    """The rows around it are read, and nothing that stands in it is repeated."""
    content = CUSTOMERS + customer("100423") + row + customer("100424")
    rows, findings = read(content.encode())
    assert [one.number for one in rows] == ["100423", "100424"]
    assert len(findings) == 1
    assert findings[0].startswith("a.csv line 3: ")
    assert told in findings[0]


def test_bytes_of_no_encoding_cost_one_row() -> None:
    """0x81 means nothing in Windows-1252, and alone nothing in UTF-8."""
    content = CUSTOMERS.encode() + b"elnat;1;private;active;;;0;\x81;\n" + customer("2").encode()
    rows, told = read(content)
    assert [row.number for row in rows] == ["2"]
    assert told == ["a.csv line 2: neither UTF-8 nor Windows-1252"]


@pytest.mark.parametrize(
    "amount", ["0", "1234,50", "1234.5", "1 234,50", "12\u00a0345,00", "-80", "\u221280,25", "+5"]
)
def test_amounts_as_systems_write_them(amount: str) -> None:
    """Point or comma, spaces between thousands, signs."""
    content = INVOICES + invoice("100423", "4711023", amount=amount)
    assert read(content.encode(), INVOICE_LAYOUT, read_invoice)[1] == []


@pytest.mark.parametrize("amount", ["", "1.234,50", "12 34", "kr 5", "1,234,5", "1e5", "٣", "5,"])
def test_doubtful_amounts_are_refused(amount: str) -> None:
    """What could be read in two ways is read in none."""
    content = INVOICES + invoice("100423", "4711023", amount=amount)
    rows, told = read(content.encode(), INVOICE_LAYOUT, read_invoice)
    assert rows == []
    assert told[0].startswith("a.csv line 2: amount is ")


def test_a_due_date_may_be_blank_but_not_wrong() -> None:
    """It proves nothing and is not kept: no invoice is lost for the lack of it."""
    rows = invoice("1", "2", due_on="") + invoice("1", "3", due_on="soon")
    found, told = read((INVOICES + rows).encode(), INVOICE_LAYOUT, read_invoice)
    assert [row.invoice_number for row in found] == ["2"]
    assert [line.partition(" is ")[0] for line in told] == ["a.csv line 3: due_on"]


@given(st.binary(max_size=400), st.booleans())
def test_no_bytes_can_break_the_reader(content: bytes, with_header: bool) -> None:
    """Whatever a file holds, it is read, told by line, or refused as a file."""
    try:
        read((CUSTOMERS.encode() if with_header else b"") + content)
    except FileRefused:
        assert not with_header


@given(
    st.lists(
        st.lists(
            st.sampled_from(["elnat", "", "1", '"', "0", "private", "é", "active", "\x85"]),
            min_size=8,
            max_size=10,
        ),
        max_size=8,
    ),
    st.sampled_from(["utf-8", "cp1252"]),
)
def test_every_line_is_either_a_row_or_told(cells: list[list[str]], encoding: str) -> None:
    """No row vanishes silently, and no two findings are about one line."""
    lines = [";".join(row) for row in cells]
    content = CUSTOMERS + "\n".join(lines)
    rows, told = read(content.encode(encoding, errors="replace"))
    assert len(rows) + len(told) == len(lines)


@pytest.mark.parametrize(
    ("make", "row"),
    [
        (read_customer, customer("100423", name="Tuva Ekblad", evidence_from="2026-02-01")),
        (read_invoice, invoice("100423", "4711023", ocr="471102392")[:-1] + ";\n"),
        (read_facility, "elnat;100423;735999;Hemma\n"),
    ],
)
def test_a_row_shows_nothing_of_whose_it_is(make: Callable, row: str) -> None:
    """A traceback that holds one tells its company only."""
    shown = repr(make(tuple(row.strip().split(";"))))
    assert shown.endswith("Row(company='elnat')")
