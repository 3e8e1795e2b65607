"""The views: asked by one statement, only to be read, and nothing quoted when that goes wrong."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pydantic import SecretStr

from broker.registers.distant.sql import SqlSource
from broker.registers.distant.view_facts import read_view_facts
from broker.wiring.registers import opened_sql_source
from linking.errors import RegisterUnavailable
from linking.model import CustomerKind
from tests.billing import Billing, CustomerRow, InvoiceRow
from tests.house import settings_for
from tests.registers_open import OpenRegister, by_sql, open_register, with_register
from tests.servers.billing_view import READER, BillingDatabase, billing_database
from tests.servers.postgresql import PostgreSQL

_UNDER_WAY = (
    "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND datname LIKE 'test_%' "
    "AND pid <> pg_backend_pid()"
)


@pytest.fixture
def database(postgresql_server: PostgreSQL) -> Iterator[BillingDatabase]:
    """A billing database whose views a test may spoil."""
    with billing_database(postgresql_server) as opened:
        yield opened


@pytest.fixture
def billing() -> Billing:
    """One customer with one invoice."""
    billing = Billing()
    billing.add(CustomerRow("100245"), InvoiceRow("100245", "1007001"))
    return billing


@pytest.fixture
async def opened(
    billing: Billing, database: BillingDatabase, tmp_path: Path
) -> AsyncIterator[OpenRegister]:
    """The views as a company's register."""
    async with open_register("sql", billing, tmp_path, database, answer_seconds=1) as register:
        yield register


@pytest.fixture
async def source(
    database: BillingDatabase, billing: Billing, tmp_path: Path
) -> AsyncIterator[SqlSource]:
    """What asks, by itself."""
    database.load(billing)
    settings = with_register(settings_for(tmp_path), by_sql(database))
    async with opened_sql_source(settings, "billing") as asking:
        yield asking


async def refused(opened: OpenRegister) -> str:
    """Why there is no answer."""
    with pytest.raises(RegisterUnavailable) as failed:
        await opened.answering.find_invoice("elnat", "100245", "1007001", asker=b"me")
    assert failed.value.__suppress_context__
    return failed.value.detail


async def test_nothing_can_be_written(source: SqlSource, database: BillingDatabase) -> None:
    """Even where a careless grant would let us."""
    database.run(f"GRANT ALL ON farstu_customers TO {READER}")
    for statement in ("DELETE FROM farstu_customers", "CREATE TEMPORARY TABLE t (x int)"):
        with pytest.raises(Exception, match="ReadOnly"):
            async with source.connection() as connection:
                await connection.execute(statement)


async def test_the_server_itself_knows_when_to_stop(source: SqlSource) -> None:
    """Should we be gone, it does not go on for nobody; nor does an open transaction of ours."""
    async with source.connection() as connection:
        assert await connection.fetchval("SHOW statement_timeout") == "3s"
        assert await connection.fetchval("SHOW idle_in_transaction_session_timeout") == "2min"


async def test_a_lookup_reads_the_index_and_gives_one_row(
    source: SqlSource, database: BillingDatabase
) -> None:
    """Whether there is such an invoice, another customer's, or no such customer."""
    database.add_invoices(500_000, 3_000)
    database.run("INSERT INTO billing.kund SELECT bolag, kund FROM billing.faktura")
    database.run("ANALYZE billing.faktura, billing.kund")
    await source.invoices("elnat", "100245", "1007001")
    assert source._statements is not None
    async with source.connection() as connection:
        for asked in (("100245", "1007001"), ("100245", "1000000"), ("999999", "1007001")):
            statement = source._statements.invoice_or_ocr
            rows = await connection.fetch(statement, "elnat", *asked)
            assert len(rows) == 1
    for statement in (source._statements.invoice_or_ocr, source._statements.customer):
        plan = database.run(f"EXPLAIN {with_values(statement)}")
        assert "Seq Scan" not in plan
        assert plan.count("Index") >= 2


def with_values(statement: str) -> str:
    """As psql takes it."""
    for place, value in (("$1", "'elnat'"), ("$2", "'100245'"), ("$3", "'1007001'")):
        statement = statement.replace(place, value)
    return statement


async def test_a_slow_view_is_given_up(opened: OpenRegister, database: BillingDatabase) -> None:
    """By the server itself, so that nothing goes on there that nobody waits for."""
    database.run(
        "ALTER VIEW farstu_invoices RENAME TO quick; CREATE VIEW farstu_invoices AS "
        "SELECT quick.* FROM quick, LATERAL (SELECT pg_sleep(30)) AS slowly"
    )
    database.let_read("farstu_invoices")
    cause = await refused(opened)
    assert cause in {"register billing: QueryCanceledError 57014", "register billing: TimeoutError"}
    for _ in range(50):
        if database.run(_UNDER_WAY) == "0":
            return
        await asyncio.sleep(0.1)
    pytest.fail("it goes on")


