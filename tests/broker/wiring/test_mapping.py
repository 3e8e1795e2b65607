"""The configuration as the parts see it: nothing lost, nothing invented."""

import dataclasses
import hashlib
import json
from typing import Any

import pytest

from broker.settings.fresh import new_key
from broker.settings.schema import ProviderSettings, Settings
from broker.wiring.clients import client, clients, resources, stored_client
from broker.wiring.companies import companies
from broker.wiring.providers import callback_uri, registration, registrations
from broker.wiring.secret_keys import (
    cookie_keys,
    master_keys,
    pairwise_salt,
    peppers,
    signing_masters,
)
from providers.registration import Registration

HOURS = {"sv": "8–16", "en": "8–16"}


def settings_with(**changes: Any) -> Settings:
    """Return a small installation with some tables changed."""
    values: dict[str, Any] = {
        "issuer": "https://login.example.se",
        "secrets": {
            "cookie_keys": [new_key(), new_key()],
            "master_keys": {"k01": new_key(), "k02": new_key()},
            "peppers": {"p01": new_key()},
            "pairwise_salt": new_key(),
        },
        "companies": {"elnat": {"name": "Exempel", "phone": "0771-00 00 00", "hours": HOURS}},
        "resources": {
            "api": {
                "audience": "https://api.example.se",
                "companies": ["elnat"],
                "scopes": ["invoices:read"],
                "algorithm": "EdDSA",
                "lifetime_seconds": 60,
                "customer_number": False,
            }
        },
        "clients": {
            "portal": {"name": "P", "company": "elnat", "redirect_uris": ["https://p.se/cb"]}
        },
        "providers": {"google": {"kind": "google", "client_id": "x", "client_secrets": ["y"]}},
    }
    return Settings.model_validate({**values, **changes})


def portal(**changes: Any) -> Any:
    """Return the portal as the protocol sees it, with some keys of its table changed."""
    entry = {
        "name": "P",
        "company": "elnat",
        "redirect_uris": ["https://p.example.se/cb"],
        **changes,
    }
    return clients(settings_with(clients={"portal": entry}))["portal"]


def test_company_policies_arrive() -> None:
    """Every policy of a company is the linking brick's."""
    entry = {
        "name": "Exempel",
        "phone": "0771-00 00 00",
        "hours": HOURS,
        "customer_number": {"digits_only": False, "min_length": 5, "max_length": 7},
        "invoice_number": {"leading_zeros": 9},
        "accept_ocr": True,
        "ocr_template": "{customer:6}{invoice}{len}{check}",
        "bankgiro": ["123-4567"],
        "plusgiro": ["12345-6"],
        "evidence_months": 3,
        "closed_reading_months": 4,
        "delegation_months": 5,
    }
    company = companies(settings_with(companies={"elnat": entry}))["elnat"]
    assert company.id == "elnat"
    assert not company.customer_numbers.digits_only
    assert (company.customer_numbers.shortest, company.customer_numbers.longest) == (5, 7)
    assert company.invoice_numbers.zeros == 9
    assert company.accepts_ocr
    assert company.ocr_template is not None
    assert company.payment_accounts == ("123-4567", "12345-6")
    assert (company.evidence_months, company.closed_reading_months) == (3, 4)
    assert company.delegation_months == 5


@pytest.mark.parametrize(
    ("codes", "letter", "reached"),
    [
        (["email", "letter"], "print_file", True),
        (["email", "letter"], "none", False),
        (["email", "sms"], "print_file", False),
    ],
)
def test_everybody_is_reached_by_letters_that_leave(
    codes: list[str], letter: str, *, reached: bool
) -> None:
    """Only then may failures by others ask for a code."""
    entry = {"name": "E", "phone": "0771-00 00 00", "hours": HOURS, "ladder": {"codes": codes}}
    settings = settings_with(companies={"elnat": entry}, outbound={"letter": letter})
    assert companies(settings)["elnat"].ladder.all_private_reachable is reached


def test_secret_becomes_its_digest() -> None:
    """Nothing that could be sent as a secret is in the client."""
    secret, other = new_key(), hashlib.sha256(b"other").hexdigest()
    found = portal(secrets=[secret], secret_digests=[other])
    assert found.secret_hashes == (hashlib.sha256(secret.encode()).digest(), bytes.fromhex(other))
    assert found.auth_methods == ("client_secret_basic", "client_secret_post")


def test_client_without_secret_is_public() -> None:
    """Without a secret, the one method is `none`."""
    assert portal().auth_methods == ("none",)


