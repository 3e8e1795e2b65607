"""An e-mail made of a message: headers and plain text, nothing to click on and nothing to load."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from broker.notices.envelope import Envelope
from broker.notices.recipients import EmailAddress


def compose(envelope: Envelope, to: EmailAddress) -> EmailMessage:
    """RFC 5322. Raises ValueError for a sender with a line's end in it."""
    sender, company = envelope.sender.address, envelope.sender.company
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(company.name, addr_spec=sender)
    message["To"] = Address(addr_spec=to.address)
    answers = EmailAddress.read(company.email)
    if answers is not None and answers.address != sender:
        message["Reply-To"] = Address(company.name, addr_spec=answers.address)
    message["Subject"] = envelope.wording.subject
    message["Date"] = format_datetime(envelope.at)
    message["Message-ID"] = f"<{envelope.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answering machine answers
    message.set_content(envelope.wording.text, cte="quoted-printable")
    return message
