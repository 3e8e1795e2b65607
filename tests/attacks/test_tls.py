"""Requirement 117: TLS 1.2 or newer with authenticated ciphers, where TLS ends in the broker."""

import signal
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
import trustme

from broker.cli.serving.tls import tls_context
from broker.settings.operating import ServerSettings
from tests.running import Installation, Running

pytestmark = pytest.mark.processes


def _issue(ca: trustme.CA, folder: Path) -> None:
    issued = ca.issue_cert("localhost")
    issued.private_key_pem.write_to_path(folder / "key.pem")
    issued.cert_chain_pems[0].write_to_path(folder / "cert.pem")


@pytest.fixture
def ca() -> trustme.CA:
    """Who issues certificates."""
    return trustme.CA()


@pytest.fixture
def broker(installation: Installation, ca: trustme.CA) -> Iterator[Running]:
    """One that ends TLS itself."""
    _issue(ca, installation.folder)
    issuer = installation.issuer.replace("http:", "https:")
    installation.settings = installation.settings.model_copy(update={"issuer": issuer})
    installation.configure(
        tls_certificate=installation.folder / "cert.pem", tls_key=installation.folder / "key.pem"
    )
    with installation.serving() as running:
        running.wait_for("worker_started")
        yield running


def _discovery(installation: Installation, trust: ssl.SSLContext) -> httpx2.Response:
    address = f"https://localhost:{installation.port}/.well-known/openid-configuration"
    return httpx2.get(address, verify=trust, trust_env=False)


def _trusting(ca: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    ca.configure_trust(context)
    return context


def _reload(broker: Running) -> None:
    broker.tell(signal.SIGHUP)
    broker.wait_for("reloaded")


def test_it_serves_over_tls_and_nothing_else(
    installation: Installation, broker: Running, ca: trustme.CA
) -> None:
    """Verified, with HSTS; older protocols and plain HTTP get nowhere; a renewed one is shown."""
    answer = _discovery(installation, _trusting(ca))
    assert answer.json()["issuer"] == f"https://localhost:{installation.port}"
    assert "strict-transport-security" in answer.headers
    with pytest.raises(httpx2.TransportError):
        httpx2.get(f"http://localhost:{installation.port}/livez", trust_env=False)
    another = trustme.CA()
    _issue(another, installation.folder)
    _reload(broker)
    assert _discovery(installation, _trusting(another)).status_code == 200
    with pytest.raises(httpx2.ConnectError):
        _discovery(installation, _trusting(ca))


def test_only_authenticated_ciphers_and_new_protocols(ca: trustme.CA, tmp_path: Path) -> None:
    """Every cipher is AEAD and forward secret."""
    _issue(ca, tmp_path)
    context = tls_context(
        ServerSettings(tls_certificate=tmp_path / "cert.pem", tls_key=tmp_path / "key.pem")
    )
    assert context is not None
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert all(cipher["aead"] for cipher in context.get_ciphers())
    older = [each for each in context.get_ciphers() if each["protocol"] == "TLSv1.2"]
    assert older
    assert all(each["name"].startswith("ECDHE-") for each in older)
