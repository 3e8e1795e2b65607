"""Registers elsewhere: reached safely, told apart by their kind, and named by companies."""

import ssl
from collections.abc import Iterator
from typing import Final

from broker.settings.addresses import is_loopback, split
from broker.settings.problem import Problem
from broker.settings.registers import RegisterSettings
from broker.settings.rules.authorities import authority_can_be_read
from broker.settings.rules.storage import postgresql_is_sound
from broker.settings.schema import Settings
from broker.settings.strength import CLIENT_SECRET_LENGTH, is_guessable

_OF_KIND: Final = {
    "sql": ("database", "password"),
    "http": ("url", "token", "client_certificate", "client_key", "ca_file"),
}
_MAKE_TOKEN: Final = "Make one with `openssl rand -base64 32`, and give it to the API too."


def companies_have_their_register(settings: Settings) -> Iterator[Problem]:
    """What a company names is described."""
    for name, company in settings.companies.items():
        register = company.customer_register
        if register is not None and register not in settings.registers:
            yield Problem(
                f"companies.{name}.customer_register",
                f"There is no `[registers.{register}]`.",
                "Describe it, or leave this empty where exports are imported.",
            )


def registers_can_be_asked(settings: Settings) -> Iterator[Problem]:
    """What its kind needs is there, and nothing of the other kind."""
    for name, register in settings.registers.items():
        path = f"registers.{name}"
        for kind, keys in _OF_KIND.items():
            if kind != register.kind:
                yield from (
                    Problem(f"{path}.{key}", f"It is for `kind = {kind}`.", "Take it away.")
                    for key in keys
                    if getattr(register, key)
                )
        if register.kind == "sql":
            yield from _database(f"{path}.database", register)
        else:
            yield from _api(path, register)


def _database(path: str, register: RegisterSettings) -> Iterator[Problem]:
    if not register.database.startswith("postgresql:"):
        yield Problem(
            path,
            "Not the address of a PostgreSQL." if register.database else "Missing.",
            "Write it like `postgresql://farstu@billing.example.se/billing`.",
        )
        return
    yield from postgresql_is_sound(path, register.database, path.replace(".database", ".password"))


def _api(path: str, register: RegisterSettings) -> Iterator[Problem]:
    if fault := _url_fault(register.url):
        yield Problem(f"{path}.url", fault, "Write it like `https://billing.example.se/farstu/v1`.")
    if register.token is None and register.client_certificate is None:
        yield Problem(
            f"{path}.token",
            "Missing: anybody could ask the API who is a customer.",
            "Give a token, or `client_certificate` and `client_key` for mutual TLS.",
        )
    if register.token is not None:
        yield from _token(f"{path}.token", register.token.get_secret_value())
    yield from _certificate(path, register)
    yield from authority_can_be_read(f"{path}.ca_file", register.ca_file)


def _token(path: str, token: str) -> Iterator[Problem]:
    if len(token) < CLIENT_SECRET_LENGTH:
        yield Problem(path, f"Shorter than {CLIENT_SECRET_LENGTH} characters.", _MAKE_TOKEN)
    elif is_guessable(token):
        yield Problem(path, "Guessable: repeated, or of few different characters.", _MAKE_TOKEN)
    elif not token.isascii() or not token.isprintable() or " " in token:
        yield Problem(path, "It cannot stand in a header.", _MAKE_TOKEN)


def _certificate(path: str, register: RegisterSettings) -> Iterator[Problem]:
    certificate, key = register.client_certificate, register.client_key
    if (certificate is None) != (key is None):
        missing = "client_key" if key is None else "client_certificate"
        yield Problem(
            f"{path}.{missing}", "Missing: certificate and key belong together.", "Give both files."
        )
    if certificate is None or key is None:
        return
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_cert_chain(certificate, key, password=lambda: "")  # else it would ask
    except ssl.SSLError:
        yield Problem(
            f"{path}.client_key",
            "It is not the certificate's key, has a password, or one of the two is not PEM.",
            "Give the certificate with its chain, and its own private key, both as PEM.",
        )
    except OSError as error:
        yield Problem(
            f"{path}.client_certificate",
            f"It or its key cannot be read: {error.strerror}.",
            "See that both exist and that the broker's user may.",
        )


def _url_fault(address: str) -> str | None:
    parts = split(address) if address else None
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        return "Not an https address." if address else "Missing."
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        return "It is http, and so everybody on the way could read who is a customer."
    if "@" in parts.netloc or "?" in address or "#" in address:
        return "It holds a user name, a query or a fragment: addresses are shown."
    return "It ends with a slash." if address.endswith("/") else None