async def test_a_server_that_stands_still(
    opened: OpenRegister, postgresql_server: PostgreSQL
) -> None:
    """As behind a network that swallows everything: there is an end to waiting."""
    await opened.answering.standing("elnat", "100245")
    with postgresql_server.frozen():
        cause = await refused(opened)
    assert cause in {"register billing: TimeoutError", "register billing: time_out"}


async def test_a_restart_is_noticed_and_gone_over(
    opened: OpenRegister, postgresql_server: PostgreSQL
) -> None:
    """Connections that the server ended are not used again."""
    await opened.answering.standing("elnat", "100245")
    postgresql_server.terminate_connections()
    await asyncio.sleep(0.1)
    assert await opened.answering.standing("elnat", "100245") is not None


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ("DROP VIEW farstu_invoices", "UndefinedTableError 42P01"),
        ("REVOKE ALL ON farstu_invoices FROM farstu_reader", "InsufficientPrivilegeError 42501"),
        ("ALTER VIEW farstu_invoices RENAME COLUMN issued_on TO x", "UndefinedColumnError 42703"),
    ],
)
async def test_views_that_were_changed(
    opened: OpenRegister, database: BillingDatabase, change: str, cause: str
) -> None:
    """A class and a state, and nothing of what was asked."""
    database.run(change)
    assert await refused(opened) == f"register billing: {cause}"


async def test_a_column_that_comes_later_is_found(
    opened: OpenRegister, database: BillingDatabase
) -> None:
    """After a change that a statement stumbles on, the views are looked at anew."""
    assert await opened.answering.find_invoice("elnat", "100245", "1007001") is not None
    database.run(
        "DROP VIEW farstu_invoices; CREATE VIEW farstu_invoices AS SELECT bolag AS company, "
        "kund AS customer_number, nr AS invoice_number, ocr, utfardad AS issued_on, "
        "forfaller AS due_on, belopp AS amount, slag AS type FROM billing.faktura"
    )
    database.let_read("farstu_invoices")
    assert "42703" in await refused(opened)
    assert await opened.answering.find_invoice("elnat", "100245", "1007001") is not None


async def test_a_wrong_password(
    billing: Billing, database: BillingDatabase, tmp_path: Path
) -> None:
    """It is not repeated."""
    wrong = SecretStr("guessed-password")
    async with open_register("sql", billing, tmp_path, database, password=wrong) as opened:
        assert await refused(opened) == "register billing: InvalidPasswordError 28P01"


@pytest.mark.parametrize(
    "broken",
    [
        "UPDATE billing.kund SET lage = 'asleep'",
        "UPDATE billing.kund SET skyddad = NULL",
        "UPDATE billing.kund SET slag = 'cat'",
        "UPDATE billing.kund SET lage = NULL",
    ],
)
async def test_a_row_that_cannot_be_read_is_nobodys(
    opened: OpenRegister, database: BillingDatabase, broken: str
) -> None:
    """As in an import; whether somebody is protected is never guessed."""
    database.run(broken)
    assert await opened.answering.standing("elnat", "100245") is None
    assert await opened.answering.contact("elnat", "100245") is None


async def test_of_reminders_the_invoice_counts(
    opened: OpenRegister, database: BillingDatabase
) -> None:
    """However many there are, the earliest; of more than can be looked at, none is believed."""
    again = "INSERT INTO billing.faktura SELECT bolag, kund, nr, ocr, utfardad + 1, forfaller, "
    again += "belopp, 'reminder', kod FROM billing.faktura ORDER BY utfardad DESC LIMIT 1"
    for _ in range(6):
        database.run(again)
    found = await opened.answering.find_invoice("elnat", "100245", "1007001")
    assert found is not None
    assert found.issued_on == date(2026, 2, 1)
    database.run(again)
    assert await opened.answering.find_invoice("elnat", "100245", "1007001") is None


@pytest.mark.parametrize("number", ["0", "100244", "100245", "100246", "999999", "å"])
async def test_wherever_a_number_would_stand(opened: OpenRegister, number: str) -> None:
    """Before all others, between them, after them: only its own row is it."""
    standing = await opened.answering.standing("elnat", number, asker=b"me")
    assert (standing is not None) is (number == "100245")
    for evidence in ("0", "1007001", "9999999"):
        found = await opened.answering.find_invoice("elnat", number, evidence)
        assert (found is not None) is (number == "100245" and evidence == "1007001")


async def test_an_empty_view_answers_too(opened: OpenRegister, database: BillingDatabase) -> None:
    """There is nobody."""
    database.load(Billing())
    assert await opened.answering.standing("elnat", "100245", asker=b"me") is None
    assert await opened.answering.find_invoice("elnat", "100245", "1007001") is None


async def test_a_customer_in_two_rows_is_nobodys(
    opened: OpenRegister, database: BillingDatabase
) -> None:
    """Which of them holds cannot be known."""
    database.run("INSERT INTO billing.kund SELECT * FROM billing.kund")
    assert await opened.answering.standing("elnat", "100245") is None


