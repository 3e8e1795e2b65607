"""The demo's configuration and its customers."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from broker.dev import demo_secrets
from broker.dev.cast import CAST, papers_of
from broker.dev.companies import COMPANIES
from broker.dev.records import DemoRecords
from broker.dev.settings import Addresses, demo_settings
from broker.settings.check import check
from broker.settings.demo_digests import DEMO_DIGESTS, digest
from providers.emulated.consoles import DEMO_SECRETS

TODAY = date(2026, 3, 1)
RECORDS = DemoRecords(lambda: TODAY)


def test_the_demo_is_configured_as_it_should_be(tmp_path: Path) -> None:
    """Every rule of a real installation holds, but that its secrets are known."""
    assert check(demo_settings(8000, tmp_path), refused=frozenset()) == []


def test_a_real_installation_refuses_every_secret_of_the_demo(tmp_path: Path) -> None:
    """Start-up names each of them, so none can be carried over."""
    settings = demo_settings(8000, tmp_path)
    problems = [one for one in check(settings) if one.reason == "This is the demo's secret."]
    assert len(problems) == len(demo_secrets.ALL) + len(settings.providers)


def test_the_list_of_refused_secrets_is_the_demos() -> None:
    """Neither has one that the other lacks."""
    assert {digest(each) for each in (*demo_secrets.ALL, *DEMO_SECRETS)} == DEMO_DIGESTS


def test_all_three_servers_move_with_the_port() -> None:
    """`PORT=9000 make demo` moves them together."""
    at = Addresses(9000)
    assert (at.broker, at.upstreams) == ("http://localhost:9000", "http://localhost:9001")
    assert at.api("elnat") == "http://localhost:9002/api/elnat"


@pytest.mark.parametrize("customer", CAST, ids=lambda one: f"{one.company.id}-{one.number}")
def test_every_customer_has_numbers_of_the_companys_form(customer) -> None:  # noqa: ANN001
    """As long as the examples on the page, which belong to nobody."""
    company = customer.company
    papers = papers_of(customer, TODAY)
    assert len(customer.number) == len(company.customer_example)
    assert {len(str(one.number)) for one in papers} == {len(company.invoice_example)}
    assert company.customer_example not in {each.number for each in CAST}


def test_no_number_is_handed_out_twice() -> None:
    """Customer and invoice numbers are each unique within a company."""
    for company in COMPANIES.values():
        ours = [each for each in CAST if each.company is company]
        invoices = [paper.number for each in ours for paper in papers_of(each, TODAY)]
        assert len({each.number for each in ours}) == len(ours)
        assert len(set(invoices)) == len(invoices)


def test_the_latest_invoice_is_past_and_recent_on_any_day() -> None:
    """The numbers that are shown to type prove something whenever the demo is started."""
    for day in (TODAY, date(2028, 2, 29), date(2027, 12, 31)):
        newest = papers_of(CAST[0], day)[0]
        assert newest.number == CAST[0].latest
        assert timedelta(days=1) < day - newest.issued_on < timedelta(days=31)


def test_invoices_are_the_same_at_every_start() -> None:
    """Ids may stand in letters, and amounts are what was printed."""
    first, again = (RECORDS.invoices("elnat", "100423") for _ in range(2))
    assert first == again
    assert len({one.id for one in first}) == len(first)
    assert not any("100423" in one.id or one.number in one.id for one in first)


def test_consumption_ends_yesterday() -> None:
    """Meters are read at night."""
    uses = RECORDS.consumption("elnat", "100423")
    assert max(use.day for use in uses) == TODAY - timedelta(days=1)
    assert {use.place for use in uses} == {"Hemma", "Sommarstugan"}


def test_of_strangers_there_is_nothing() -> None:
    """A number that nobody has, or that another company gave."""
    assert RECORDS.invoices("elnat", "999999") == []
    assert RECORDS.consumption("elhandel", "100423") == []
