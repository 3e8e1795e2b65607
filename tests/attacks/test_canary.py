"""Requirements 102, 112 and 113: nothing secret or personal is ever written to a log line."""

import asyncio
import json
import logging
import re
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
import structlog

from broker.app.posting import opened_outbox
from broker.settings.outbound import OutboundSettings, SmtpSettings
from broker.settings.registers import RegisterSettings
from broker.telemetry.log import MAX_FIELD, RequestRefused, StructuredLog, UpstreamFailed
from tests.billing import Billing, CustomerRow, InvoiceRow
from tests.house import (
    SECRET,
    VERIFIER,
    TestHouse,
    authorize_url,
    open_house,
    redeem,
    settings_for,
)
from tests.registers_open import by_http, by_sql, with_register
from tests.running import Installation, ask, free_port
from tests.servers.billing_api import TOKEN, billing_api
from tests.servers.billing_view import PASSWORD as READERS
from tests.servers.billing_view import billing_database
from tests.servers.mail import mail_server
from tests.servers.postgresql import PostgreSQL
from tests.walking import (
    ask_userinfo,
    cookies_of,
    held_callback,
    sign_in,
    somebody_new,
    to_numbers,
    to_provider,
    type_numbers,
)


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """Every line that we log, as JSON."""
    written: list[str] = []

    def keep(_logger: Any, _name: str, event: dict[str, Any]) -> Any:
        written.append(json.dumps(event))
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, keep], cache_logger_on_first_use=False
    )
    yield written
    structlog.configure(**before)


async def _live_through_a_day(house: TestHouse) -> set[str]:
    """Logins, failures, replays and faults; everything that must not be in any line."""
    secrets = {SECRET, VERIFIER, "the-clients-state", "the-clients-nonce"}
    browser, person = house.browser(), somebody_new()
    await to_provider(browser)
    callback = await held_callback(browser, person)
    secrets |= set(re.findall(r"=([^&=]{12,})", callback))
    await browser.go(callback)
    secrets |= set(cookies_of(browser).values())
    await browser.go(callback)
    browser = await to_numbers(house.browser(), person)
    for invoice in ("1009999", "19121212-1212", "1009999"):
        await type_numbers(browser, "100245", invoice)
    await type_numbers(browser)
    await browser.submit(action="/flow/done")
    code = browser.query["code"]
    secrets |= {code, *cookies_of(browser).values()}
    async with house.client() as client:
        tokens = (await redeem(client, code)).json()
        await redeem(client, code)
        await client.post("/token", data={"code": code}, auth=("portal", "a-wrong-client-secret"))
        await client.get(authorize_url(redirect_uri="https://portal.example/secret-path"))
        await client.get(f"/authorize?state=the-clients-state&state=x&code={code}")
        await client.get(f"/nowhere/{code}?token={tokens['access_token']}")
    await ask_userinfo(house, tokens["access_token"])
    await ask_userinfo(house, tokens["id_token"])
    for fault in ("wrong_nonce", "no_id_token", "html", "code_rejected"):
        await house.control(provider="google", faults=[fault])
        await (await to_provider(house.browser())).submit(person=somebody_new())
    secrets |= {tokens["access_token"], tokens["id_token"], "a-wrong-client-secret", "secret-path"}
    return secrets | {"100245", "1007001", "1009999", "19121212", person, "@gmail.com"}


