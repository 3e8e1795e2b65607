"""Discovery documents and key sets: the fields of the real ones, oddities included."""

import base64
from collections.abc import Callable

import httpx2
import pytest

from providers.emulated.people import COUNCIL_TENANT, PERSONAL_TENANT
from tests.providers.emulated.party import KEYS, Party, read_token

MakeParty = Callable[[str], Party]

MICROSOFT = {
    "token_endpoint",
    "token_endpoint_auth_methods_supported",
    "jwks_uri",
    "response_modes_supported",
    "subject_types_supported",
    "id_token_signing_alg_values_supported",
    "response_types_supported",
    "scopes_supported",
    "issuer",
    "request_uri_parameter_supported",
    "userinfo_endpoint",
    "authorization_endpoint",
    "device_authorization_endpoint",
    "http_logout_supported",
    "frontchannel_logout_supported",
    "end_session_endpoint",
    "claims_supported",
    "kerberos_endpoint",
    "tenant_region_scope",
    "cloud_instance_name",
    "cloud_graph_host_name",
    "msgraph_host",
    "rbac_url",
}
GOOGLE = {
    "issuer",
    "authorization_endpoint",
    "device_authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "revocation_endpoint",
    "jwks_uri",
    "response_types_supported",
    "subject_types_supported",
    "id_token_signing_alg_values_supported",
    "scopes_supported",
    "token_endpoint_auth_methods_supported",
    "claims_supported",
    "code_challenge_methods_supported",
    "grant_types_supported",
}
FACEBOOK = {
    "issuer",
    "authorization_endpoint",
    "jwks_uri",
    "response_types_supported",
    "subject_types_supported",
    "id_token_signing_alg_values_supported",
    "claims_supported",
}
YAHOO = {
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "introspection_endpoint",
    "userinfo_endpoint",
    "token_revocation_endpoint",
    "jwks_uri",
    "response_types_supported",
    "subject_types_supported",
    "grant_types_supported",
    "id_token_signing_alg_values_supported",
    "scopes_supported",
    "acr_values_supported",
    "token_endpoint_auth_methods_supported",
    "response_modes_supported",
    "display_values_supported",
    "claims_supported",
    "claims_parameter_supported",
    "request_parameter_supported",
    "request_uri_parameter_supported",
}
WELL_KNOWN = ".well-known/openid-configuration"


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        (f"/microsoft/common/v2.0/{WELL_KNOWN}", MICROSOFT),
        (f"/google/{WELL_KNOWN}", GOOGLE),
        (f"/facebook/{WELL_KNOWN}/", FACEBOOK),
        (f"/yahoo/{WELL_KNOWN}", YAHOO),
    ],
)
async def test_metadata_has_the_real_fields_and_no_others(
    browser: httpx2.AsyncClient, path: str, fields: set[str]
) -> None:
    """Neither more nor less than the provider's recorded document, as the reference lists it."""
    assert set((await browser.get(path)).json()) == fields


@pytest.mark.parametrize(
    ("tenant", "issuer_tenant"),
    [
        ("consumers", PERSONAL_TENANT),
        (PERSONAL_TENANT, PERSONAL_TENANT),
        ("common", "{tenantid}"),
        ("organizations", "{tenantid}"),
        (COUNCIL_TENANT, COUNCIL_TENANT),
        ("pahittkommun.example", COUNCIL_TENANT),
    ],
)
async def test_microsofts_issuer_is_a_template_where_many_tenants_meet(
    browser: httpx2.AsyncClient, tenant: str, issuer_tenant: str
) -> None:
    """`common` and `organizations` have the literal template, a domain its tenant's GUID."""
    document = (await browser.get(f"/microsoft/{tenant}/v2.0/{WELL_KNOWN}")).json()
    assert document["issuer"] == f"http://localhost:8001/microsoft/{issuer_tenant}/v2.0"
    assert document["token_endpoint"].endswith(f"/microsoft/{tenant}/oauth2/v2.0/token")


