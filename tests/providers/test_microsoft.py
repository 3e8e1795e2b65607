"""Microsoft: tenants, the issuer template, object ids, e-mail that proves nothing."""

from dataclasses import replace
from typing import Any

import pytest

from providers import Registration, RegistrationInvalid, UpstreamDenied
from providers.microsoft import GUID, PERSONAL, microsoft
from tests.providers.upstream import CLIENT_ID, START, Login, public

AUTHORITY = "https://login.microsoftonline.com"
WORK = "11111111-2222-4333-8444-555555555555"
OTHER_WORK = "66666666-7777-4888-9999-aaaaaaaaaaaa"
OID = "00000000-0000-0000-7a3b-4c5d6e7f8091"
NOW = int(START.timestamp())


def metadata(tenant: str, issuer_tenant: str) -> dict[str, Any]:
    """Discovery as Microsoft has it: no code_challenge_methods_supported."""
    return {
        "issuer": f"{AUTHORITY}/{issuer_tenant}/v2.0",
        "authorization_endpoint": f"{AUTHORITY}/{tenant}/oauth2/v2.0/authorize",
        "token_endpoint": f"{AUTHORITY}/{tenant}/oauth2/v2.0/token",
        "jwks_uri": f"{AUTHORITY}/{tenant}/discovery/v2.0/keys",
        "userinfo_endpoint": "https://graph.microsoft.com/oidc/userinfo",
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
    }


@pytest.fixture
def at_microsoft(login: Login) -> Login:
    """The standard login, at Microsoft's `consumers`."""
    return serve(login, "consumers")


def serve(login: Login, tenant: str, *, tid: str = PERSONAL) -> Login:
    """Make the upstream Microsoft's authority for a tenant."""
    upstream = login.upstream
    issuer_tenant = {"consumers": PERSONAL, "common": "{tenantid}", "organizations": "{tenantid}"}
    upstream.router.clear()
    upstream.issuer = f"{AUTHORITY}/{tenant}/v2.0"
    upstream.metadata = metadata(tenant, issuer_tenant.get(tenant, tenant))
    upstream.serve()
    key_issuer = f"{AUTHORITY}/{PERSONAL if tid == PERSONAL else '{tenantid}'}/v2.0"
    upstream.jwks = [public(upstream.keys.rsa, kid="one", issuer=key_issuer, x5t="Zm9v")]
    upstream.claims |= {
        "iss": f"{AUTHORITY}/{tid}/v2.0",
        "tid": tid,
        "oid": OID,
        "ver": "2.0",
        "sub": "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ",
        "preferred_username": "maja.lind@outlook.com",
        "email": "maja.lind@gmail.com",
        "email_verified": None,
        "iat": NOW - 300,
        "nbf": NOW - 300,
        "exp": NOW + 86_400,
    }
    login.registration = Registration(
        name="upstream",
        kind="microsoft",
        client_id=CLIENT_ID,
        client_secrets=("secret",),
        tenant=tenant,
    )
    return login


async def test_identity_is_tenant_and_object_id(at_microsoft: Login) -> None:
    """`oid` under the tenant's issuer; `sub`, which another app would see differently, beside."""
    identity = await at_microsoft.finish()
    assert identity.issuer == f"{AUTHORITY}/{PERSONAL}/v2.0"
    assert identity.subject == OID
    assert identity.other_subjects == {"sub": "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ"}
    assert identity.client_id == CLIENT_ID


async def test_consumers_is_the_default(at_microsoft: Login) -> None:
    """A registration without a tenant is for personal accounts."""
    assert (await at_microsoft.finish(at_microsoft.provider(tenant=""))).subject == OID


async def test_proof_key_is_sent_though_not_advertised(at_microsoft: Login) -> None:
    """Microsoft supports it and does not say so."""
    assert (await at_microsoft.asked())["code_challenge_method"] == "S256"
    await at_microsoft.finish()
    form = at_microsoft.upstream.last_form()
    assert form["code_verifier"] == at_microsoft.attempt.code_verifier
    assert form["client_secret"] == "secret"


