"""The config test plan: the discovery document says what we do, and no more."""

from typing import Any

import pytest
import pytest_asyncio
from authlib.oidc.discovery import OpenIDProviderMetadata
from joserfc import jwk

from tests.house import ISSUER, TestHouse

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def document(provider: TestHouse) -> dict[str, Any]:
    """The discovery document."""
    async with provider.client() as client:
        members: dict[str, Any] = (await client.get("/.well-known/openid-configuration")).json()
    return members


async def test_discovery_endpoint_verification(document: dict[str, Any]) -> None:
    """oidcc-discovery-endpoint-verification: required members, at our own address."""
    assert document["issuer"] == ISSUER
    for name in (
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "jwks_uri",
        "end_session_endpoint",
    ):
        assert document[name].startswith(f"{ISSUER}/")
    assert document["response_types_supported"] == ["code"]
    assert {"public"} <= set(document["subject_types_supported"])
    assert "RS256" in document["id_token_signing_alg_values_supported"]
    assert "none" not in document["id_token_signing_alg_values_supported"]
    assert "openid" in document["scopes_supported"]


async def test_what_we_do_not_do_is_said(document: dict[str, Any]) -> None:
    """Defaults that would promise too much are given explicitly (Discovery section 3)."""
    assert document["request_parameter_supported"] is False
    assert document["request_uri_parameter_supported"] is False
    assert document["claims_parameter_supported"] is False
    assert document["grant_types_supported"] == ["authorization_code"]
    assert document["response_modes_supported"] == ["query", "form_post"]
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["authorization_response_iss_parameter_supported"] is True


async def test_authlib_accepts_it(document: dict[str, Any]) -> None:
    """A reader that knows the rules of RFC 8414 and Discovery; it minds http on localhost alone."""
    on_https = {
        name: value.replace("http://localhost:8000", "https://login.example.se")
        if isinstance(value, str)
        else value
        for name, value in document.items()
    }
    OpenIDProviderMetadata(on_https).validate()


async def test_the_oauth_document_is_the_same(
    provider: TestHouse, document: dict[str, Any]
) -> None:
    """RFC 8414."""
    async with provider.client() as client:
        oauth = await client.get("/.well-known/oauth-authorization-server")
    assert oauth.json() == document


async def test_the_keys_can_be_used(provider: TestHouse, document: dict[str, Any]) -> None:
    """Every key imports, has `kid`, `alg` and `use`, and a thumbprint for a name (RFC 7638)."""
    async with provider.client() as client:
        keys = (await client.get(document["jwks_uri"])).json()["keys"]
    assert len({key["kid"] for key in keys}) == len(keys)
    for members in keys:
        key = jwk.import_key(members)
        assert members["use"] == "sig"
        assert members["alg"] in document["id_token_signing_alg_values_supported"]
        assert key.thumbprint() == members["kid"]


async def test_each_algorithm_has_a_key_and_a_spare(provider: TestHouse) -> None:
    """The next key is always announced (69)."""
    async with provider.client() as client:
        keys = (await client.get("/jwks")).json()["keys"]
    counts = {alg: sum(key["alg"] == alg for key in keys) for alg in ("RS256", "ES256", "EdDSA")}
    assert counts == {"RS256": 2, "ES256": 2, "EdDSA": 2}


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks"])
async def test_what_is_unchanged_is_not_sent_again(provider: TestHouse, path: str) -> None:
    """By its entity tag (RFC 9110 section 13.1.2)."""
    async with provider.client() as client:
        first = await client.get(path)
        again = await client.get(path, headers={"if-none-match": first.headers["etag"]})
        other = await client.get(path, headers={"if-none-match": '"other"'})
    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200
