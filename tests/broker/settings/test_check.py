"""Every rule of the configuration: what it refuses, where it says so."""

from collections.abc import Callable
from typing import Any

import pytest

from broker.settings.check import RULES, check
from broker.settings.demo_digests import digest
from broker.settings.fresh import new_key
from broker.settings.problem import Problem
from broker.settings.rules import providers
from broker.settings.schema import Settings
from providers.jws import ALGORITHMS

Judge = Callable[[dict[str, Any]], list[Problem]]

PORTAL = "clients/mina-sidor"
KEY_OF_WORDS = "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5LXN0YXBsZS0xMjM"  # base64url of 32 letters
KEY_IN_SERIES = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"  # base64url of the bytes 0 to 31
A_KEY = "pY9Q0bq2m0cS2lqJ3bY8Hn9v5dXwT1eZkR4uG7aLxWc"

A_SECRET = new_key()
WEBHOOK = {"outbound/sms": "webhook", "outbound/webhook/secret": A_SECRET}
MAIL = {
    "outbound/email": "smtp",
    "outbound/smtp/host": "mail.example.se",
    "companies/elnat/email": "kund@elnat.example.se",
    "companies/varme/notice_sender": "svara-inte@varme.example.se",
}
POSTGRESQL = "postgresql://farstu@db.example/farstu"
SMS_URL = "https://sms.example.se/farstu"

BILLING = "registers/billing"
VIEWS = {
    "companies/elnat/customer_register": "billing",
    f"{BILLING}/kind": "sql",
    f"{BILLING}/database": "postgresql://farstu@billing.example.se/billing",
}
API = {
    "companies/elnat/customer_register": "billing",
    f"{BILLING}/kind": "http",
    f"{BILLING}/url": "https://billing.example.se/farstu/v1",
    f"{BILLING}/token": new_key(),
}

