"""The API: what it is asked, and that nothing that goes wrong there does us any harm."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from pydantic import SecretStr

from broker.registers.distant.source import SourceFailed
from broker.settings.registers import RegisterSettings
from broker.wiring.registers import opened_source
from linking.errors import RegisterUnavailable
from linking.model import CustomerKind
from tests.billing import Billing, CustomerRow, InvoiceRow
from tests.house import settings_for
from tests.moment import Moment
from tests.registers_open import OpenRegister, by_http, open_register, with_register
from tests.servers.billing_api import BillingApi, billing_api


@pytest.fixture
def billing() -> Billing:
    """One customer with one invoice, and a hundred besides."""
    billing = Billing()
    billing.add(CustomerRow("100245"), InvoiceRow("100245", "1007001"))
    billing.add(*(CustomerRow(str(number)) for number in range(200_000, 200_100)))
    return billing


@pytest.fixture
async def opened(billing: Billing, tmp_path: Path) -> AsyncIterator[OpenRegister]:
    """The API as a company's register."""
    async with open_register("http", billing, tmp_path, None, answer_seconds=1) as register:
        yield register


def api_of(opened: OpenRegister) -> BillingApi:
    """Where a test orders faults."""
    assert opened.api is not None
    return opened.api


async def test_numbers_travel_in_bodies_alone(opened: OpenRegister) -> None:
    """An address is logged by everything on the way."""
    await opened.answering.find_invoice("elnat", "100245", "1007001")
    await opened.answering.find_invoice("varme", "300245", "3007001")
    await opened.answering.standing("elnat", "100245")
    assert api_of(opened).asked == [
        (
            "/v1/invoices",
            {
                "company": "elnat", "customer_number": "100245", "number": "1007001",
                "match": ["invoice_number"],
            },
        ),
        (
            "/v1/invoices",
            {
                "company": "varme", "customer_number": "300245", "number": "3007001",
                "match": ["invoice_number", "ocr"],
            },
        ),
        ("/v1/customers", {"company": "elnat", "customer_numbers": ["100245"]}),
    ]  # fmt: skip


async def test_connections_are_used_again(opened: OpenRegister) -> None:
    """One handshake for many questions."""
    for _ in range(10):
        await opened.answering.find_invoice("elnat", "100245", "1007001")
    assert api_of(opened).connections == 1


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("slow", "ReadTimeout"),
        ("status 500", "status 500"),
        ("status 503", "status 503"),
        ("status 401", "status 401"),
        ("status 429", "status 429"),
        ("status 204", "status 204"),
        ("status 404", "status 404"),
        ("html", "not_json"),
        ("huge", "body_too_large"),
        ("cut_off", "RemoteProtocolError"),
        ("hang_up", "RemoteProtocolError"),
        ("not_json", "not_as_documented"),
        ("other_json", "not_as_documented"),
        ("compressed", "compressed"),
        ("redirect", "status 307"),
    ],
)
async def test_a_fault_is_told_and_quotes_nothing(
    opened: OpenRegister, fault: str, cause: str
) -> None:
    """Every question is refused alike, and works again once the API does."""
    api_of(opened).fault = fault
    ask = opened.answering
    for question in (
        ask.find_invoice("elnat", "100245", "1007001", asker=b"a"),
        ask.standing("elnat", "100245", asker=b"b"),
        ask.contact("elnat", "100245", asker=b"c"),
    ):
        with pytest.raises(RegisterUnavailable) as failed:
            await question
        assert failed.value.detail == f"register billing: {cause}"
        assert failed.value.__cause__ is None
        assert failed.value.__suppress_context__
    api_of(opened).fault = ""
    assert await ask.find_invoice("elnat", "100245", "1007001") is not None


async def test_an_api_that_is_gone(billing: Billing, tmp_path: Path) -> None:
    """Nobody listens there."""
    async with open_register("http", billing, tmp_path, None, url="http://127.0.0.1:1/v1") as gone:
        with pytest.raises(RegisterUnavailable) as failed:
            await gone.answering.standing("elnat", "100245")
        assert failed.value.detail.startswith("register billing: ConnectError")


async def test_after_some_outages_it_is_left_alone_for_a_while(opened: OpenRegister) -> None:
    """It gets no question for half a minute, and then one."""
    api = api_of(opened)
    api.fault = "status 503"
    for _ in range(12):
        with pytest.raises(RegisterUnavailable):
            await opened.answering.standing("elnat", "100245")
    assert len(api.asked) == 5
    api.fault = ""
    opened.clock.advance(seconds=31)
    assert await opened.answering.standing("elnat", "100245") is not None


