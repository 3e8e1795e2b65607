"""Messages to customers, from the configuration: who writes them, and what the ways out need."""

import ssl
from pathlib import Path
from typing import Final

import httpx2

from broker.notices.envelope import Sender
from broker.settings.outbound import OutboundSettings
from broker.settings.schema import Settings
from broker.wiring.faces import company_faces

_PORTS: Final = {"starttls": 587, "tls": 465, "none": 25}


def senders(settings: Settings) -> dict[str, Sender]:
    """Return every company as it writes, by its id."""
    faces = company_faces(settings)
    return {
        name: Sender(faces[name], each.notice_sender or each.email)
        for name, each in settings.companies.items()
    }


def is_delivered(settings: Settings) -> bool:
    """Whether messages leave at all."""
    outbound = settings.outbound
    return {outbound.email, outbound.sms, outbound.letter} != {"none"}


def smtp_port(outbound: OutboundSettings) -> int:
    """Return the mail server's port."""
    return outbound.smtp.port or _PORTS[outbound.smtp.security]


def trust(ca_file: Path | None) -> ssl.SSLContext:
    """Return what verifies a server: the usual authorities, and one of the installation's own."""
    context = httpx2.create_ssl_context()
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context
