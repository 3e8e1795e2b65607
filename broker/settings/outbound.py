"""The tables about messages to customers: by which way they leave, and what each way needs.

As `schema`: shapes, defaults, and the text of the reference page.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from broker.settings.section import Address, Section


class SmtpSettings(Section):
    """The mail server that takes our e-mail over, with `outbound.email = "smtp"`."""

    host: str = Field(default="", description="Its name, such as `mail.example.se`.")
    port: int = Field(
        default=0,
        ge=0,
        le=65535,
        description="Its port; 0: 587 with `starttls`, 465 with `tls`, 25 with `none`.",
    )
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description="How the connection is protected: `starttls` before anything is said, `tls` "
        "from the first byte, `none` only to this machine itself. The certificate is verified.",
    )
    ca_file: Path | None = Field(
        default=None,
        description="PEM file with a certificate authority of your own, trusted besides the usual "
        "ones; a relative path starts at the configuration file.",
    )
    username: str = Field(default="", description="Our user there, when it asks for a login.")
    password: SecretStr | None = Field(default=None, description="That user's password.")
    timeout_seconds: int = Field(
        default=30, ge=5, le=120, description="How long handing over one message may take."
    )


class WebhookSettings(Section):
    """A web address that takes messages over, where `outbound` says `webhook`."""

    url: Address = Field(
        default="",
        description="Where each message is posted as JSON (`docs/notices.md`): https except on "
        "this machine itself.",
    )
    secret: SecretStr | None = Field(
        default=None,
        description="At least 32 random characters; with it each post is signed "
        "(HMAC-SHA256, header `Farstu-Signature`).",
    )
    ca_file: Path | None = Field(
        default=None,
        description="PEM file with a certificate authority of your own, trusted besides the usual "
        "ones; a relative path starts at the configuration file.",
    )
    timeout_seconds: int = Field(
        default=15, ge=1, le=120, description="How long one post may take."
    )


class FolderSettings(Section):
    """A folder that messages are written into, where `outbound` says `folder`: to try out."""

    path: Path | None = Field(
        default=None,
        description="The folder, made when it is needed; a relative path starts at the "
        "configuration file. Only while the issuer is on localhost: anybody can read files.",
    )


class PrintFileSettings(Section):
    """A folder for files of letters, with `outbound.letter = "print_file"`."""

    path: Path | None = Field(
        default=None,
        description="The folder, made when it is needed, for our own user alone; a relative path "
        "starts at the configuration file. Every day with letters has a file in it, from which the "
        "company's mailing prints them (`docs/notices.md`).",
    )


class OutboundSettings(Section):
    """Messages to customers: that somebody has been given access, for instance.

    A login never waits for them. They are kept sealed until they have left.
    """

    email: Literal["none", "smtp", "webhook", "folder"] = Field(
        default="none",
        description="How e-mail leaves. With `none` for all three, messages wait; `farstu doctor` "
        "says how many.",
    )
    sms: Literal["none", "webhook", "folder"] = Field(
        default="none",
        description="How text messages leave, to customers whose e-mail is unknown or refused.",
    )
    letter: Literal["none", "print_file", "folder"] = Field(
        default="none",
        description="How codes by letter leave, to customers who have neither e-mail nor telephone "
        "in the register.",
    )
    give_up_days: int = Field(
        default=5,
        ge=1,
        le=30,
        description="For how many days a message is tried, at growing intervals from a minute to 6 "
        "hours. Then its content is erased, and the audit trail says that it was not delivered.",
    )
    parallel: int = Field(
        default=4, ge=1, le=32, description="Messages that are handed over at the same time."
    )
    smtp: SmtpSettings = Field(default=SmtpSettings(), description="The mail server.")
    webhook: WebhookSettings = Field(default=WebhookSettings(), description="The web address.")
    print_file: PrintFileSettings = Field(
        default=PrintFileSettings(), description="The files of letters."
    )
    folder: FolderSettings = Field(default=FolderSettings(), description="The folder.")

    @property
    def ways(self) -> frozenset[str]:
        """Those of `email`, `sms` and `letter` by which something leaves."""
        channels = {"email": self.email, "sms": self.sms, "letter": self.letter}
        return frozenset(way for way, channel in channels.items() if channel != "none")
