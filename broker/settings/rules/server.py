"""How the broker listens: whom it believes, the certificate that it shows, the operator's ports."""

import ipaddress
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509

from broker.settings.addresses import split
from broker.settings.problem import Problem
from broker.settings.schema import Settings

_CERTIFICATE, _KEY = "server.tls_certificate", "server.tls_key"
_OTEL = "opentelemetry.exporter.otlp.proto.http"


def proxies_are_named(settings: Settings) -> Iterator[Problem]:
    """Each an address or a network, and none of them everybody."""
    for place, hop in enumerate(settings.server.trusted_proxies):
        path = f"server.trusted_proxies[{place}]"
        try:
            network = ipaddress.ip_network(hop)
        except ValueError:
            yield Problem(
                path,
                "Neither an IP address nor a network.",
                "Write it like `10.0.0.5` or `10.1.0.0/16`; names are not looked up.",
            )
            continue
        if not network.prefixlen:
            yield Problem(
                path,
                "It is everybody: each visitor could say who they are.",
                "Name the proxies in front of the broker, and only those.",
            )


def tls_has_both_files(settings: Settings) -> Iterator[Problem]:
    """A certificate with its key, and an issuer that says so."""
    server = settings.server
    if (server.tls_certificate is None) != (server.tls_key is None):
        missing = _KEY if server.tls_key is None else _CERTIFICATE
        yield Problem(missing, "Missing: certificate and key belong together.", "Give both files.")
    if server.tls_certificate is not None and not settings.issuer.startswith("https:"):
        yield Problem(
            _CERTIFICATE,
            "The issuer is http, and so nobody would come over TLS.",
            "Let `issuer` begin with https, or take the certificate away.",
        )


def certificate_can_be_shown(
    settings: Settings, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Iterator[Problem]:
    """Readable, with its own key, valid today, and for the host of the issuer."""
    certificate, key = settings.server.tls_certificate, settings.server.tls_key
    if certificate is None or key is None:
        return
    if problem := _unusable(certificate, key):
        yield problem
        return
    shown = x509.load_pem_x509_certificates(certificate.read_bytes())[0]
    if not shown.not_valid_before_utc <= clock() <= shown.not_valid_after_utc:
        yield Problem(
            _CERTIFICATE,
            f"Valid from {shown.not_valid_before_utc:%Y-%m-%d} "
            f"to {shown.not_valid_after_utc:%Y-%m-%d} only.",
            "Renew it, and tell the broker with SIGHUP.",
        )
    host = urlsplit(settings.issuer).hostname or ""
    if not any(_is_for(name, host) for name in _names(shown)):
        yield Problem(
            _CERTIFICATE,
            f"It is not for {host}, the host of `issuer`.",
            "Get one that has it among its subject alternative names.",
        )


def metrics_have_a_port_of_their_own(settings: Settings) -> Iterator[Problem]:
    """The operator's port is never the public one."""
    port = settings.telemetry.metrics_port
    if port and port == settings.server.port:
        yield Problem(
            "telemetry.metrics_port",
            "The same as `server.port`.",
            "Choose another one, which visitors cannot reach.",
        )


def traces_can_be_sent(settings: Settings) -> Iterator[Problem]:
    """An address to send to, and the packages that send."""
    endpoint = settings.telemetry.otlp_endpoint
    if not endpoint:
        return
    parts = split(endpoint)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        yield Problem(
            "telemetry.otlp_endpoint",
            "Not an address.",
            "Write it like `http://collector:4318/v1/traces`.",
        )
    if not _is_installed(_OTEL):
        yield Problem(
            "telemetry.otlp_endpoint",
            "The packages that send traces are not installed.",
            "Install `farstu[otel]`, or leave this empty.",
        )


def _unusable(certificate: Path, key: Path) -> Problem | None:
    for path, file in ((_CERTIFICATE, certificate), (_KEY, key)):
        try:
            file.read_bytes()
        except OSError as error:
            reason = f"{file} cannot be read: {error.strerror}."
            return Problem(path, reason, "See that it exists and that the broker's user may.")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key, password=lambda: "")  # else it would ask
    except ssl.SSLError:
        return Problem(
            _KEY,
            "It is not the certificate's key, has a password, or one of the two is not PEM.",
            "Give the certificate with its chain, and its own private key, both as PEM.",
        )
    return None


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    hosts = found.get_values_for_type(x509.DNSName)
    return [*hosts, *map(str, found.get_values_for_type(x509.IPAddress))]


def _is_for(name: str, host: str) -> bool:
    """RFC 9525 section 6.3: a wildcard stands for one whole label, the leftmost."""
    if name.startswith("*."):
        return host.partition(".")[2] == name[2:].lower()
    return host == name.lower()


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