OCR_AS_SECOND = {"companies/elnat/ladder/second_item": "ocr"}
SHARED = {f"{PORTAL}/companies": ["elnat", "varme"]}
LETTERS = MAIL | {"outbound/letter": "print_file", "outbound/print_file/path": "letters"}

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"issuer": "http://login.example.se"}, "issuer"),
    ({"issuer": "https://login.example.se/"}, "issuer"),
    ({"issuer": "https://login.example.se/broker"}, "issuer"),
    ({"issuer": "https://login.example.se?x=1"}, "issuer"),
    ({"issuer": "https://login.example.se#x"}, "issuer"),
    ({"issuer": "https://login.example.se:443"}, "issuer"),
    ({"issuer": "https://login.example.se:"}, "issuer"),
    ({"issuer": "https://Login.example.se"}, "issuer"),
    ({"issuer": "https://me@login.example.se"}, "issuer"),
    ({"issuer": "https://lögin.example.se"}, "issuer"),
    ({"issuer": "https://login.example.se:99999"}, "issuer"),
    ({"issuer": "https://"}, "issuer"),
    ({"issuer": "login.example.se"}, "issuer"),
    ({"issuer": "http://localhost.example.se"}, "issuer"),
    ({"server/host": ""}, "server.host"),
    ({"server/trusted_proxies": ["*"]}, "server.trusted_proxies[0]"),
    ({"server/trusted_proxies": ["10.0.0.5", "0.0.0.0/0"]}, "server.trusted_proxies[1]"),
    ({"server/trusted_proxies": ["::/0"]}, "server.trusted_proxies[0]"),
    ({"server/trusted_proxies": ["proxy.example.se"]}, "server.trusted_proxies[0]"),
    ({"server/trusted_proxies": ["10.0.0.5/16"]}, "server.trusted_proxies[0]"),
    ({"server/tls_certificate": "/nowhere/cert.pem"}, "server.tls_key"),
    ({"server/tls_key": "/nowhere/key.pem"}, "server.tls_certificate"),
    (
        {"server/tls_certificate": "/nowhere/cert.pem", "server/tls_key": "/nowhere/key.pem"},
        "server.tls_certificate",
    ),
    ({"telemetry/metrics_port": 8000}, "telemetry.metrics_port"),
    ({"companies/elnat/customer_register": "none"}, "companies.elnat.customer_register"),
    (VIEWS | {f"{BILLING}/database": ""}, "registers.billing.database"),
    (VIEWS | {f"{BILLING}/database": "sqlite:///billing.db"}, "registers.billing.database"),
    (VIEWS | {f"{BILLING}/database": "postgresql://b.example.se/x"}, "registers.billing.database"),
    (
        VIEWS | {f"{BILLING}/database": "postgresql://farstu:pass@b.example.se/x"},
        "registers.billing.database",
    ),
    (
        VIEWS | {f"{BILLING}/database": "postgresql://farstu@b.example.se/x?sslmode=require"},
        "registers.billing.database",
    ),
    (VIEWS | {f"{BILLING}/token": new_key()}, "registers.billing.token"),
    (VIEWS | {f"{BILLING}/url": "https://b.example.se"}, "registers.billing.url"),
    (API | {f"{BILLING}/url": ""}, "registers.billing.url"),
    (API | {f"{BILLING}/url": "http://billing.example.se/v1"}, "registers.billing.url"),
    (API | {f"{BILLING}/url": "https://billing.example.se/v1/"}, "registers.billing.url"),
    (API | {f"{BILLING}/url": "https://me@billing.example.se/v1"}, "registers.billing.url"),
    (API | {f"{BILLING}/url": "https://billing.example.se/v1?x=1"}, "registers.billing.url"),
    (API | {f"{BILLING}/token": None}, "registers.billing.token"),
    (API | {f"{BILLING}/token": "short"}, "registers.billing.token"),
    (API | {f"{BILLING}/token": "abab" * 12}, "registers.billing.token"),
    (API | {f"{BILLING}/token": f"{new_key()} {new_key()}"}, "registers.billing.token"),
    (
        API | {f"{BILLING}/token": A_SECRET, "outbound/webhook/url": SMS_URL} | WEBHOOK,
        "registers.billing.token",
    ),
    (API | {f"{BILLING}/client_key": "/nowhere/key.pem"}, "registers.billing.client_certificate"),
    (
        API
        | {
            f"{BILLING}/client_certificate": "/nowhere/cert.pem",
            f"{BILLING}/client_key": "/nowhere/key.pem",
        },
        "registers.billing.client_certificate",
    ),
    (API | {f"{BILLING}/ca_file": "/nowhere/ca.pem"}, "registers.billing.ca_file"),
    (API | {f"{BILLING}/database": "postgresql://a@b/c"}, "registers.billing.database"),
    ({"telemetry/otlp_endpoint": "collector:4318"}, "telemetry.otlp_endpoint"),
    ({"session/idle_minutes": 90, "session/absolute_hours": 1}, "session.idle_minutes"),
    (
        {"session/remembered_idle_days": 9, "session/remembered_absolute_days": 8},
        "session.remembered_idle_days",
    ),
    ({"secrets/cookie_keys": []}, "secrets.cookie_keys"),
    ({"secrets/master_keys": {}}, "secrets.master_keys"),
    ({"secrets/peppers": {}}, "secrets.peppers"),
    ({"secrets/cookie_keys": ["short"]}, "secrets.cookie_keys[0]"),
    ({"secrets/master_keys": {"k01": "å" * 43}}, "secrets.master_keys.k01"),
    ({"secrets/peppers": {"p01": A_KEY + "AAAA"}}, "secrets.peppers.p01"),
    ({"secrets/pairwise_salt": ""}, "secrets.pairwise_salt"),
    ({"secrets/pairwise_salt": "A" * 43}, "secrets.pairwise_salt"),
    ({"secrets/pairwise_salt": KEY_OF_WORDS}, "secrets.pairwise_salt"),
    ({"secrets/pairwise_salt": KEY_IN_SERIES}, "secrets.pairwise_salt"),
    ({"secrets/master_keys": {"k9": new_key(), "k10": new_key()}}, "secrets.master_keys"),
    ({"secrets/peppers": {"p1": new_key(), "p10": new_key(), "p2": new_key()}}, "secrets.peppers"),
    ({"secrets/cookie_keys": [A_KEY, A_KEY]}, "secrets.cookie_keys[1]"),
    ({"secrets/cookie_keys": [A_KEY], "secrets/pairwise_salt": A_KEY}, "secrets.pairwise_salt"),
    ({"secrets/cookie_keys": [A_KEY], "secrets/pairwise_salt": A_KEY + "="}, "pairwise_salt"),
    ({"secrets/cookie_keys": [A_KEY], f"{PORTAL}/secrets": [A_KEY]}, "secrets[0]"),
    ({f"{PORTAL}/secrets": ["x7Gq-too-short-2kd9"]}, "clients.mina-sidor.secrets[0]"),
    ({f"{PORTAL}/secrets": ["password" * 5]}, "clients.mina-sidor.secrets[0]"),
    ({f"{PORTAL}/secrets": ["a" * 40 + "bcdefg"]}, "clients.mina-sidor.secrets[0]"),
    ({"storage/database": "mysql://farstu@db/farstu"}, "storage.database"),
    ({"storage/database": "postgresql://db/farstu"}, "storage.database"),
    ({"storage/database": "postgresql://farstu@db"}, "storage.database"),
    ({"storage/database": "postgresql://farstu:secret@db/farstu"}, "storage.database"),
    ({"storage/database": "postgresql://farstu@db:port/farstu"}, "storage.database"),
    ({"storage/database": "postgresql://farstu@db/f?sslmode=require"}, "storage.database"),
    ({"storage/database": "postgresql://farstu@db/f?pool=9"}, "storage.database"),
    ({"storage/database": f"{POSTGRESQL}?sslrootcert=/nowhere/ca.pem"}, "storage.database"),
    ({"storage/database": f"{POSTGRESQL}?sslrootcert={__file__}"}, "storage.database"),
    (
        {"storage/database": f"{POSTGRESQL}?sslmode=verify-full&sslmode=disable"},
        "storage.database",
    ),
    ({"storage/database": "postgresql://farstu@/farstu?host=db"}, "storage.database"),
    ({"storage/database": "postgresql://farstu@/farstu"}, "storage.database"),
    ({"storage/database_password": "x"}, "storage.database_password"),
    ({"storage/transient_password": "x"}, "storage.transient_password"),
    ({"storage/transient_user": "x"}, "storage.transient_user"),
    ({"storage/transient": "memcached://cache"}, "storage.transient"),
    ({"storage/transient": "redis://"}, "storage.transient"),
    ({"storage/transient": "redis://cache:port/0"}, "storage.transient"),
    ({"storage/transient": "redis://:secret@cache/0"}, "storage.transient"),
    ({"storage/transient": "redis+sentinel://one,two"}, "storage.transient"),
    ({"storage/transient": "redis+sentinel://one,two/main/x"}, "storage.transient"),
    ({"storage/transient": "redis://cache/x"}, "storage.transient"),
    ({"storage/transient": "redis://cache/0/1"}, "storage.transient"),
    ({"storage/transient": "redis+cluster://one,two/3"}, "storage.transient"),
    ({"storage/transient": "rediss://cache/0?ssl_cert_reqs=none"}, "storage.transient"),
    ({"storage/transient": "rediss://cache/0?ca=/nowhere/ca.pem"}, "storage.transient"),
    ({"storage/database": "sqlite://"}, "storage.database"),
    ({"storage/database": "sqlite:///"}, "storage.database"),
    ({"storage/database": "sqlite:///:memory:"}, "storage.database"),
    ({"storage/database": "sqlite:///x.db?mode=ro"}, "storage.database"),
    ({"storage/transient": "sqlite:///farstu.db"}, "storage.transient"),
    (MAIL | {"outbound/smtp/host": ""}, "outbound.smtp.host"),
    ({"outbound/smtp/host": "mail.example.se"}, "outbound.smtp.host"),
    (MAIL | {"outbound/smtp/host": "smtp://mail.example.se"}, "outbound.smtp.host"),
    (MAIL | {"outbound/smtp/host": "mail.example.se\r\nQUIT"}, "outbound.smtp.host"),
    (MAIL | {"outbound/smtp/security": "none"}, "outbound.smtp.security"),
    (MAIL | {"outbound/smtp/username": "farstu"}, "outbound.smtp.password"),
    (MAIL | {"outbound/smtp/password": "s3cr3t"}, "outbound.smtp.username"),
    (MAIL | {"outbound/smtp/ca_file": "/nowhere/ca.pem"}, "outbound.smtp.ca_file"),
    (MAIL | {"outbound/smtp/ca_file": __file__}, "outbound.smtp.ca_file"),
    (MAIL | {"companies/varme/notice_sender": ""}, "companies.varme.notice_sender"),
    (
        MAIL | {"companies/varme/notice_sender": "x@y.se\r\nBcc: z@y.se"},
        "companies.varme.notice_sender",
    ),
    ({"companies/varme/notice_sender": "Värme <x@y.se>"}, "companies.varme.notice_sender"),
    (MAIL | {"companies/elnat/email": "kund@elnät.se"}, "companies.elnat.notice_sender"),
    (MAIL | {"companies/elnat/name": "Exempel\r\nBcc: z@y.se"}, "companies.elnat.name"),
    (WEBHOOK | {"outbound/webhook/url": ""}, "outbound.webhook.url"),
    (WEBHOOK | {"outbound/webhook/url": "http://sms.example.se/"}, "outbound.webhook.url"),
    (WEBHOOK | {"outbound/webhook/url": "https://me:pw@sms.example.se/"}, "outbound.webhook.url"),
    (WEBHOOK | {"outbound/webhook/url": f"{SMS_URL}?key=1"}, "outbound.webhook.url"),
    (WEBHOOK | {"outbound/webhook/url": "sms.example.se"}, "outbound.webhook.url"),
    (
        WEBHOOK | {"outbound/webhook/url": SMS_URL, "outbound/webhook/secret": None},
        "outbound.webhook.secret",
    ),
    (
        WEBHOOK | {"outbound/webhook/url": SMS_URL, "outbound/webhook/secret": "short"},
        "outbound.webhook.secret",
    ),
    (
        WEBHOOK | {"outbound/webhook/url": SMS_URL, "outbound/webhook/secret": "password" * 5},
        "outbound.webhook.secret",
    ),
    (
        WEBHOOK | {"outbound/webhook/url": SMS_URL, "secrets/cookie_keys": [A_SECRET]},
        "outbound.webhook.secret",
    ),
    (
        {"outbound/webhook/url": SMS_URL, "outbound/webhook/secret": A_SECRET},
        "outbound.webhook.url",
    ),
    ({"outbound/letter": "print_file"}, "outbound.print_file.path"),
    ({"outbound/print_file/path": "letters"}, "outbound.print_file.path"),
    ({"outbound/letter": "folder"}, "outbound.folder.path"),
    ({"outbound/sms": "folder"}, "outbound.folder.path"),
    ({"outbound/sms": "folder", "outbound/folder/path": "messages"}, "outbound.folder.path"),
    ({"companies/elnat/phone": "call us"}, "companies.elnat.phone"),
    ({"companies/elnat/phone": "08-465 004 00"}, "companies.elnat.phone"),
    ({"companies/elnat/hours": {"sv": "8–16"}}, "companies.elnat.hours.en"),
    ({"companies/elnat/hours": {"sv": " ", "en": "8–16"}}, "companies.elnat.hours.sv"),
    ({"companies/elnat/ladder/codes": []}, "companies.elnat.ladder.codes"),
    (
        {"companies/elnat/ladder": {"private": "code", "codes": []}},
        "companies.elnat.ladder.codes",
    ),
    (MAIL | {"companies/elnat/ladder/codes": ["sms"]}, "companies.elnat.ladder.codes"),
    (MAIL | {"companies/elnat/ladder/codes": ["letter"]}, "companies.elnat.ladder.codes"),
    (
        {"outbound/letter": "print_file", "outbound/print_file/path": "letters"},
        "companies.elnat.ladder.codes",
    ),
    (OCR_AS_SECOND | {"companies/elnat/accept_ocr": True}, "companies.elnat.ladder.second_item"),
    (
        OCR_AS_SECOND | {"companies/elnat/ocr_template": "{invoice}{check}"},
        "companies.elnat.ladder.second_item",
    ),
    (
        SHARED | {"companies/varme/ladder/private": "second_item"},
        "clients.mina-sidor.companies",
    ),
    (
        SHARED | LETTERS | {"companies/varme/ladder/codes": ["letter"]},
        "clients.mina-sidor.companies",
    ),
    ({"companies/elnat/email": "kund.example.se"}, "companies.elnat.email"),
    ({"companies/elnat/website": "www.example.se"}, "companies.elnat.website"),
    ({"companies/elnat/website": "javascript:alert(1)"}, "companies.elnat.website"),
    ({"companies/elnat/organisation_number": "55600"}, "companies.elnat.organisation_number"),
    (
        {"companies/elnat/customer_number": {"min_length": 9, "max_length": 8}},
        "companies.elnat.customer_number.min_length",
    ),
    (
        {"companies/elnat/invoice_number": {"leading_zeros": 20}},
        "companies.elnat.invoice_number.leading_zeros",
    ),
    (
        {"companies/elnat/invoice_number": {"example": "F-12345"}},
        "companies.elnat.invoice_number.example",
    ),
    ({"companies/elnat/bankgiro": ["12-3"]}, "companies.elnat.bankgiro[0]"),
    ({"companies/elnat/plusgiro": ["no"]}, "companies.elnat.plusgiro[0]"),
    ({"companies/elnat/ocr_template": "{customer:6}{len}{check}"}, "companies.elnat.ocr_template"),
    (
        {"companies/elnat/ocr_template": "{customer}{invoice}{check}"},
        "companies.elnat.ocr_template",
    ),
    ({"companies/elnat/ocr_template": "{invoice}{invoice}{check}"}, "companies.elnat.ocr_template"),
    (
        {"companies/elnat/ocr_template": "{customer:6}{customer:6}{invoice}{check}"},
        "companies.elnat.ocr_template",
    ),
    ({"companies/elnat/ocr_template": "{invoice}{check}{len}"}, "companies.elnat.ocr_template"),
    ({"companies/elnat/ocr_template": "{len}{invoice}{check}"}, "companies.elnat.ocr_template"),
    ({"companies/elnat/ocr_template": "{invoice}"}, "companies.elnat.ocr_template"),
    ({"companies/elnat/ocr_template": "{invoice:0}{check}"}, "companies.elnat.ocr_template"),
    ({"companies/elnat/ocr_template": "F{invoice}{check}"}, "companies.elnat.ocr_template"),
    (
        {
            "companies/elnat/ocr_template": "{invoice}{check}",
            "companies/elnat/invoice_number": {"digits_only": False},
        },
        "companies.elnat.ocr_template",
    ),
    ({"brands/kraft/text": "#888888"}, "brands.kraft.text"),
    ({"brands/kraft/on_primary": "#0b5c6c"}, "brands.kraft.on_primary"),
    ({"brands/kraft/primary": "#ffd400"}, "brands.kraft.primary"),
    ({"brands/kraft/accent": "#333333"}, "brands.kraft.text"),
    ({"brands/kraft/background": "#101418"}, "brands.kraft.background"),
    ({"brands/kraft/logo": "/nowhere/logo.svg"}, "brands.kraft.logo"),
    ({"brands/kraft/logo": "/nowhere/logo.gif"}, "brands.kraft.logo"),
    ({"resources/api/audience": "api"}, "resources.api.audience"),
    ({"resources/api/audience": "https://api.example.se#x"}, "resources.api.audience"),
    ({"resources/api/audience": "https://login.example.se"}, "resources.api.audience"),
    (
        {"resources/other": {"audience": "https://api.example.se", "companies": ["varme"]}},
        "resources.other.audience",
    ),
    ({"resources/api/companies": []}, "resources.api.companies"),
    ({"resources/api/companies": ["elnat", "gas"]}, "resources.api.companies[1]"),
    ({"resources/api/scopes": ["invoices:read", "two words"]}, "resources.api.scopes[1]"),
    ({"resources/api/scopes": ["invoices:read", "openid"]}, "resources.api.scopes[1]"),
    ({f"{PORTAL}/company": "gas"}, "clients.mina-sidor.company"),
    ({f"{PORTAL}/companies": ["elnat", "gas"]}, "clients.mina-sidor.companies[1]"),
    ({f"{PORTAL}/brand": "kraftt"}, "clients.mina-sidor.brand"),
    ({f"{PORTAL}/providers": ["google", "yahoo"]}, "clients.mina-sidor.providers[1]"),
    ({f"{PORTAL}/resource": "apis"}, "clients.mina-sidor.resource"),
    ({f"{PORTAL}/companies": ["varme"]}, "clients.mina-sidor.resource"),
    ({f"{PORTAL}/scopes": ["invoices:read"]}, "clients.mina-sidor.scopes"),
    ({f"{PORTAL}/scopes": ["openid", "invoice:read"]}, "clients.mina-sidor.scopes[1]"),
    (
        {f"{PORTAL}/token_endpoint_auth_method": "none"},
        "clients.mina-sidor.token_endpoint_auth_method",
    ),
    (
        {f"{PORTAL}/secrets": [], f"{PORTAL}/token_endpoint_auth_method": "client_secret_basic"},
        "clients.mina-sidor.secrets",
    ),
    ({f"{PORTAL}/secrets": [], f"{PORTAL}/require_pkce": False}, "clients.mina-sidor.require_pkce"),
    ({f"{PORTAL}/sector": "example.se"}, "clients.mina-sidor.sector"),
    (
        {
            f"{PORTAL}/subject_type": "pairwise",
            f"{PORTAL}/redirect_uris": ["https://a.example.se/cb", "https://b.example.se/cb"],
        },
        "clients.mina-sidor.sector",
    ),
    (
        {
            f"{PORTAL}/subject_type": "pairwise",
            f"{PORTAL}/redirect_uris": ["se.example.app:/callback"],
        },
        "clients.mina-sidor.sector",
    ),
    ({f"{PORTAL}/redirect_uris": []}, "clients.mina-sidor.redirect_uris"),
    ({f"{PORTAL}/home_uri": "http://minasidor.example.se"}, "clients.mina-sidor.home_uri"),
    (
        {f"{PORTAL}/initiate_login_uri": "javascript:alert(1)"},
        "clients.mina-sidor.initiate_login_uri",
    ),
    (
        {"clients/mina sidor": {"name": "M", "company": "elnat", "redirect_uris": []}},
        '"mina sidor"',
    ),
    ({"providers/google/client_id": ""}, "providers.google.client_id"),
    ({"providers/google/client_secrets": []}, "providers.google.client_secrets"),
    ({"providers/google/client_secrets": ["x", " "]}, "providers.google.client_secrets[1]"),
    ({"providers/google/client_auth": "none"}, "providers.google.client_auth"),
    ({"providers/google/kind": "oidc"}, "providers.google.issuer"),
    ({"providers/google/issuer": "http://localhost:8001/google"}, "providers.google.issuer"),
    ({"providers/google/issuer": "https://a:b@example.se"}, "providers.google.issuer"),
    ({"providers/google/issuer": "accounts"}, "providers.google.issuer"),
    ({"providers/google/allowed_hosts": ["https://x.se"]}, "providers.google.allowed_hosts[0]"),
    ({"providers/google/private_hosts": [""]}, "providers.google.private_hosts[0]"),
    ({"providers/google/private_hosts": ["id.lan:8443"]}, "providers.google.private_hosts[0]"),
    ({"providers/google/tenant": "common"}, "providers.google.tenant"),
    ({"providers/google/graph_version": "v25.0"}, "providers.google.graph_version"),
    ({"providers/google/hosted_domain": "@example.se"}, "providers.google.hosted_domain"),
    ({"providers/google/algorithms": ["RS256", "none"]}, "providers.google.algorithms[1]"),
    ({"providers/google/algorithms": ["HS256"]}, "providers.google.algorithms[0]"),
    ({"providers/google/algorithms": ["EdDSA"]}, "providers.google.algorithms[0]"),
    ({"providers/google/scopes": ["email"]}, "providers.google.scopes"),
    (
        {"providers/google/kind": "facebook", "providers/google/graph_version": "25"},
        "providers.google.graph_version",
    ),
    (
        {"providers/google/kind": "microsoft", "providers/google/tenant": "everybody"},
        "providers.google.tenant",
    ),
    (
        {"providers/google/kind": "microsoft", "providers/google/tenant": "example.se"},
        "providers.google.tenant",
    ),
    (
        {
            "providers/google/kind": "microsoft",
            "providers/google/tenant": "common",
            "providers/google/allowed_tenants": ["example"],
        },
        "providers.google.allowed_tenants[0]",
    ),
    (
        {
            "providers/google/kind": "microsoft",
            "providers/google/allowed_tenants": ["3f9c1d52-8e47-4b6a-a0d3-71c5e2f4b801"],
        },
        "providers.google.allowed_tenants",
    ),
]


