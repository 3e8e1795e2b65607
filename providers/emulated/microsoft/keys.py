"""Microsoft's keys: no `alg`, but a certificate and an `issuer` each.

Work accounts and personal accounts are signed by different rings. The published sets overlap, so
that only a key's `issuer` tells which kind of token it may sign.
"""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from providers.emulated.keys import KeyStock, SigningKey, thumbprint
from providers.emulated.microsoft.tenants import TEMPLATE, Tenant
from providers.emulated.people import PERSONAL_TENANT
from providers.emulated.rings import KeyRing

WORK = "work"
PERSONAL = "personal"
CERTIFICATE_START = datetime(2026, 1, 1, tzinfo=UTC)
CERTIFICATE_LIFE = timedelta(days=1825)


def make_rings(stock: KeyStock, base: str) -> dict[str, KeyRing]:
    """Return the two rings: four keys for work accounts, two for personal ones."""
    return {
        WORK: KeyRing(
            lambda serial: _make(stock, f"microsoft work {serial}", f"{base}/{TEMPLATE}/v2.0"), 4
        ),
        PERSONAL: KeyRing(
            lambda serial: _make(
                stock, f"microsoft personal {serial}", f"{base}/{PERSONAL_TENANT}/v2.0"
            ),
            2,
        ),
    }


def select_keys(rings: Mapping[str, KeyRing], tenant: Tenant) -> list[SigningKey]:
    """Return what a tenant's key set shows: its own kind, and always some of the other."""
    work, personal = rings[WORK].published(), rings[PERSONAL].published()
    if tenant.personal and tenant.work:
        return [*work, *personal]
    return [*personal, work[0]] if tenant.personal else [*work, personal[-1]]


def _make(stock: KeyStock, name: str, issuer: str) -> SigningKey:
    private = stock.rsa(name)
    certificate = _certify(private)
    kid = thumbprint(certificate)
    chain = [base64.b64encode(certificate).decode("ascii")]
    return SigningKey(kid, private, {"x5t": kid, "x5c": chain, "issuer": issuer})


def _certify(private: rsa.RSAPrivateKey) -> bytes:
    """Return a self-signed certificate as DER; the same for the same key, so that kids last."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "accounts.emulated.example")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(CERTIFICATE_START)
        .not_valid_after(CERTIFICATE_START + CERTIFICATE_LIFE)
        .sign(private, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.DER)
