"""A mail server, by SMTP (RFC 5321): TLS that is verified, a login where it asks for one.

What it says against a recipient is final (5xx); what it says against us (our login, our address,
its policy) is not, since somebody will mend that and every customer would lose their message.
"""

import asyncio
import re
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import ClassVar, Final, Literal

import aiosmtplib

from broker.notices.channels.causes import comes_from_tls
from broker.notices.email import compose
from broker.notices.envelope import Envelope
from broker.notices.outcomes import Later, Outcome, Refused, Sent
from broker.notices.recipients import EmailAddress

Security = Literal["starttls", "tls", "none"]
_PERMANENT: Final = range(500, 600)
_ABOUT_US: Final = frozenset({530, 535})  # RFC 4954: authentication required, or failed
_POLICY: Final = re.compile(r"5\.7\.\d{1,3}\b")  # RFC 3463 section 3.8: security or policy
_GOODBYE_SECONDS: Final = 2.0
_FAILURES: Final = (aiosmtplib.SMTPException, OSError)  # TLS and time-outs are of the second
_WORDS: Final[Mapping[type[Exception], str]] = {
    TimeoutError: "timeout",
    aiosmtplib.SMTPServerDisconnected: "connection_lost",
    OSError: "unreachable",
}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where it is and how it is spoken to; `own_name` is what we call ourselves (EHLO).

    `seconds` is how long the whole of one try may take.
    """

    host: str
    port: int
    security: Security
    trust: ssl.SSLContext
    own_name: str
    seconds: float
    username: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SmtpChannel:
    """A connection for each message: they are few."""

    server: MailServer
    name: ClassVar[str] = "smtp"

    async def send(self, envelope: Envelope) -> Outcome:
        if not isinstance(envelope.to, EmailAddress):
            raise TypeError("a mail server reaches addresses only")
        to = envelope.to.address
        content = bytes(compose(envelope, envelope.to))
        smtp, is_connected = self._client(), False
        try:
            async with asyncio.timeout(self.server.seconds):
                await smtp.connect()
                is_connected = True
                outcome = await _hand_over(smtp, envelope.sender.address, to, content)
        except _FAILURES as error:
            return Later(_reason(error), unreachable=not is_connected)
        else:
            await _leave(smtp)
            return outcome
        finally:
            smtp.close()

    async def greet(self) -> str:
        """Connect, log in and leave; return why that fails, or nothing."""
        smtp = self._client()
        try:
            async with asyncio.timeout(self.server.seconds):
                await smtp.connect()
        except _FAILURES as error:
            return _reason(error)
        else:
            await _leave(smtp)
            return ""
        finally:
            smtp.close()

    def _client(self) -> aiosmtplib.SMTP:
        server = self.server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",  # True: with TLS or not at all
            tls_context=server.trust,
            local_hostname=server.own_name,
            username=server.username or None,
            password=server.password or None,
            timeout=server.seconds,
        )


async def _hand_over(smtp: aiosmtplib.SMTP, sender: str, to: str, content: bytes) -> Outcome:
    try:
        await smtp.sendmail(sender, to, content)
    except aiosmtplib.SMTPRecipientsRefused as refused:
        return _refusal(refused.recipients[0])
    except _FAILURES as error:
        return Later(_reason(error))
    return Sent()


def _refusal(refused: aiosmtplib.SMTPRecipientRefused) -> Outcome:
    reason = f"smtp_{refused.code}"
    is_about_us = refused.code in _ABOUT_US or _POLICY.match(refused.message)
    if refused.code in _PERMANENT and not is_about_us:
        return Refused(reason)
    return Later(reason)


def _reason(error: Exception) -> str:
    """A word for the log; never the server's own, which may name the recipient."""
    if comes_from_tls(error):
        return "tls"
    if isinstance(error, aiosmtplib.SMTPResponseException):
        if error.code < 0:  # the library's own, for what is no answer of SMTP
            return "smtp_garbled"
        is_login = isinstance(error, aiosmtplib.SMTPAuthenticationError)
        return f"smtp_login_{error.code}" if is_login else f"smtp_{error.code}"
    for kind, word in _WORDS.items():
        if isinstance(error, kind):
            return word
    return "smtp_not_supported"


async def _leave(smtp: aiosmtplib.SMTP) -> None:
    """Say goodbye; what was taken over stays so, whether it is heard or not."""
    with suppress(*_FAILURES):
        await smtp.quit(timeout=_GOODBYE_SECONDS)