async def test_a_number_that_it_fails_on_shuts_nobody_out(opened: OpenRegister) -> None:
    """One account asks it for five minutes; thirty others are answered all the same."""
    api_of(opened).chokes_on = "100999"
    ask = opened.answering
    for n in range(30):
        for _ in range(5):
            with pytest.raises(RegisterUnavailable):
                await ask.find_invoice("elnat", "100999", "1007001", asker=b"attacker")
        rightful = await ask.find_invoice("elnat", "100245", "1007001", asker=b"%d" % n)
        assert rightful is not None
        opened.clock.advance(seconds=10)
    asked = [question for _, question in api_of(opened).asked]
    assert [each["customer_number"] for each in asked].count("100999") <= 6


async def test_many_accounts_do_not_keep_the_day_from_being_read(opened: OpenRegister) -> None:
    """The daily reading goes its own way: a protection is heard of however many fail."""
    api_of(opened).chokes_on = "100999"
    for n in range(10):
        with pytest.raises(RegisterUnavailable):
            await opened.answering.standing("elnat", "100999", asker=b"%d" % n)
    gate = opened.answering.elsewhere["elnat"].gate
    with gate.outages.asking():  # the one question that goes out while it is closed
        with pytest.raises(RegisterUnavailable):
            await opened.answering.standing("elnat", "100245", asker=b"me")
        assert await opened.read()


async def test_customers_whom_nobody_asked_for_are_not_heard_of(
    opened: OpenRegister, billing: Billing
) -> None:
    """An answer is about the question; a customer in two rows is not believed in either."""
    source = opened.registers.readings["billing"].source
    billing.customers["elnat", "100246"] = CustomerRow("100245", status="closed")
    found = await source.customers("elnat", ["100245", "100246"])
    assert found == {}
    del billing.customers["elnat", "100246"]
    assert list(await source.customers("elnat", ["100245"])) == ["100245"]


async def test_invoices_that_have_not_the_number_prove_nothing(opened: OpenRegister) -> None:
    """An API that answers with more than was asked for opens no door."""
    opened.billing.add(InvoiceRow("100245", "1007002", ocr="999"))
    api_of(opened).fault = "all"
    find = opened.answering.find_invoice
    assert await find("elnat", "100245", "1007001") is not None
    assert await find("elnat", "100245", "1007009") is None
    assert await find("elnat", "100245", "999") is None
    assert await find("varme", "300245", "999") is not None


@pytest.mark.parametrize(
    "broken",
    [{"status": "asleep"}, {"kind": "cat"}, {"evidence_from": "soon"}, {"contact_since": "x"}],
)
async def test_a_row_that_cannot_be_read_is_nobodys(
    opened: OpenRegister, billing: Billing, broken: dict[str, str]
) -> None:
    """As in an import; a doubtful value decides nothing."""
    billing.change("100245", **broken)
    assert await opened.answering.standing("elnat", "100245") is None


async def test_a_crowd_does_not_keep_others_waiting(billing: Billing, tmp_path: Path) -> None:
    """One identity's forty questions have two of the four places; another's is answered."""
    async with open_register("http", billing, tmp_path, None, answer_seconds=30) as opened:
        api, ask = api_of(opened), opened.answering
        api.fault = "slow"
        crowd = [
            asyncio.create_task(ask.find_invoice("elnat", "100245", "1007001", asker=b"crowd"))
            for _ in range(40)
        ]
        while len(api.asked) < 2:
            await asyncio.sleep(0.01)
        api.fault = ""
        await ask.find_invoice("elnat", "100245", "1007001", asker=b"somebody")
        assert len(api.asked) == 3
        assert not any(each.done() for each in crowd)
        for each in crowd:
            each.cancel()
        await asyncio.gather(*crowd, return_exceptions=True)


