"""Certificates for the sites of a test: one CA, and one more that nobody trusts."""

import base64
import hashlib
import ssl
from collections.abc import Collection

import trustme
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificate


class Certificates:
    """A certificate for each host; those in `foreign` are of the other CA."""

    def __init__(self, hosts: Collection[str], *, foreign: Collection[str]) -> None:
        self._authority = trustme.CA()
        other = trustme.CA()
        self._foreign = foreign
        self._leaves = {
            host: (other if host in foreign else self._authority).issue_cert(host) for host in hosts
        }

    def of(self, host: str) -> ssl.SSLContext:
        """What the host's server needs."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._leaves[host].configure_cert(context)
        return context

    def pem_of(self, host: str) -> bytes:
        """The host's certificate alone, as a file has it."""
        return self._leaves[host].cert_chain_pems[0].bytes()

    @property
    def authority_pem(self) -> bytes:
        """The CA's own certificate, as a file has it."""
        return self._authority.cert_pem.bytes()

    def trust(self) -> ssl.SSLContext:
        """What a program needs that calls the hosts: it verifies chain and name."""
        context = ssl.create_default_context()
        self._authority.configure_trust(context)
        return context

    @property
    def trusted_keys(self) -> tuple[str, ...]:
        """The hosts' public keys as Chromium's list has them: base64 of SHA-256 of the SPKI."""
        leaves = (leaf for host, leaf in self._leaves.items() if host not in self._foreign)
        return tuple(map(_key_hash, leaves))


def _key_hash(leaf: trustme.LeafCert) -> str:
    certificate = load_pem_x509_certificate(leaf.cert_chain_pems[0].bytes())
    spki = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(spki).digest()).decode()