def test_configuration_in_order(problems_with: Judge) -> None:
    """A configuration that is in order has no problem, or every other test here proves nothing."""
    assert problems_with({}) == []


@pytest.mark.parametrize(("changes", "where"), REFUSED)
def test_unsafe_or_impossible_value_is_refused(
    changes: dict[str, Any], where: str, problems_with: Judge
) -> None:
    """One spoilt value is named by its path, with a reason and a remedy."""
    problems = problems_with(changes)
    assert [problem for problem in problems if problem.path.endswith(where)]
    assert all(problem.reason and problem.remedy for problem in problems)


@pytest.mark.parametrize(("changes", "where"), REFUSED)
def test_one_fault_gives_few_problems(
    changes: dict[str, Any], where: str, problems_with: Judge
) -> None:
    """A single mistake is not drowned in what follows from it."""
    assert len(problems_with(changes)) <= 3


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "http://localhost:8000"},
        {"issuer": "http://127.0.0.1:8000"},
        {"issuer": "http://[::1]:8000"},
        {"issuer": "https://login.example.se:8443"},
        {"issuer": "http://localhost:8000", "companies/elnat/phone": "08-465 004 00"},
        {
            "issuer": "http://localhost:8000",
            "providers/google/issuer": "http://localhost:8001/google",
        },
        {"companies/elnat/ocr_template": "{customer:6}{invoice}{len}{check}"},
        {"companies/elnat/ocr_template": "80{invoice:8}{check}"},
        {"secrets/master_keys": {"k09": new_key(), "k10": new_key()}},
        {"secrets/pairwise_salt": A_KEY + "="},
        {f"{PORTAL}/secrets": [], f"{PORTAL}/secret_digests": [digest("anything")]},
        {f"{PORTAL}/secrets": []},
        {f"{PORTAL}/require_pkce": False},
        {f"{PORTAL}/brand": "default"},
        {f"{PORTAL}/subject_type": "pairwise"},
        {"providers/google/enabled": False, "providers/google/client_secrets": []},
        {"storage/database": "sqlite:////var/lib/farstu/farstu.db"},
        {"storage/database": f"{POSTGRESQL}?sslmode=verify-full"},
        {"storage/database": "postgresql://farstu@/farstu?host=/run/postgresql"},
        VIEWS,
        VIEWS | {f"{BILLING}/customers_view": "farstu.customers", f"{BILLING}/password": "theirs"},
        API,
        API | {f"{BILLING}/url": "http://localhost:9000/v1"},
        {"storage/transient": "redis://cache"},
        {"storage/transient": "rediss+sentinel://one:26379,two:26379/main/0"},
        {"storage/transient": "redis+cluster://one:6379,two:6379"},
        OCR_AS_SECOND,
        LETTERS | {"companies/elnat/ladder/codes": ["email", "letter"]},
        {"companies/elnat/ladder/codes": ["letter"]},
        MAIL | {"companies/elnat/ladder/codes": ["email", "sms", "letter"]},
        {"companies/elnat/ladder": {"organisation": "invoice", "codes": []}},
        MAIL | {"companies/elnat/ladder": {"organisation": "second_item", "codes": ["sms"]}},
        {"companies/varme/ladder/private": "second_item"},
        SHARED | {"companies/varme/ladder/organisation": "invoice"},
        SHARED | {"companies/varme/ladder/codes": ["sms"]},
        SHARED
        | LETTERS
        | {"companies/elnat/ladder/codes": ["email", "letter"]}
        | {"companies/varme/ladder/codes": ["letter"]},
        SHARED | {"companies/varme/ladder/private": "code", f"{PORTAL}/customer_required": False},
        MAIL,
        MAIL | {"outbound/smtp/username": "farstu", "outbound/smtp/password": "given by them"},
        MAIL | {"outbound/smtp/host": "localhost", "outbound/smtp/security": "none"},
        WEBHOOK | {"outbound/webhook/url": SMS_URL},
        WEBHOOK | {"outbound/webhook/url": "http://localhost:9000/sms"},
        WEBHOOK | {"outbound/webhook/url": "https://10.0.0.5:8443/sms"},
        {
            "issuer": "http://localhost:8000",
            "outbound/sms": "folder",
            "outbound/folder/path": "messages",
        },
    ],
)
def test_safe_value_is_let_through(changes: dict[str, Any], problems_with: Judge) -> None:
    """What an honest installation needs is not refused."""
    assert problems_with(changes) == []


