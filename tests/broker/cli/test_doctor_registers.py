"""`farstu doctor` on registers elsewhere: each fault is told, in words to act on."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from broker.cli.examining.table import examine
from broker.settings.registers import RegisterSettings
from broker.storage import migrate_storage
from broker.storage.register_ports import Reading
from broker.upkeep.finding import Finding, Outcome
from broker.wiring.storage import storage_urls
from tests.billing import COMPANIES, Billing, CustomerRow
from tests.house import settings_for
from tests.moment import Moment
from tests.registers_open import by_http, by_sql, opened_storage, with_register
from tests.servers.billing_api import BillingApi, billing_api
from tests.servers.billing_view import BillingDatabase, billing_database
from tests.servers.postgresql import PostgreSQL


@pytest.fixture
def billing() -> Billing:
    """A customer of each company."""
    billing = Billing()
    billing.add(*(CustomerRow("100245", company=each) for each in COMPANIES))
    return billing


@pytest.fixture
def database(postgresql_server: PostgreSQL, billing: Billing) -> Iterator[BillingDatabase]:
    """Views that a test may spoil."""
    with billing_database(postgresql_server) as opened:
        opened.load(billing)
        yield opened


_GRANT_TOO_MUCH = (
    "GRANT USAGE ON SCHEMA billing TO farstu_reader; "
    "GRANT DELETE ON ALL TABLES IN SCHEMA billing TO farstu_reader"
)


async def look(folder: Path, register: RegisterSettings, **how: Any) -> list[Finding]:
    """What is said about registers by an installation whose companies have this one."""
    settings = with_register(settings_for(folder), register)
    if not (folder / "farstu.db").exists():
        await migrate_storage(*storage_urls(settings))
    found = await examine(settings.model_copy(update={"providers": {}}), offline=False, **how)
    return [each for each in found if each.name.startswith("register ") and " of " not in each.name]


def told(findings: list[Finding]) -> list[tuple[Outcome, str]]:
    """How it is, and in which words; whatever is not well has a remedy."""
    assert all(each.remedy or each.outcome is Outcome.OK for each in findings)
    return [(each.outcome, each.what) for each in findings]


async def test_views_that_are_as_they_should_be(tmp_path: Path, database: BillingDatabase) -> None:
    """In one line."""
    [(outcome, what)] = told(await look(tmp_path, by_sql(database)))
    assert (outcome, what) == (
        Outcome.OK, "answers; its views are whole, and our user can only read",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("spoil", "outcome", "words"),
    [
        ("DROP VIEW farstu_invoices", Outcome.ERROR, "there is no view farstu_invoices"),
        (
            "REVOKE ALL ON farstu_customers FROM farstu_reader",
            Outcome.ERROR,
            "there is no view farstu_customers that our user may read",
        ),
        (
            "ALTER VIEW farstu_customers RENAME COLUMN protected TO secret",
            Outcome.ERROR,
            "the view farstu_customers lacks protected",
        ),
        (
            "ALTER VIEW farstu_customers RENAME COLUMN contact_since TO other",
            Outcome.WARNING,
            "does not say since when a contact is what it is",
        ),
        (
            "GRANT UPDATE ON farstu_customers TO farstu_reader",
            Outcome.ERROR,
            "could change 1 table or view",
        ),
        (
            _GRANT_TOO_MUCH,
            Outcome.ERROR,
            "could change 2 tables or views",
        ),
        (
            "DELETE FROM billing.kund WHERE bolag = 'varme'",
            Outcome.WARNING,
            "the view farstu_customers has no customer of varme",
        ),
    ],
)
async def test_views_that_are_not(
    spoil: str, outcome: Outcome, words: str, tmp_path: Path, database: BillingDatabase
) -> None:
    """Each is told by itself."""
    database.run(spoil)
    [(found, what)] = told(await look(tmp_path, by_sql(database)))
    assert found is outcome
    assert words in what


async def test_numbers_that_are_no_text(tmp_path: Path, database: BillingDatabase) -> None:
    """Nothing would be found by them."""
    database.run(
        "DROP VIEW farstu_customers; "
        "ALTER TABLE billing.kund ALTER nr TYPE bigint USING nr::bigint; "
        "CREATE VIEW farstu_customers AS SELECT bolag AS company, nr AS customer_number, "
        "slag AS kind, lage AS status, epost AS email, telefon AS phone, skyddad AS protected, "
        "kontakt_sedan AS contact_since FROM billing.kund"
    )
    database.let_read("farstu_customers")
    [(outcome, what)] = told(await look(tmp_path, by_sql(database)))
    assert outcome is Outcome.ERROR
    assert "customer_number must be text" in what


async def test_a_superuser(tmp_path: Path, database: BillingDatabase) -> None:
    """Whoever gets hold of our configuration would own the billing system."""
    database.server.run("ALTER ROLE farstu_reader SUPERUSER")
    try:
        [(outcome, what)] = told(await look(tmp_path, by_sql(database)))
    finally:
        database.server.run("ALTER ROLE farstu_reader NOSUPERUSER")
    assert (outcome, what) == (Outcome.ERROR, "our user there is a superuser")


async def test_a_database_that_does_not_answer(tmp_path: Path, database: BillingDatabase) -> None:
    """Nobody listens there; offline, nobody asks."""
    nowhere = {"database": "postgresql://farstu@127.0.0.1:1/billing"}
    gone = by_sql(database).model_copy(update=nowhere)
    [(outcome, what)] = told(await look(tmp_path, gone))
    assert outcome is Outcome.ERROR
    assert what.startswith("does not answer: ")


Spoil = Callable[[BillingApi], None]


@asynccontextmanager
async def spoilt(billing: Billing, fault: str) -> AsyncIterator[BillingApi]:
    """An API with a fault."""
    async with billing_api(billing) as api:
        api.fault = fault
        yield api


@pytest.mark.parametrize(
    ("fault", "outcome", "words"),
    [
        ("", Outcome.OK, "answers as it is described"),
        ("status 403", Outcome.ERROR, "does not answer: status 403"),
        ("html", Outcome.ERROR, "does not answer: not_json"),
        ("other_json", Outcome.ERROR, "does not answer: not_as_documented"),
    ],
)
async def test_an_api(
    fault: str, outcome: Outcome, words: str, tmp_path: Path, billing: Billing
) -> None:
    """Each question is asked, about a customer whom nobody is."""
    async with spoilt(billing, fault) as api:
        assert told(await look(tmp_path, by_http(api))) == [(outcome, words)]
        if not fault:
            assert {path for path, _ in api.asked} == {"/v1/customers", "/v1/invoices", "/v1/size"}


async def test_an_api_that_does_not_count(tmp_path: Path, billing: Billing) -> None:
    """A warning, unless the number is configured."""
    async with billing_api(billing, has_size=False) as api:
        [(outcome, what)] = told(await look(tmp_path, by_http(api)))
        assert outcome is Outcome.WARNING
        assert "how many customers" in what
        [(outcome, _)] = told(await look(tmp_path, by_http(api, customers=4_000)))
        assert outcome is Outcome.OK


@pytest.mark.parametrize(
    ("age", "outcome"),
    [(None, Outcome.WARNING), (0, Outcome.OK), (3, Outcome.WARNING), (8, Outcome.ERROR)],
)
async def test_how_old_the_reading_is(
    age: int | None, outcome: Outcome, tmp_path: Path, billing: Billing
) -> None:
    """That everybody who is linked is judged by; no import is asked for."""
    clock = Moment()
    async with billing_api(billing) as api:
        settings = with_register(settings_for(tmp_path), by_http(api), "elnat")
        await migrate_storage(*storage_urls(settings))
        if age is not None:
            async with opened_storage(settings, clock, settings.storage.database) as storage:
                at = clock() - timedelta(days=age)
                await storage.copies.note_reading("elnat", Reading(at, 100))
        found = await examine(settings, offline=True, now=clock)
    by_name = {each.name: each.outcome for each in found}
    assert by_name["register of elnat"] is outcome
    assert by_name["register of varme"] is Outcome.ERROR
