"""E-mail by a real mail server: with TLS or not at all, and what each of its answers means."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from broker.notices.channels.smtp import MailServer as Settings
from broker.notices.channels.smtp import SmtpChannel
from broker.notices.outcomes import Later, Refused, Sent
from tests.broker.notices.samples import HER_PHONE, envelope
from tests.certificates import Certificates
from tests.servers.mail import MailServer, mail_server
from tests.servers.ports import free_port

CERTIFICATES = Certificates(["localhost", "foreign.example"], foreign=["foreign.example"])
SHORT = 0.5


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    """One that wants STARTTLS."""
    async with mail_server(starttls=CERTIFICATES.of("localhost")) as running:
        yield running


def channel(server: MailServer, **changes: Any) -> SmtpChannel:
    """The way to it."""
    settings = Settings(
        "localhost", server.port, "starttls", CERTIFICATES.trust(), "login.example.se", 10.0
    )
    return SmtpChannel(replace(settings, **changes))


async def test_it_arrives_whole_and_in_tls(server: MailServer) -> None:
    """From the company, to the customer, answers to customer service; no machine's name."""
    assert await channel(server).send(envelope()) == Sent()
    [message] = server.messages
    assert message["From"] == "Provberga Elnät <svara-inte@elnat.example>"
    assert message["Reply-To"] == "Provberga Elnät <kundservice@elnat.example>"
    assert message["To"] == "astrid@brev.example"
    assert message["Subject"] == "Någon kan nu se dina uppgifter hos Provberga Elnät"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == "<n_4hJ2kWq7Zr0aTn5s@elnat.example>"
    assert message.get_content_type() == "text/plain"
    assert "till och med 23 november 2027" in message.get_content()
    assert server.recipients == ["astrid@brev.example"]
    assert server.in_tls == [True]
    assert set(server.greeted_as) == {"login.example.se"}


async def test_tls_from_the_first_byte() -> None:
    """As on port 465."""
    async with mail_server(tls=CERTIFICATES.of("localhost")) as server:
        assert await channel(server, security="tls").send(envelope()) == Sent()
        assert len(server.messages) == 1


async def test_without_tls_nothing_is_sent() -> None:
    """A server (or whoever stands in front of it) that does not offer STARTTLS gets nothing."""
    async with mail_server() as server:
        outcome = await channel(server).send(envelope())
        assert outcome == Later("smtp_not_supported", unreachable=True)
        assert server.messages == []


async def test_a_mail_server_of_this_machine_needs_no_tls() -> None:
    """A relay on the same machine."""
    async with mail_server() as server:
        assert await channel(server, security="none").send(envelope()) == Sent()
        assert server.in_tls == [False]


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("fault", ["unknown authority", "another host"])
async def test_a_certificate_that_proves_nothing_gets_nothing(security: str, fault: str) -> None:
    """Verified by chain and by name."""
    if fault == "another host":
        shown, trust = Certificates(["foreign.example"], foreign=[]), None
        context, trust = shown.of("foreign.example"), shown.trust()
    else:
        context, trust = CERTIFICATES.of("localhost"), httpx2.create_ssl_context()
    kind = {"starttls": context} if security == "starttls" else {"tls": context}
    async with mail_server(**kind) as server:
        outcome = await channel(server, security=security, trust=trust).send(envelope())
        assert outcome == Later("tls", unreachable=True)
        assert server.messages == []


async def test_a_login() -> None:
    """With the right password; with a wrong one it is our fault, and the message waits."""
    context = CERTIFICATES.of("localhost")
    async with mail_server(starttls=context, logins={"farstu": "s3cr3t"}) as server:
        good = channel(server, username="farstu", password="s3cr3t")
        assert await good.send(envelope()) == Sent()
        assert await good.greet() == ""
        bad = channel(server, username="farstu", password="wrong")
        assert await bad.send(envelope()) == Later("smtp_login_535", unreachable=True)
        assert await bad.greet() == "smtp_login_535"
        assert len(server.messages) == 1


@pytest.mark.parametrize(
    ("stage", "reply", "outcome"),
    [
        ("astrid@brev.example", "550 5.1.1 no such user", Refused("smtp_550")),
        ("astrid@brev.example", "553 what is that", Refused("smtp_553")),
        ("astrid@brev.example", "450 4.2.1 come again", Later("smtp_450")),
        ("astrid@brev.example", "550 5.7.1 relaying denied", Later("smtp_550")),
        ("astrid@brev.example", "530 5.7.0 log in first", Later("smtp_530")),
        ("MAIL", "550 5.1.8 your address is nobody's", Later("smtp_550")),
        ("MAIL", "451 busy", Later("smtp_451")),
        ("DATA", "554 5.6.0 it looks like spam", Later("smtp_554")),
        ("DATA", "452 disk full", Later("smtp_452")),
        ("MAIL", "421 closing", Later("smtp_421")),
    ],
)
async def test_what_an_answer_means(
    stage: str, reply: str, outcome: Later | Refused, server: MailServer
) -> None:
    """Final is what is said against the recipient; what is said against us, somebody will mend."""
    server.replies[stage] = reply
    assert await channel(server).send(envelope()) == outcome
    assert server.messages == []


@pytest.mark.parametrize(
    ("stage", "unreachable"), [("EHLO", True), ("MAIL", False), ("astrid@brev.example", False)]
)
async def test_a_server_that_hangs_is_left(
    stage: str, unreachable: bool, server: MailServer
) -> None:
    """In time; once it has greeted us, the fault may be this message's alone."""
    server.hangs_at = stage
    outcome = await channel(server, seconds=SHORT).send(envelope())
    assert outcome == Later("timeout", unreachable=unreachable)


async def test_nobody_listens() -> None:
    """The server is down."""
    server = MailServer(port=free_port())
    assert await channel(server).send(envelope()) == Later("unreachable", unreachable=True)
    assert await channel(server).greet() == "unreachable"


async def test_what_is_no_mail_server_has_a_name_of_its_own() -> None:
    """Not a figure that stands in no list of answers."""

    async def babble(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-something\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(babble, "127.0.0.1", 0) as listening:
        server = MailServer(port=listening.sockets[0].getsockname()[1])
        way = channel(server, host="127.0.0.1", security="none")
        assert await way.send(envelope()) == Later("smtp_garbled", unreachable=True)


async def test_a_telephone_gets_no_mail(server: MailServer) -> None:
    """Wired wrongly: a fault of ours, never a letter to nowhere."""
    with pytest.raises(TypeError):
        await channel(server).send(envelope(HER_PHONE))


def test_what_is_printed_of_it_holds_no_password() -> None:
    """Nor does an envelope's recipient."""
    settings = Settings(
        "h", 1, "tls", ssl.create_default_context(), "n", 1.0, username="u", password="s3cr3t"
    )
    assert "s3cr3t" not in repr(SmtpChannel(settings))
    assert "astrid" not in repr(envelope())