def test_every_way_in_which_one_form_would_not_fit_is_told(problems_with: Judge) -> None:
    """Different beginnings and different letters are two problems, with the companies' names."""
    apart = {"companies/varme/ladder": {"private": "code", "codes": ["letter"]}}
    begins, letters = problems_with(SHARED | LETTERS | apart)
    assert begins.path == letters.path == "clients.mina-sidor.companies"
    assert "`elnat` at `invoice`, `varme` at `code`" in begins.reason
    assert "by `varme` alone" in letters.reason
    assert "the same `ladder.private`" in begins.remedy
    assert "have `letter` in `ladder.codes`, or none" in letters.remedy


def test_no_problem_shows_a_secret(problems_with: Judge) -> None:
    """A bad secret is named by its place; its value is never repeated."""
    problems = problems_with({"secrets/cookie_keys": ["hunter2"], f"{PORTAL}/secrets": ["hunter2"]})
    assert len(problems) >= 2
    assert "hunter2" not in " ".join(map(str, problems))


@pytest.mark.parametrize(
    "place",
    [
        "secrets/cookie_keys",
        f"{PORTAL}/secrets",
        "providers/google/client_secrets",
    ],
)
def test_publicly_known_secret_is_refused(place: str, values: dict[str, Any]) -> None:
    """A secret whose digest is known is refused wherever it stands."""
    known = new_key()
    changed = _with(values, place, [known])
    problems = check(Settings.model_validate(changed), refused=frozenset({digest(known)}))
    assert [problem.path for problem in problems] == [f"{place.replace('/', '.')}[0]"]


