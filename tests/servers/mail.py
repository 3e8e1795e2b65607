"""A real mail server in this process, that does what a test says."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HOST = "localhost"


@dataclass
class MailServer:
    """`replies` replace "250 OK" by stage (`CONNECT`, `MAIL`, `DATA`) or recipient's address.

    `hangs_at` names a stage that never answers. `at_once` is how many were in DATA together.
    """

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    greeted_as: list[str] = field(default_factory=list)
    in_tls: list[bool] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=dict)
    hangs_at: str = ""
    logins: dict[str, str] = field(default_factory=dict)
    at_once: int = 0
    slowness: float = 0.0
    _inside: int = 0

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, lines: list[str]
    ) -> list[str]:
        self.greeted_as.append(hostname)
        session.host_name = hostname
        await self._maybe_hang("EHLO")
        return lines

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        await self._maybe_hang("MAIL")
        envelope.mail_from = address
        return self.replies.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        await self._maybe_hang(address)
        envelope.rcpt_tos.append(address)
        return self.replies.get(address, "250 OK")

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self._inside += 1
        self.at_once = max(self.at_once, self._inside)
        await asyncio.sleep(self.slowness)
        self._inside -= 1
        reply = self.replies.get("DATA", "250 OK")
        if reply.startswith("250"):
            content = envelope.content if isinstance(envelope.content, bytes) else b""
            self.messages.append(message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]
            self.recipients += envelope.rcpt_tos
            self.in_tls.append(session.ssl is not None)
        return reply

    def judge_login(
        self, _server: SMTP, _s: Session, _e: Envelope, _how: str, said: Any
    ) -> AuthResult:
        """Whether somebody may in."""
        good = isinstance(said, LoginPassword) and (
            self.logins.get(said.login.decode()) == said.password.decode()
        )
        return AuthResult(success=good, handled=False)

    async def _maybe_hang(self, stage: str) -> None:
        if self.hangs_at == stage:
            await asyncio.sleep(3600)


class _Quiet(SMTP):
    """Connections that a test leaves open end with it, without a word."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        _connections.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        _connections.discard(self)


_connections: set[_Quiet] = set()


@asynccontextmanager
async def mail_server(
    *,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    logins: dict[str, str] | None = None,
) -> AsyncIterator[MailServer]:
    """On a free port of loopback, with STARTTLS, TLS from the first byte, or none."""
    server = MailServer(logins=logins or {})
    loop = asyncio.get_running_loop()

    def connection() -> SMTP:
        return _Quiet(
            server,
            hostname=HOST,
            ident="test",
            loop=loop,
            tls_context=starttls,
            require_starttls=starttls is not None,
            auth_required=bool(logins),
            authenticator=server.judge_login,
        )

    listening = await loop.create_server(connection, "127.0.0.1", 0, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for each in list(_connections):
            # A TLS transport of Python 3.11.2 that has closed already cannot be aborted.
            with suppress(AttributeError):
                each.transport.abort()
        await asyncio.sleep(0)
        await listening.wait_closed()