async def test_an_unknown_tenant_has_no_metadata(browser: httpx2.AsyncClient) -> None:
    """Microsoft answers 400 with its own error JSON."""
    response = await browser.get(f"/microsoft/nowhere/v2.0/{WELL_KNOWN}")
    assert (response.status_code, response.json()["error_codes"]) == (400, [90002])


async def test_microsofts_keys_have_issuers_and_certificates_but_no_algorithm(
    browser: httpx2.AsyncClient,
) -> None:
    """Six keys; two of them belong to the issuer of personal accounts."""
    keys = (await browser.get("/microsoft/common/discovery/v2.0/keys")).json()["keys"]
    assert len(keys) == 6
    assert all(set(key) == {"kty", "use", "kid", "n", "e", "x5t", "x5c", "issuer"} for key in keys)
    personal = [key for key in keys if PERSONAL_TENANT in key["issuer"]]
    assert len(personal) == 2
    assert all("{tenantid}" in key["issuer"] for key in keys if key not in personal)


async def test_microsofts_key_sets_overlap(browser: httpx2.AsyncClient) -> None:
    """A signature by a key of the set does not tell personal from work accounts."""
    sets = []
    for tenant in ("consumers", "organizations"):
        keys = (await browser.get(f"/microsoft/{tenant}/discovery/v2.0/keys")).json()["keys"]
        sets.append({key["kid"] for key in keys})
    assert sets[0] & sets[1]


async def test_yahoos_rsa_keys_are_weak_and_two_share_a_modulus(
    browser: httpx2.AsyncClient,
) -> None:
    """One P-256 key, and three RSA keys of 1024 bits."""
    keys = (await browser.get(KEYS["yahoo"])).json()["keys"]
    assert [key["kty"] for key in keys] == ["EC", "RSA", "RSA", "RSA"]
    sizes = {len(base64.urlsafe_b64decode(key["n"] + "==")) for key in keys[1:]}
    assert sizes == {128}
    moduli = {key["kid"]: key["n"] for key in keys[1:]}
    assert moduli["0"] == moduli["4"] != moduli["7"]


async def test_googles_keys_go_from_two_to_three_to_two(party: MakeParty) -> None:
    """A new key is announced, then signs, then the oldest leaves; the response is cacheable."""
    client = party("google")
    sizes = []
    for order in ({}, {"announce_key": True}, {"rotate_keys": True}):
        await client.order(**order)
        response = await client.browser.get(KEYS["google"])
        sizes.append(len(response.json()["keys"]))
        assert "max-age=" in response.headers["cache-control"]
    assert sizes == [2, 3, 2]


async def test_a_rotation_signs_with_the_announced_key(party: MakeParty) -> None:
    """The key that was announced is the one that signs after the rotation."""
    client = party("generic")
    await client.order(announce_key=True)
    announced = (await client.browser.get(KEYS["generic"])).json()["keys"][0]["kid"]
    await client.order(rotate_keys=True)
    token = (await client.get_tokens("karin"))["id_token"]
    assert read_token(token)[0]["kid"] == announced


async def test_flapping_keys_show_halves_in_turn(party: MakeParty) -> None:
    """Two fetches differ, and together hold everything."""
    client = party("microsoft")
    whole = (await client.browser.get(KEYS["microsoft"])).json()["keys"]
    await client.order({"name": "flapping", "times": None})
    halves = [(await client.browser.get(KEYS["microsoft"])).json()["keys"] for _ in range(2)]
    assert halves[0] != halves[1]
    kids = {key["kid"] for half in halves for key in half}
    assert kids == {key["kid"] for key in whole}


async def test_risc_configuration_has_googles_trailing_slash(browser: httpx2.AsyncClient) -> None:
    """The issuer of security events is not quite the issuer of ID tokens."""
    document = (await browser.get("/google/.well-known/risc-configuration")).json()
    assert document["issuer"] == "http://localhost:8001/google/"
    assert document["jwks_uri"].endswith("/oauth2/v3/certs")
