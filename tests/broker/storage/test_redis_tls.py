"""Redis in TLS: who it is must be shown, and whoever looks at the failure is told what it was."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from broker.storage.errors import StorageUnavailable
from broker.storage.redis.client import open_client
from broker.storage.redis.transient import RedisTransientStore
from tests.servers.ports import free_port
from tests.servers.redis import redis_server

pytestmark = pytest.mark.processes


@pytest.fixture
def authority(tmp_path: Path) -> trustme.CA:
    """Who issues certificates."""
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    trustme.CA().cert_pem.write_to_path(tmp_path / "another.pem")
    return ca


@pytest.fixture
def port(authority: trustme.CA, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[int]:
    """Where a server speaks TLS, with a certificate for this host."""
    leaf = authority.issue_cert(getattr(request, "param", "127.0.0.1"))
    leaf.private_key_pem.write_to_path(tmp_path / "key.pem")
    leaf.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    encrypted = free_port()
    options = {
        "port": encrypted,
        "cert-file": tmp_path / "cert.pem",
        "key-file": tmp_path / "key.pem",
        "ca-cert-file": tmp_path / "ca.pem",
        "auth-clients": "no",
    }
    given = [part for key, value in options.items() for part in (f"--tls-{key}", str(value))]
    with redis_server(*given):
        yield encrypted


async def _prove(url: str) -> str:
    """What is wrong with it; nothing is nothing."""
    store = RedisTransientStore(open_client(url), clock=lambda: datetime.now(UTC))
    try:
        await store.prove_fit()
    except StorageUnavailable as failed:
        return failed.detail
    finally:
        await store.close()
    return ""


async def test_a_certificate_of_ones_own_authority(port: int, tmp_path: Path) -> None:
    """Is believed where the address names the authority."""
    assert not await _prove(f"rediss://127.0.0.1:{port}/0?ca={tmp_path}/ca.pem")


async def test_an_unknown_authority_is_told(port: int, tmp_path: Path) -> None:
    """That, and not only that there was no connection."""
    for known in ("", f"?ca={tmp_path}/another.pem"):
        assert "certificate verify failed" in await _prove(f"rediss://127.0.0.1:{port}/0{known}")


@pytest.mark.parametrize("port", ["cache.example"], indirect=True)
async def test_a_certificate_for_another_name_is_told(port: int, tmp_path: Path) -> None:
    """Anybody may have one of those."""
    said = await _prove(f"rediss://127.0.0.1:{port}/0?ca={tmp_path}/ca.pem")
    assert "not valid for '127.0.0.1'" in said


async def test_nothing_is_said_in_clear_to_who_speaks_none() -> None:
    """A server without TLS is no reason to do without."""
    with redis_server(password="a-password") as server:
        assert await _prove(f"rediss://:a-password@127.0.0.1:{server.port}/0")
        assert server.client().info("stats")["total_commands_processed"] <= 1
