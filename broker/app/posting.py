"""The ways out for messages to customers, and the chore that uses them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx2

from broker.app.parts import Parts
from broker.chores.delivery import Delivery
from broker.chores.outbox import EVERY, Outbox
from broker.chores.running import Chore
from broker.notices.channels.folder import FolderChannel
from broker.notices.channels.print_file import PrintFileChannel
from broker.notices.channels.webhook import WebhookChannel
from broker.notices.envelope import Channel, Channels
from broker.notices.recipients import EmailAddress, Letter, PhoneNumber, Recipient
from broker.settings.outbound import WebhookSettings
from broker.settings.schema import Settings
from broker.wiring.faces import provider_faces
from broker.wiring.notices import is_delivered, senders, smtp_port, trust
from broker.wiring.verification import held_codes

if TYPE_CHECKING:
    from broker.notices.channels.smtp import SmtpChannel


@asynccontextmanager
async def opened_outbox(
    parts: Parts, *, http: httpx2.AsyncClient | None = None
) -> AsyncIterator[Outbox | None]:
    """What delivers messages; None where nothing is configured, and they wait.

    `http` is a test's client for the webhook.
    """
    settings, storage = parts.settings, parts.storage
    if not is_delivered(settings):
        yield None
        return
    async with AsyncExitStack() as stack:
        channels = await _channels(settings, http, stack)
        yield Outbox(
            delivery=Delivery(
                notices=storage.notices,
                register=parts.linking.register,
                delegations=storage.delegations,
                links=storage.links,
                numbers=storage.numbers,
                codes=held_codes(settings, storage),
                senders=senders(settings),
                providers=provider_faces(settings),
                channels=channels,
                language=settings.default_language,
                not_me=f"{settings.issuer}/account/not-me",
                code_place=f"{settings.issuer.partition('://')[2]}/account/code",
            ),
            store=storage.outbox,
            audit=storage.audit,
            transaction=storage.transaction,
            clock=parts.clock,
            log=parts.log,
            give_up_after=timedelta(days=settings.outbound.give_up_days),
            parallel=settings.outbound.parallel,
        )


def outbox_chore(outbox: Outbox) -> Chore:
    """Return the chore, which looks often: people wait for what it delivers."""
    return Chore("outbox", EVERY, outbox.run, is_frequent=True)


def mail_channel(settings: Settings) -> "SmtpChannel":
    """Return the way by the mail server."""
    # Imported here: the client takes a tenth of a second that others spare.
    from broker.notices.channels.smtp import MailServer, SmtpChannel  # noqa: PLC0415

    smtp = settings.outbound.smtp
    return SmtpChannel(
        MailServer(
            host=smtp.host,
            port=smtp_port(settings.outbound),
            security=smtp.security,
            trust=trust(smtp.ca_file),
            own_name=urlsplit(settings.issuer).hostname or "",
            seconds=smtp.timeout_seconds,
            username=smtp.username,
            password=smtp.password.get_secret_value() if smtp.password else "",
        )
    )


async def _channels(
    settings: Settings, http: httpx2.AsyncClient | None, stack: AsyncExitStack
) -> Channels:
    """One of each that is chosen, whether for one medium or for several."""
    outbound = settings.outbound
    opened: dict[str, Channel] = {}
    for name in {outbound.email, outbound.sms, outbound.letter}:
        match name:
            case "smtp":
                opened[name] = mail_channel(settings)
            case "webhook":
                if http is None:
                    http = _client(outbound.webhook)
                    stack.push_async_callback(http.aclose)
                opened[name] = _webhook(outbound.webhook, http)
            case "folder" if outbound.folder.path is not None:
                opened[name] = FolderChannel(outbound.folder.path)
            case "print_file" if outbound.print_file.path is not None:
                opened[name] = PrintFileChannel(outbound.print_file.path)
            case _:
                pass
    chosen: tuple[tuple[type[Recipient], str], ...] = (
        (EmailAddress, outbound.email),
        (PhoneNumber, outbound.sms),
        (Letter, outbound.letter),
    )
    return {reaches: opened[name] for reaches, name in chosen if name in opened}


def _client(webhook: WebhookSettings) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(
        verify=trust(webhook.ca_file),
        trust_env=False,
        follow_redirects=False,
        headers={"User-Agent": "farstu"},
    )


def _webhook(webhook: WebhookSettings, client: httpx2.AsyncClient) -> WebhookChannel:
    secret = webhook.secret.get_secret_value() if webhook.secret else ""
    return WebhookChannel(client, webhook.url, secret, webhook.timeout_seconds)