@pytest.mark.parametrize("place", ["outbound/webhook/secret", "outbound/smtp/password"])
def test_publicly_known_secret_of_a_way_out_is_refused(place: str, values: dict[str, Any]) -> None:
    """Nor there."""
    known = new_key()
    both = MAIL | WEBHOOK | {"outbound/webhook/url": SMS_URL, "outbound/smtp/username": "farstu"}
    changed = values
    for path, value in (both | {"outbound/smtp/password": new_key(), place: known}).items():
        changed = _with(changed, path, value)
    problems = check(Settings.model_validate(changed), refused=frozenset({digest(known)}))
    assert [problem.path for problem in problems] == [place.replace("/", ".")]


@pytest.mark.parametrize(("described", "key"), [(VIEWS, "password"), (API, "token")])
def test_publicly_known_secret_of_a_register_is_refused(
    described: dict[str, Any], key: str, values: dict[str, Any]
) -> None:
    """Nor there."""
    known = new_key()
    changed = values
    for path, value in (described | {f"{BILLING}/{key}": known}).items():
        changed = _with(changed, path, value)
    problems = check(Settings.model_validate(changed), refused=frozenset({digest(known)}))
    assert [problem.path for problem in problems] == [f"registers.billing.{key}"]


def test_publicly_known_key_is_refused_however_it_is_written(values: dict[str, Any]) -> None:
    """Padding and the other alphabet change the text, and not the key."""
    changed = _with(values, "secrets/pairwise_salt", A_KEY.replace("-", "+") + "=")
    problems = check(Settings.model_validate(changed), refused=frozenset({digest(A_KEY)}))
    assert [problem.path for problem in problems] == ["secrets.pairwise_salt"]


def test_publicly_known_digest_is_refused(values: dict[str, Any]) -> None:
    """Giving the digest in place of a known secret does not let it through."""
    changed = _with(values, f"{PORTAL}/secret_digests", [digest("known")])
    problems = check(Settings.model_validate(changed), refused=frozenset({digest("known")}))
    assert [problem.path for problem in problems] == ["clients.mina-sidor.secret_digests[0]"]


def test_the_algorithms_are_those_that_providers_accept() -> None:
    """One list in two places, because the other takes long to import."""
    assert set(providers.ALGORITHMS) == ALGORITHMS


def test_every_rule_is_proved_here(values: dict[str, Any]) -> None:
    """No rule stands in the list that none of the refused values trips."""
    tripped = set()
    for changes, _ in [*REFUSED, ({"companies": {}}, "companies")]:
        changed = values
        for path, value in changes.items():
            changed = _with(changed, path, value)
        settings = Settings.model_validate(changed)
        tripped |= {rule for rule in RULES if list(rule(settings))}
    assert tripped == set(RULES)


def _with(values: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    key, _, rest = path.partition("/")
    if not rest:
        return {**values, key: value}
    return {**values, key: _with(values.get(key, {}), rest, value)}