class Tls:
    """An authority, the API's certificate, ours, and one of another authority."""

    def __init__(self, folder: Path) -> None:
        self.authority = trustme.CA()
        self.folder = folder
        self.ca_file = folder / "ca.pem"
        self.authority.cert_pem.write_to_path(self.ca_file)

    def server(self, *, ends: Any = None, mutual: bool = False) -> ssl.SSLContext:
        """What the API shows, and asks of us."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        leaf = self.authority.issue_cert("localhost", not_after=ends)
        leaf.configure_cert(context)
        if mutual:
            context.verify_mode = ssl.CERT_REQUIRED
            self.authority.configure_trust(context)
        return context

    def client(self, authority: trustme.CA | None = None) -> dict[str, Path]:
        """Our certificate as the configuration names it."""
        leaf = (authority or self.authority).issue_cert("farstu.example")
        certificate, key = self.folder / "client.pem", self.folder / "client.key"
        leaf.cert_chain_pems[0].write_to_path(certificate)
        leaf.private_key_pem.write_to_path(key)
        return {"client_certificate": certificate, "client_key": key}


@pytest.fixture
def tls(tmp_path: Path) -> Tls:
    """Certificates of this test."""
    return Tls(tmp_path)


async def ask_over(api: BillingApi, described: RegisterSettings, folder: Path) -> Any:
    """A question as the wiring would have it asked."""
    settings = with_register(settings_for(folder), described)
    async with opened_source(settings, "billing") as source:
        return await source.customers("elnat", ["100245"])


def over_tls(api: BillingApi, tls: Tls, **changes: Any) -> RegisterSettings:
    """As configured."""
    url = f"https://localhost:{api.port}/v1"
    return by_http(api, url=url, ca_file=tls.ca_file, **changes)


async def test_tls_with_an_authority_of_the_companys_own(
    billing: Billing, tls: Tls, tmp_path: Path
) -> None:
    """Named in the configuration; without it nobody is asked anything."""
    async with billing_api(billing, tls=tls.server()) as api:
        assert "100245" in await ask_over(api, over_tls(api, tls), tmp_path)
        stranger = over_tls(api, tls).model_copy(update={"ca_file": None})
        with pytest.raises(SourceFailed, match="ConnectError"):
            await ask_over(api, stranger, tmp_path)
        assert len(api.asked) == 1


async def test_a_certificate_that_has_ended_is_refused(
    billing: Billing, tls: Tls, tmp_path: Path
) -> None:
    """Whoever shows it may have found it."""
    ended = tls.server(ends=Moment()() - timedelta(days=1))
    async with billing_api(billing, tls=ended) as api:
        with pytest.raises(SourceFailed, match="expired"):
            await ask_over(api, over_tls(api, tls), tmp_path)
        assert api.asked == []


async def test_mutual_tls(billing: Billing, tls: Tls, tmp_path: Path) -> None:
    """Our certificate in place of a token; none, or a stranger's, gets no answer."""
    async with billing_api(billing, tls=tls.server(mutual=True), token="") as api:
        ours = over_tls(api, tls, token=None, **tls.client())
        assert "100245" in await ask_over(api, ours, tmp_path)
        bare = over_tls(api, tls)
        with pytest.raises(SourceFailed):
            await ask_over(api, bare, tmp_path)
        strangers = over_tls(api, tls, token=None, **tls.client(trustme.CA()))
        with pytest.raises(SourceFailed):
            await ask_over(api, strangers, tmp_path)
        assert len(api.asked) == 1


async def test_a_wrong_token_is_refused(billing: Billing, tmp_path: Path) -> None:
    """As 401, and nothing more is said."""
    async with billing_api(billing) as api:
        wrong = by_http(api, token=SecretStr("another-token-of-thirty-two-letters"))
        with pytest.raises(SourceFailed) as failed:
            await ask_over(api, wrong, tmp_path)
    assert str(failed.value) == "status 401"


async def test_the_size_is_the_apis_or_the_configured_one(billing: Billing, tmp_path: Path) -> None:
    """404 says that there is no such question."""
    async with open_register("http", billing, tmp_path, None, customers=4_000) as opened:
        assert await opened.answering.size() == 0
        await opened.read()
        assert await opened.answering.size() == 101
        api_of(opened).has_size = False
        await opened.read()
        assert await opened.answering.size() == 12_000


async def test_whether_all_bear_the_second_item_is_what_the_api_says(
    billing: Billing, tmp_path: Path
) -> None:
    """As of the daily reading: nothing that is not said, of another item, or not of all."""
    item = {"item": "amount_and_due_date", "private": 0, "organisation": 1}
    everything = frozenset(CustomerKind)
    async with open_register("http", billing, tmp_path, None) as opened:
        assert await opened.answering.with_second("elnat") == frozenset()
        for said, asked in (
            ({}, frozenset()),
            ({"without_second_item": None}, frozenset()),
            ({"without_second_item": item | {"item": "printed_code"}}, frozenset()),
            ({"without_second_item": item}, {CustomerKind.PRIVATE}),
            ({"without_second_item": item | {"organisation": 0}}, everything),
        ):
            api_of(opened).counted = said
            await opened.read()
            assert await opened.answering.with_second("elnat") == asked
        api_of(opened).has_size = False
        await opened.read()
        assert await opened.answering.with_second("elnat") == frozenset()
