"""Somebody helps my old mother with her invoice; she gets to know of it by e-mail."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from broker.app.posting import opened_outbox
from broker.app.serving import opened
from broker.chores.outbox import Outbox
from broker.registers.importing import Imported, Mode
from broker.registers.lines import Source
from broker.registers.renumbering_outcomes import Renumbered
from broker.settings.outbound import OutboundSettings, SmtpSettings
from broker.storage.ports import OutboxMessage
from broker.wiring.register import renumbering
from tests.certificates import Certificates
from tests.house import TestHouse, open_house, register_csv, settings_for
from tests.registering import import_register
from tests.servers.mail import MailServer, mail_server
from tests.stories.telling import let_pass
from tests.walking import sign_in

HER_ADDRESS = "k100245@brev.example"


def with_mail(port: int, authority: Path) -> dict[str, object]:
    """The settings of an installation whose companies write e-mail."""
    smtp = SmtpSettings(host="localhost", port=port, ca_file=authority, timeout_seconds=5)
    companies = {
        name: each.model_copy(update={"email": f"kund@{name}.example"})
        for name, each in settings_for(Path()).companies.items()
    }
    return {"outbound": OutboundSettings(email="smtp", smtp=smtp), "companies": companies}


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[MailServer]:
    """The utility's own mail server, with a certificate of its own authority."""
    certificates = Certificates(["localhost"], foreign=[])
    (tmp_path / "authority.pem").write_bytes(certificates.authority_pem)
    async with mail_server(starttls=certificates.of("localhost")) as running:
        yield running


@pytest.fixture
async def house(
    server: MailServer, house_template: Path, tmp_path: Path
) -> AsyncIterator[TestHouse]:
    """A broker that knows it."""
    changes = with_mail(server.port, tmp_path / "authority.pem")
    async with open_house(house_template, tmp_path / "broker", **changes) as opened_house:
        yield opened_house


@pytest.fixture
async def outbox(house: TestHouse) -> AsyncIterator[Outbox]:
    """What the broker does every few seconds."""
    async with opened_outbox(house.parts) as chore:
        assert chore is not None
        yield chore


async def left(house: TestHouse) -> list[OutboxMessage]:
    """What waits, due or not."""
    let_pass(house, days=30)
    due = await house.parts.storage.outbox.due(now=house.clock.now, limit=10)
    let_pass(house, days=-30)
    return list(due)


async def test_she_reads_who_to_call_and_nothing_is_left_here(
    house: TestHouse, outbox: Outbox, server: MailServer
) -> None:
    """At the address that the company has, from the company; then the content is erased."""
    await sign_in(house.browser(), "eva", whose="helping")

    assert await outbox.run(house.clock.now) == 1

    [message] = server.messages
    assert server.recipients == [HER_ADDRESS]
    assert server.in_tls == [True]
    assert message["From"] == "Elnat <kund@elnat.example>"
    said = message.get_content()
    assert "Någon som har visat ditt kundnummer" in said
    assert f"{house.clock.now.year + 1}" in said
    assert "08-465 004 00" in said
    for private in ("100245", "1007001", "eva", "@"):
        assert private not in said
    assert await left(house) == []
    assert await outbox.run(house.clock.now) == 0
    [noted] = [
        each.event
        async for each in house.parts.storage.audit.read()
        if each.event.kind == "notice_sent"
    ]
    assert noted.facts["channel"] == "smtp"


async def test_her_helper_does_not_wait_for_the_mail_server(
    house: TestHouse, outbox: Outbox, server: MailServer
) -> None:
    """It refuses everything that day: the login is as always, and she is told the day after."""
    server.replies["MAIL"] = "451 4.3.0 come again tomorrow"
    assert "code" in await sign_in(house.browser(), whose="helping")
    await outbox.run(house.clock.now)
    assert len(await left(house)) == 1

    server.replies.clear()
    let_pass(house, days=1)
    await outbox.run(house.clock.now)

    assert server.recipients == [HER_ADDRESS]


async def test_since_then_she_lives_at_a_secret_address(
    house: TestHouse, outbox: Outbox, server: MailServer
) -> None:
    """The next import says so before the message has left: nobody writes to her."""
    await sign_in(house.browser(), whose="helping")
    customers, invoices = register_csv(house.clock)
    lines = customers.replace(f"{HER_ADDRESS};0701740605;0", f"{HER_ADDRESS};0701740605;1")
    assert lines != customers
    imported = await import_register(house.parts, lines, invoices, mode=Mode(force=True))
    assert isinstance(imported, Imported)

    await outbox.run(house.clock.now)

    assert server.messages == []
    assert await left(house) == []


async def test_since_then_her_number_is_another(
    house: TestHouse, outbox: Outbox, server: MailServer
) -> None:
    """A new billing system, and her old number is somebody protected's: she is told."""
    await sign_in(house.browser(), whose="helping")
    text = b"company;old_number;new_number\nelnat;100245;700245\nelnat;100301;100245\n"
    outcome = await renumbering(house.settings, house.parts.storage, clock=house.clock).run(
        Source("map.csv", io.BytesIO(text), len(text)),
        dry_run=False,
        on_finding=lambda _: None,
        on_progress=lambda *_: None,
    )
    assert isinstance(outcome, Renumbered)

    await outbox.run(house.clock.now)

    assert server.recipients == [HER_ADDRESS]


async def test_the_broker_does_it_by_itself(
    house_template: Path, tmp_path: Path, house: TestHouse, server: MailServer
) -> None:
    """Whoever starts a broker on this storage starts the delivery with it."""
    await sign_in(house.browser(), whose="helping")

    async with opened(house.settings, clock=house.clock):
        for _ in range(200):
            if server.messages:
                break
            await asyncio.sleep(0.02)

    assert server.recipients == [HER_ADDRESS]


async def test_where_nothing_is_configured_messages_wait(
    house_template: Path, tmp_path: Path
) -> None:
    """Nothing is lost, and no login is different."""
    nothing = {"outbound": OutboundSettings()}
    async with open_house(house_template, tmp_path / "other", **nothing) as house:
        await sign_in(house.browser(), whose="helping")
        async with opened_outbox(house.parts) as chore:
            assert chore is None
        assert len(await left(house)) == 1
