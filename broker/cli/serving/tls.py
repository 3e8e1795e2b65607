"""TLS where it ends in this process: 1.2 or newer, forward secret, authenticated ciphers only."""

import ssl

from broker.settings.operating import ServerSettings

_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"


def tls_context(server: ServerSettings) -> ssl.SSLContext | None:
    """Return the context; None where a proxy in front does it. The rules have judged the files."""
    if server.tls_certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_CIPHERS)
    context.set_alpn_protocols(["http/1.1"])
    renew(context, server)
    return context


def renew(context: ssl.SSLContext, server: ServerSettings) -> None:
    """Take the certificate as the files have it now; connections from now on are shown it."""
    if server.tls_certificate is not None:
        context.load_cert_chain(server.tls_certificate, server.tls_key)