@pytest.mark.parametrize(
    ("tenant", "tid", "admitted"),
    [
        ("consumers", PERSONAL, True),
        ("consumers", WORK, False),
        ("organizations", WORK, True),
        ("organizations", PERSONAL, False),
        ("common", PERSONAL, True),
        ("common", WORK, True),
        (WORK, WORK, True),
        (WORK, OTHER_WORK, False),
        (WORK, PERSONAL, False),
    ],
)
async def test_tenant_policy(login: Login, tenant: str, tid: str, admitted: bool) -> None:
    """Each setting admits its own tenants and no other."""
    serve(login, tenant, tid=tid)
    assert await login.failed_check() == ("" if admitted else "tenant")


async def test_listed_tenants_only(login: Login) -> None:
    """`allowed_tenants` narrows what `tenant` admits."""
    serve(login, "common", tid=WORK)
    assert await login.failed_check(login.provider(allowed_tenants=(WORK,))) == ""
    assert await login.failed_check(login.provider(allowed_tenants=(OTHER_WORK,))) == "tenant"


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"iss": f"{AUTHORITY}/{{tenantid}}/v2.0"}, "issuer"),
        ({"iss": f"https://sts.windows.net/{WORK}/"}, "issuer"),
        ({"iss": f"{AUTHORITY}/{WORK}/v2.0/"}, "issuer"),
        ({"iss": f"{AUTHORITY}/{WORK}/x/v2.0"}, "issuer"),
        ({"tid": None}, "tenant"),
        ({"tid": WORK.upper() + "A"}, "tenant"),
        ({"tid": [WORK]}, "tenant"),
        ({"iss": f"{AUTHORITY}/{OTHER_WORK}/v2.0"}, "tenant_issuer"),
        ({"tid": OTHER_WORK}, "tenant_issuer"),
        ({"ver": "1.0"}, "version"),
        ({"oid": None}, "object_id"),
        ({"oid": 7}, "object_id"),
        ({"oid": "maja"}, "object_id"),
    ],
)
async def test_each_check_refuses_by_its_name(
    login: Login, changes: dict[str, Any], check: str
) -> None:
    """Issuer, tenant, version and object id must fit together."""
    serve(login, "common", tid=WORK)
    login.upstream.claims |= changes
    assert await login.failed_check() == check


async def test_a_key_for_personal_accounts_cannot_speak_for_a_tenant(login: Login) -> None:
    """The key's own issuer must be the token's (a token for a work tenant under an MSA key)."""
    serve(login, "common", tid=WORK)
    login.upstream.jwks[0]["issuer"] = f"{AUTHORITY}/{PERSONAL}/v2.0"
    assert await login.failed_check() == "key_issuer"


async def test_key_without_issuer_is_refused_where_tenants_share_keys(login: Login) -> None:
    """A multi-tenant authority says whose key it is, or the key is not used."""
    serve(login, "common", tid=WORK)
    del login.upstream.jwks[0]["issuer"]
    assert await login.failed_check() == "key_issuer"


async def test_key_without_issuer_is_good_for_one_fixed_issuer(at_microsoft: Login) -> None:
    """Where the issuer is fixed by configuration, the key's own word adds nothing."""
    del at_microsoft.upstream.jwks[0]["issuer"]
    assert await at_microsoft.failed_check() == ""


async def test_discovery_must_have_the_literal_template(login: Login) -> None:
    """`common` has `{tenantid}` in its issuer; a filled-in one is another authority's."""
    serve(login, "common", tid=WORK)
    login.upstream.metadata["issuer"] = f"{AUTHORITY}/{WORK}/v2.0"
    assert await login.failed_check() == "metadata_issuer"


@pytest.mark.parametrize(
    ("tid", "trust", "claims", "verified"),
    [
        (PERSONAL, None, {}, False),
        (PERSONAL, "claim", {}, True),
        (PERSONAL, None, {"xms_edov": True}, False),
        (WORK, None, {}, False),
        (WORK, "claim", {}, False),
        (WORK, None, {"email_verified": True}, False),
        (WORK, None, {"xms_edov": True}, True),
        (WORK, None, {"xms_edov": "1"}, True),
        (WORK, None, {"xms_edov": 1}, True),
        (WORK, None, {"xms_edov": "false"}, False),
        (WORK, None, {"xms_edov": [True]}, False),
        (WORK, "never", {"xms_edov": True}, False),
        (WORK, None, {"xms_edov": True, "email": None}, False),
    ],
)
async def test_email_is_verified_only_by_policy(
    login: Login, tid: str, trust: str | None, claims: dict[str, Any], verified: bool
) -> None:
    """A tenant's administrator can write any address ("nOAuth"); only `xms_edov` says otherwise."""
    serve(login, "common", tid=tid)
    login.upstream.claims |= claims
    identity = await login.finish(login.provider(email_trust=trust))
    assert identity.email_verified is verified


