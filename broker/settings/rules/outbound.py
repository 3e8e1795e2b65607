"""Messages to customers: each way that is chosen can be gone, safely, and somebody signs them."""

import re
from collections.abc import Iterator
from typing import Final

from broker.settings.addresses import is_loopback, is_loopback_address, split
from broker.settings.problem import Problem
from broker.settings.rules.authorities import authority_can_be_read
from broker.settings.schema import Settings
from broker.settings.strength import CLIENT_SECRET_LENGTH, is_guessable

_HOST: Final = re.compile(r"[a-z0-9]([a-z0-9.:-]*[a-z0-9])?", re.IGNORECASE)
# Stricter than what a page may show: it stands in headers and in the mail server's commands.
_SENDER: Final = re.compile(
    r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]+",
    re.IGNORECASE,
)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_MEDIA: Final = {"print_file": "letter"}
_MAKE_SECRET: Final = "Make one with `openssl rand -base64 32`, and give it to the receiver too."


def channels_are_described(settings: Settings) -> Iterator[Problem]:
    """What a chosen way needs is there; what is described is used."""
    outbound = settings.outbound
    chosen = {"email": outbound.email, "sms": outbound.sms, "letter": outbound.letter}
    described = {
        "smtp": ("host", outbound.smtp.host),
        "webhook": ("url", outbound.webhook.url),
        "print_file": ("path", outbound.print_file.path),
        "folder": ("path", outbound.folder.path),
    }
    for channel, (key, value) in described.items():
        path = f"outbound.{channel}.{key}"
        users = [f"outbound.{medium}" for medium, way in chosen.items() if way == channel]
        if users and not value:
            yield Problem(path, f"Missing: `{users[0]}` is `{channel}`.", "Give it.")
        if value and not users:
            yield Problem(
                path,
                "Messages do not go this way.",
                f'Say `{_MEDIA.get(channel, "email")} = "{channel}"`'
                + (f' or `sms = "{channel}"`' if channel in {"webhook", "folder"} else "")
                + " in [outbound], or take it away.",
            )


def mail_server_is_safe(settings: Settings) -> Iterator[Problem]:
    """A host, and nothing in clear to another machine; a login is whole."""
    smtp = settings.outbound.smtp
    if smtp.host and not _HOST.fullmatch(smtp.host):
        yield Problem(
            "outbound.smtp.host", "Not the name of a host.", "Write it like `mail.example.se`."
        )
    if smtp.security == "none" and smtp.host and not is_loopback(smtp.host):
        yield Problem(
            "outbound.smtp.security",
            "Without TLS, everybody on the way could read and change the messages.",
            "Take `starttls` or `tls`; `none` is for a mail server on this machine.",
        )
    if bool(smtp.username) != bool(smtp.password):
        missing = "password" if smtp.username else "username"
        yield Problem(
            f"outbound.smtp.{missing}", "Missing: user and password belong together.", "Give both."
        )
    yield from authority_can_be_read("outbound.smtp.ca_file", smtp.ca_file)


def webhook_is_safe(settings: Settings) -> Iterator[Problem]:
    """https, nothing secret in the address, and a secret that is one."""
    webhook = settings.outbound.webhook
    if webhook.url and (fault := _url_fault(webhook.url)):
        yield Problem(
            "outbound.webhook.url", fault, "Write it like `https://sms.example.se/farstu`."
        )
    secret = webhook.secret.get_secret_value() if webhook.secret else ""
    path = "outbound.webhook.secret"
    if webhook.url and not secret:
        yield Problem(path, "Missing: anybody could pretend to be us.", _MAKE_SECRET)
    elif secret and len(secret) < CLIENT_SECRET_LENGTH:
        yield Problem(path, f"Shorter than {CLIENT_SECRET_LENGTH} characters.", _MAKE_SECRET)
    elif secret and is_guessable(secret):
        yield Problem(path, "Guessable: repeated, or of few different characters.", _MAKE_SECRET)
    yield from authority_can_be_read("outbound.webhook.ca_file", webhook.ca_file)


def folder_is_for_trying_out(settings: Settings) -> Iterator[Problem]:
    """Never where customers are real: addresses would lie in clear on a disk."""
    if settings.outbound.folder.path and not is_loopback_address(settings.issuer):
        yield Problem(
            "outbound.folder.path",
            "A folder is for trying out, while the issuer is on localhost.",
            "Let messages go by `smtp` or `webhook`.",
        )


def messages_have_a_sender(settings: Settings) -> Iterator[Problem]:
    """Each company an address that it writes from, and a name that fits on a line."""
    goes_out = settings.outbound.email != "none"
    for name, company in settings.companies.items():
        path = f"companies.{name}"
        if company.notice_sender and not _SENDER.fullmatch(company.notice_sender):
            yield Problem(
                f"{path}.notice_sender",
                "Not an address that can stand in an e-mail's head.",
                "Write name@example.se, in plain letters.",
            )
        if not goes_out:
            continue
        if not (company.notice_sender or _SENDER.fullmatch(company.email)):
            yield Problem(
                f"{path}.notice_sender",
                "Missing: e-mail to customers needs an address to be sent from, and the company's "
                "`email` is not given, or cannot be one.",
                "Give an address of the company's own domain.",
            )
        if _CONTROL.search(company.name):
            yield Problem(f"{path}.name", "It has a line's end in it.", "Write it on one line.")


def _url_fault(address: str) -> str | None:
    parts = split(address)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        return "Not an https address."
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        return "It is http, and so everybody on the way could read and change the messages."
    if "@" in parts.netloc or "?" in address or "#" in address:
        return "It holds a user name, a query or a fragment: addresses are shown."
    return None
