"""The certificate that we show: what is wrong with it is told before anybody sees it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from broker.settings.problem import Problem
from broker.settings.rules import server

Judge = Callable[[dict[str, Any]], list[Problem]]
HOST = "login.example.se"


def certificate(folder: Path, *names: str, **more: Any) -> dict[str, Any]:
    """The two keys of the configuration, for a certificate with these names."""
    issued = trustme.CA().issue_cert(*names, **more)
    cert, key = folder / "cert.pem", folder / "key.pem"
    issued.private_key_pem.write_to_path(key)
    cert.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    return {"server/tls_certificate": str(cert), "server/tls_key": str(key)}


@pytest.mark.parametrize("name", [HOST, "*.example.se"])
def test_a_sound_certificate_is_no_problem(name: str, tmp_path: Path, problems_with: Judge) -> None:
    """For the issuer's host by name, or by a wildcard of one label."""
    assert problems_with(certificate(tmp_path, name)) == []


@pytest.mark.parametrize("name", ["portal.example.se", "*.login.example.se", "*.se"])
def test_another_host_is_a_problem(name: str, tmp_path: Path, problems_with: Judge) -> None:
    """The issuer's host must be among the names."""
    [problem] = problems_with(certificate(tmp_path, name))
    assert problem.path == "server.tls_certificate"
    assert HOST in problem.reason


def test_an_expired_certificate_is_a_problem(tmp_path: Path, problems_with: Judge) -> None:
    """With the days between which it was good."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    [problem] = problems_with(certificate(tmp_path, HOST, not_after=yesterday))
    assert problem.path == "server.tls_certificate"
    assert f"{yesterday:%Y-%m-%d}" in problem.reason


def test_another_certificates_key_is_a_problem(tmp_path: Path, problems_with: Judge) -> None:
    """The two must belong together."""
    (tmp_path / "other").mkdir()
    other = certificate(tmp_path / "other", HOST)
    mixed = certificate(tmp_path, HOST) | {"server/tls_key": other["server/tls_key"]}
    assert [each.path for each in problems_with(mixed)] == ["server.tls_key"]


def test_tls_with_an_http_issuer_is_a_problem(tmp_path: Path, problems_with: Judge) -> None:
    """Nobody would come over it."""
    changes = certificate(tmp_path, "localhost") | {"issuer": "http://localhost:8000"}
    assert "server.tls_certificate" in {each.path for each in problems_with(changes)}


def test_traces_need_their_packages(problems_with: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """Configured and not installed: told with what to install."""
    monkeypatch.setattr(server, "_OTEL", "opentelemetry_that_is_not_there.exporter")
    [problem] = problems_with({"telemetry/otlp_endpoint": "http://collector:4318/v1/traces"})
    assert "farstu[otel]" in problem.remedy