async def test_no_line_holds_a_canary(
    house: TestHouse, lines: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Tokens, codes, secrets, cookies, state, nonce, e-mail, customer and invoice numbers.

    Of the standard library's loggers, what is printed without being asked for.
    """
    with caplog.at_level(logging.WARNING):
        canaries = await _live_through_a_day(house)
    lines += [record.getMessage() for record in caplog.records]
    assert len(lines) > 10
    assert len(canaries) > 15
    for line in lines:
        # The names of requests and logins are random: six digits by chance, but no secret.
        told = re.sub(r'"(request|login)_id": "[^"]*"', "", line)
        found = [canary for canary in canaries if canary in told]
        assert found == [], line


async def test_no_line_about_messages_holds_a_canary(
    house: TestHouse, lines: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    """A mail server that repeats the recipient in each refusal, a fault while one is written."""
    canaries = {"k100245", "brev.example", "0701740605", "+46701740605", "100245", "no such k100"}
    async with mail_server() as server:
        smtp = SmtpSettings(host="localhost", port=server.port, security="none")
        companies = {
            name: each.model_copy(update={"email": f"kund@{name}.example"})
            for name, each in house.settings.companies.items()
        }
        outbound = OutboundSettings(email="smtp", smtp=smtp)
        settings = house.settings.model_copy(update={"outbound": outbound, "companies": companies})
        replies = (
            ("MAIL", "451 4.3.0 k100245@brev.example later"),
            ("k100245@brev.example", "450 4.2.1 k100245@brev.example is full"),
            ("DATA", "554 5.6.0 not to k100245@brev.example"),
            ("k100245@brev.example", "550 5.1.1 no such k100245@brev.example"),
        )
        with caplog.at_level(logging.DEBUG):
            async with opened_outbox(replace(house.parts, settings=settings)) as outbox:
                assert outbox is not None
                await sign_in(house.browser(), whose="helping")
                for stage, reply in replies:
                    server.replies = {stage: reply}
                    await outbox.run(house.clock.now)
                    house.clock.advance(hours=7)
                await sign_in(house.browser(), whose="helping")
                broken = replace(outbox.delivery, senders=Bursting())
                await replace(outbox, delivery=broken).run(house.clock.now)
    told = [line for line in lines if "notice_" in line or "unexpected" in line]
    assert {json.loads(line)["event"] for line in told} == {
        "notice_delayed", "notice_given_up", "unexpected",
    }  # fmt: skip
    told += [each.getMessage() for each in caplog.records if each.name.startswith("aiosmtplib")]
    assert [(canary, line) for canary in canaries for line in told if canary in line] == []


FAULTS = (
    "status 500", "status 403", "html", "not_json", "other_json", "cut_off", "hang_up", "huge",
)  # fmt: skip


# A value that PostgreSQL quotes when it cannot read it as a date.
_QUOTING = """
CREATE OR REPLACE VIEW farstu_invoices AS SELECT bolag AS company, kund AS customer_number,
  nr AS invoice_number, ocr, (kund || '-' || nr)::date AS issued_on, forfaller AS due_on,
  belopp AS amount, slag AS type, kod AS code FROM billing.faktura
"""


@asynccontextmanager
async def asking(
    template: Path, folder: Path, register: RegisterSettings
) -> AsyncIterator[TestHouse]:
    """A broker that asks `elnat`'s billing system."""
    settings = with_register(settings_for(folder), register, "elnat")
    changes = {"companies": settings.companies, "registers": settings.registers}
    async with open_house(template, folder, **changes) as house:
        yield house


async def test_no_line_about_registers_elsewhere_holds_a_canary(
    house_template: Path,
    tmp_path: Path,
    postgresql_server: PostgreSQL,
    lines: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An API that repeats a number in its faults, a database that quotes one in its errors."""
    canaries = ("100245", "1007001", "brev.example", "Ekblad", "0701740605", TOKEN, READERS)
    billing = Billing()
    billing.add(CustomerRow("100245"), InvoiceRow("100245", "1007001"))
    with caplog.at_level(logging.INFO):
        async with (
            billing_api(billing) as api,
            asking(house_template, tmp_path / "http", by_http(api)) as house,
        ):
            for api.fault in FAULTS:
                await type_numbers(await to_numbers(house.browser()))
                house.clock.advance(minutes=1)
        with billing_database(postgresql_server) as database:
            database.load(billing)
            database.run(_QUOTING)
            async with asking(house_template, tmp_path / "sql", by_sql(database)) as house:
                await type_numbers(await to_numbers(house.browser()))
                database.run("DROP VIEW farstu_invoices")
                await type_numbers(await to_numbers(house.browser()))
    refused = [json.loads(line) for line in lines if "register_unavailable" in line]
    assert len(refused) == len(FAULTS) + 2
    assert len({each["detail"] for each in refused}) >= len(FAULTS)
    lines += [record.getMessage() for record in caplog.records]
    told = [re.sub(r'"(request|login)_id": "[^"]*"', "", line) for line in lines]
    assert [(canary, line) for canary in canaries for line in told if canary in line] == []


class Bursting(dict[str, Any]):
    """Companies that cannot be looked up: the exception holds what it should not."""

    def get(self, *_: object) -> Any:
        raise RuntimeError("k100245@brev.example 100245")


async def _sign_in_as_people_do(at: Installation) -> set[str]:
    """Wrong numbers, right ones, the code twice; a broken request. All that nobody may write."""
    browser = at.browser()
    async with browser.client:
        await to_provider_of(at, browser)
        secrets = set(browser.query.values())
        await browser.submit(person="load-7")
        await browser.submit(action="/flow/new", answer="first")
        await browser.submit(action="/flow/whose", whose="mine")
        for invoice in ("1009999", "1007001"):
            await type_numbers(browser, "100245", invoice)
        await browser.submit(action="/flow/done")
        secrets |= set(cookies_of(browser).values())
    code = browser.query["code"]
    async with httpx2.AsyncClient(base_url=at.issuer, timeout=20) as client:
        tokens = (await redeem(client, code)).json()
        await redeem(client, code)
        await client.get(f"/nowhere/{code}?token={tokens['access_token']}")
        await client.get(f"/authorize?state=the-clients-state&state=x&code={code}")
    secrets |= {code, tokens["access_token"], tokens["id_token"], SECRET, VERIFIER}
    numbers = {"100245", "1007001", "1009999", "load-7", "@gmail.com", "the-clients-state"}
    return {each for each in secrets | numbers if len(each) > 5}


async def to_provider_of(at: Installation, browser: Any) -> None:
    """From nothing to the provider's own page."""
    await browser.go(at.authorize_url())
    await browser.submit("google")


@pytest.mark.processes
async def test_nothing_that_a_running_broker_tells_holds_a_canary(
    installation: Installation,
) -> None:
    """Two workers as processes: standard output, standard error and `/metrics`."""
    port = free_port()
    telemetry = installation.settings.telemetry.model_copy(update={"metrics_port": port})
    installation.settings = installation.settings.model_copy(update={"telemetry": telemetry})
    installation.write()
    with installation.upstream(), installation.serving("--workers", "2") as broker:
        await asyncio.to_thread(broker.wait_for, "worker_started", 2)
        canaries = await _sign_in_as_people_do(installation)
        metrics = await asyncio.to_thread(lambda: ask(port, "/metrics").text)
        broker.tell(signal.SIGTERM)
        assert await asyncio.to_thread(broker.end) == 0
    assert len(canaries) > 12
    assert "farstu_logins_completed_total" in metrics
    assert {"login_completed", "code_redeemed", "request_refused"} <= {
        each["event"] for each in broker.events
    }
    told = re.sub(r'"(request_id|login_id|timestamp|pid)": [^,}]*', "", "".join(broker.written))
    # Durations and process ids are figures that could hold six in a row by chance.
    told += re.sub(r"(?m) [0-9.e+]+$", "", metrics)
    assert [canary for canary in canaries if canary in told] == []


async def test_an_unexpected_fault_tells_where_and_not_what(
    house: TestHouse, lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception whose message holds a secret: a reference outside, file and line inside."""

    async def burst(*_: object, **__: object) -> None:
        raise RuntimeError("the customer number is 100245 and the code is s3cr3t")

    monkeypatch.setattr(type(house.parts.storage.transient), "take", burst)
    async with house.client() as client:
        broken = await redeem(client, "a-code")
    assert broken.status_code == 500
    assert broken.json()["error"] == "server_error"
    assert "100245" not in broken.text
    [line] = [line for line in lines if "unexpected" in line]
    assert "RuntimeError" in line
    assert "100245" not in line
    assert "s3cr3t" not in line


@pytest.mark.parametrize("character", ["\n", "\r", "\x00", "\x1b", "\x7f", "\x85", "\u2028"])
def test_a_field_cannot_begin_a_line(character: str) -> None:
    """Control characters are taken out of every field (113)."""
    written: list[dict[str, Any]] = []

    class Lines:
        def info(self, event: str, **fields: str) -> None:
            written.append({"event": event, **fields})

        warning = error = info

    log = StructuredLog(Lines())
    log.write(RequestRefused(path=f"/x{character}forged", code="y"))
    log.write(UpstreamFailed(provider="google", code=f"a{character}b", check="c" * 5000))
    assert all(character not in str(line) for line in written)
    assert all(len(str(value)) <= MAX_FIELD for line in written for value in line.values())