async def test_user_name_is_never_an_email(at_microsoft: Login) -> None:
    """`preferred_username` looks like an address and is not one."""
    at_microsoft.upstream.claims["email"] = None
    assert (await at_microsoft.finish()).email is None


@pytest.mark.parametrize(
    "returned",
    [
        {"error": "access_denied"},
        {"error": "access_denied", "error_subcode": "cancel"},
        {"error": "consent_required", "error_description": "AADSTS65004"},
        {"error": "server_error", "error_subcode": "cancel"},
    ],
)
async def test_cancelling_in_all_its_forms(at_microsoft: Login, returned: dict[str, str]) -> None:
    """With or without a description, somebody who chose not to is denied, not in error."""
    with pytest.raises(UpstreamDenied):
        await at_microsoft.provider().finish(
            at_microsoft.attempt, at_microsoft.returned(code=None, **returned)
        )


@pytest.mark.parametrize(
    ("wishes", "asked"),
    [
        ({}, {}),
        ({"choose_account": True}, {"prompt": "select_account"}),
        ({"reauthenticate": True}, {"prompt": "login"}),
        ({"max_age": 600}, {"prompt": "login"}),
        ({"login_hint": "m@example.org"}, {"login_hint": "m@example.org"}),
        ({"login_hint": "sub:19121212"}, {}),
        ({"login_hint": "m@example.org", "choose_account": True}, {"prompt": "select_account"}),
    ],
)
async def test_page_wishes(
    at_microsoft: Login, wishes: dict[str, Any], asked: dict[str, str]
) -> None:
    """`max_age` is not supported, and a hint and the chooser exclude each other."""
    at_microsoft.attempt = replace(at_microsoft.attempt, **wishes)
    parameters = await at_microsoft.asked()
    ours = {"prompt", "login_hint", "max_age"} & parameters.keys()
    assert {name: parameters[name] for name in ours} == asked


async def test_fresh_login_is_checked_where_the_claim_is_on(at_microsoft: Login) -> None:
    """`auth_time` is optional there: absent is let in, an old one is not."""
    at_microsoft.attempt = replace(at_microsoft.attempt, reauthenticate=True)
    assert await at_microsoft.failed_check() == ""
    at_microsoft.upstream.claims["auth_time"] = NOW - 3600
    assert await at_microsoft.failed_check() == "auth_time"


async def test_iss_of_the_callback_must_be_the_tokens(login: Login) -> None:
    """RFC 9207 for a template: a tenant's issuer, and in the end this tenant's."""
    serve(login, "common", tid=WORK)
    provider = login.provider()
    good = login.returned(iss=f"{AUTHORITY}/{WORK}/v2.0")
    assert (await provider.finish(login.attempt, good)).subject == OID
    other = login.returned(iss=f"{AUTHORITY}/{OTHER_WORK}/v2.0")
    with pytest.raises(Exception, match="upstream_invalid"):
        await provider.finish(login.attempt, other)


@pytest.mark.parametrize("setting", [{"tenant": "elnat.se"}, {"allowed_tenants": ("elnat.se",)}])
def test_tenants_are_named_by_id(setting: dict[str, Any]) -> None:
    """A domain is refused with a remedy: its issuer could not be known beforehand."""
    with pytest.raises(RegistrationInvalid) as problem:
        microsoft(Registration(name="ms", kind="microsoft", client_id="x", **setting))
    assert problem.value.setting == next(iter(setting))
    assert "Directory (tenant) ID" in problem.value.remedy


def test_an_authority_of_another_host_brings_its_host() -> None:
    """Only addresses differ for another cloud; Microsoft's own hosts are then not called."""
    dialect = microsoft(
        Registration(
            name="ms", kind="microsoft", client_id="x", authority="https://login.example.org/ms/"
        )
    )
    assert dialect.issuer == f"https://login.example.org/ms/{PERSONAL}/v2.0"
    assert dialect.hosts == {"login.example.org"}


def test_personal_tenant_is_a_guid() -> None:
    """The constant is as Microsoft writes it."""
    assert GUID.fullmatch(PERSONAL)