def test_named_method_is_the_only_one() -> None:
    """A client that names its method cannot use another."""
    found = portal(secrets=[new_key()], token_endpoint_auth_method="client_secret_post")
    assert found.auth_methods == ("client_secret_post",)


def test_client_without_resource_is_for_userinfo() -> None:
    """Its audience is the issuer, its scopes those of login, its companies its own."""
    resource = portal().resource
    assert resource.audience == "https://login.example.se"
    assert resource.companies == ("elnat",)
    assert resource.scopes == ("openid", "profile", "email")


def test_resource_arrives() -> None:
    """Every value of the client's API is there."""
    resource = portal(resource="api").resource
    assert resource == resources(settings_with())["https://api.example.se"]
    assert (resource.algorithm, resource.lifetime) == ("EdDSA", 60)
    assert not resource.shows_customer_number


def test_stored_client_outlives_its_resource() -> None:
    """A registered client whose API left the configuration opens `/userinfo` and nothing else."""
    parse = stored_client(settings_with(resources={}))
    found = parse(
        "portal",
        '{"name":"P","company":"elnat","redirect_uris":["https://p.se/cb"],"resource":"api"}',
    )
    assert found is not None
    assert found.resource.audience == "https://login.example.se"
    assert found.resource.scopes == ("openid", "profile", "email")


@pytest.mark.parametrize(
    "changed",
    [
        {"company": "gas"},
        {"companies": ["elnat", "gas"]},
        {"redirect_uris": None},
        {"kept_by": "a newer release"},
    ],
)
def test_stored_client_that_no_longer_fits_is_unknown(changed: dict[str, Any]) -> None:
    """Nobody stands behind it, or it cannot be read: a page says so, and nothing fails."""
    entry = {"name": "P", "company": "elnat", "redirect_uris": ["https://p.se/cb"]}
    parse = stored_client(settings_with())
    assert parse("portal", json.dumps(entry)) is not None
    assert parse("portal", json.dumps(entry | changed)) is None


def test_pairwise_sector() -> None:
    """A pairwise client has its sector, else the host of its redirect address; others have none."""
    assert portal().pairwise_sector == ""
    assert portal(subject_type="pairwise").pairwise_sector == "p.example.se"
    assert portal(subject_type="pairwise", sector="example.se").pairwise_sector == "example.se"


def test_every_key_of_a_provider_arrives() -> None:
    """No key of the schema is forgotten on the way to the registration."""
    known = {field.name for field in dataclasses.fields(Registration)}
    decided_elsewhere = {"enabled", "label"}
    assert set(ProviderSettings.model_fields) - decided_elsewhere <= known
    entry = ProviderSettings.model_validate(
        {"kind": "facebook", "client_id": "x", "client_secrets": ["a", "b"], "scopes": ["email"]}
    )
    found = registration("fb", entry, settings_with())
    assert (found.name, found.client_secrets, found.scopes) == ("fb", ("a", "b"), ("email",))


def test_disabled_provider_is_not_offered() -> None:
    """A provider that is off does not reach the flow, at any door."""
    off = {"kind": "yahoo", "client_id": "", "enabled": False}
    assert registrations(settings_with(providers={"yahoo": off})) == {}


@pytest.mark.parametrize(
    ("issuer", "expected"), [("https://login.example.se", False), ("http://localhost:8000", True)]
)
def test_http_upstreams_only_beside_a_loopback_issuer(issuer: str, *, expected: bool) -> None:
    """The allowance for development follows our own address and nothing else."""
    found = registrations(settings_with(issuer=issuer))["google"]
    assert found.allow_insecure_loopback is expected


def test_callback_address() -> None:
    """The redirect address at a provider is made of the issuer."""
    assert callback_uri(settings_with(), "google") == "https://login.example.se/callback/google"


def test_keys_in_the_order_of_their_use() -> None:
    """The newest seals: first of the cookie keys, last name of the others; one key for one use."""
    settings = settings_with()
    assert len(cookie_keys(settings)) == 2
    assert all(len(key) == 32 for key in cookie_keys(settings))
    assert [each.name for each in signing_masters(settings)] == ["k02", "k01"]
    assert signing_masters(settings)[0].secret != master_keys(settings)["k02"]
    assert list(peppers(settings)) == ["p01"]
    assert len(pairwise_salt(settings)) == 32


def test_client_keeps_its_own_lists() -> None:
    """Companies default to its own; providers stay empty, which means all."""
    found = client("portal", settings_with().clients["portal"], settings_with())
    assert (found.companies, found.providers) == (("elnat",), ())