async def test_all_of_it_can_be_read_page_by_page(
    source: SqlSource, database: BillingDatabase
) -> None:
    """By the server's cursor, of one state: what is added meanwhile does not come along."""
    database.add_invoices(500_000, 12_000)
    seen = 0
    async for page in source.all_invoices("elnat"):
        if not seen:
            database.run("INSERT INTO billing.faktura SELECT * FROM billing.faktura")
        assert len(page) <= 5_000
        seen += len(page)
    assert seen == 12_001
    customers = [each async for page in source.all_customers("elnat") for each in page]
    assert [each.number for each in customers] == ["100245"]
    assert [page async for page in source.all_customers("varme")] == []


async def test_what_doctor_looks_at(source: SqlSource, database: BillingDatabase) -> None:
    """Columns and their types, rights, companies without customers."""
    facts = await read_view_facts(source, ["elnat", "varme"])
    assert facts.customers is not None
    assert facts.customers["customer_number"] == "text"
    assert facts.invoices is not None
    assert facts.invoices["issued_on"] == "date"
    assert (facts.may_write, facts.is_superuser, facts.empty) == (0, False, ("varme",))
    database.run(f"GRANT UPDATE ON farstu_customers TO {READER}; DROP VIEW farstu_invoices")
    facts = replace(await read_view_facts(source, ["elnat"]), seconds=0)
    assert (facts.invoices, facts.may_write) == (None, 1)


_REMINDERS = (
    "INSERT INTO billing.faktura SELECT bolag, kund, nr, ocr, utfardad + 20, NULL, belopp, "
    "'reminder', kod FROM billing.faktura"
)
EVERYBODY, NOBODY = frozenset(CustomerKind), frozenset[CustomerKind]()
OTHERS = {CustomerKind.ORGANISATION}


@pytest.mark.parametrize(
    ("change", "company", "asked"),
    [
        ("SELECT 1", "elnat", EVERYBODY),
        ("UPDATE billing.faktura SET belopp = -80", "elnat", EVERYBODY),
        ("UPDATE billing.faktura SET forfaller = NULL", "elnat", OTHERS),
        ("UPDATE billing.faktura SET forfaller = '2099-12-31'", "elnat", OTHERS),
        ("UPDATE billing.faktura SET forfaller = '0999-12-31'", "elnat", OTHERS),
        ("UPDATE billing.faktura SET forfaller = NULL, slag = 'Credit'", "elnat", EVERYBODY),
        (
            "UPDATE billing.faktura SET forfaller = NULL, utfardad = '2024-12-01'",
            "elnat",
            EVERYBODY,
        ),
        (
            "UPDATE billing.faktura SET forfaller = NULL; UPDATE billing.kund SET skyddad = true",
            "elnat",
            EVERYBODY,
        ),
        (
            "UPDATE billing.faktura SET forfaller = NULL; UPDATE billing.kund SET lage = 'closed'",
            "elnat",
            EVERYBODY,
        ),
        (
            "UPDATE billing.faktura SET forfaller = NULL; UPDATE billing.kund SET slag = ''",
            "elnat",
            {CustomerKind.PRIVATE},
        ),
        (
            _REMINDERS,
            "elnat",
            EVERYBODY,
        ),
        ("UPDATE billing.faktura SET kod = '7KQ2-M9XR'", "elhandel", EVERYBODY),
        ("UPDATE billing.faktura SET kod = NULL", "elhandel", OTHERS),
        ("UPDATE billing.faktura SET kod = ' - '", "elhandel", OTHERS),
    ],
)
async def test_whether_all_bear_the_second_item_is_counted(
    opened: OpenRegister, database: BillingDatabase, change: str, company: str, asked: object
) -> None:
    """By the daily reading, over all rows that prove something; before that nothing is known."""
    assert await opened.answering.with_second(company) == NOBODY
    database.run(
        "INSERT INTO billing.kund SELECT 'elhandel', nr, slag, lage, epost, telefon, skyddad, "
        "namn, underlag_fran, lage_sedan, kontakt_sedan FROM billing.kund; "
        "INSERT INTO billing.faktura SELECT 'elhandel', kund, nr, ocr, utfardad, forfaller, "
        "belopp, slag, kod FROM billing.faktura"
    )
    database.run(change)
    await opened.read()
    assert await opened.answering.with_second(company) == asked


async def test_a_view_without_the_column_asks_for_no_code(
    opened: OpenRegister, database: BillingDatabase
) -> None:
    """Nobody could bring what the register does not have."""
    database.run(
        "DROP VIEW farstu_invoices; CREATE VIEW farstu_invoices AS SELECT 'elhandel'::text AS "
        "company, kund AS customer_number, nr AS invoice_number, ocr, utfardad AS issued_on, "
        "forfaller AS due_on, belopp AS amount, slag AS type FROM billing.faktura; "
        "UPDATE billing.kund SET bolag = 'elhandel'"
    )
    database.let_read("farstu_invoices")
    await opened.read()
    assert await opened.answering.with_second("elhandel") == OTHERS
