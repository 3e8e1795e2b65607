"""A whole broker in this process, with its emulated upstreams: what stories and attacks run on.

Everything is real but the sockets: the application, SQLite in a file, the upstreams' applications.
The database is made once (schema, keys, an imported register) and copied for each test.
"""

import base64
import contextlib
import hashlib
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
import msgspec
from pydantic import SecretStr
from starlette.types import ASGIApp

from broker.app.doors import house
from broker.app.login import Login, login
from broker.app.parts import Parts, opened_parts
from broker.app.serving import assemble
from broker.dev.upstreams import emulated_providers
from broker.settings.operating import StorageSettings
from broker.settings.outbound import FolderSettings, OutboundSettings
from broker.settings.schema import (
    ClientSettings,
    CompanySettings,
    NumberSettings,
    ResourceSettings,
    SecretSettings,
    Settings,
)
from broker.settings.verifying import VerificationSettings
from broker.storage import migrate_storage
from broker.wiring.storage import storage_urls
from providers.emulated.app import build as build_upstreams
from providers.emulated.clock import ShiftedClock
from providers.emulated.config import demo_config
from providers.emulated.keys import KeyStock
from tests.browsing import Browser
from tests.moment import Moment
from tests.registering import import_register

ISSUER = "http://localhost:8000"
UPSTREAMS = "http://localhost:8001"
PORTAL = "https://portal.example"
REDIRECT = f"{PORTAL}/callback"
SECRET = "a-client-secret-of-more-than-32-characters-for-tests"
VERIFIER = "a-code-verifier-of-at-least-forty-three-characters"
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)
STOCK = KeyStock()
"""The upstreams' keys, made once: RSA keys are slow to make."""


def a_key(seed: str) -> SecretStr:
    """32 bytes in base64url that are the same in every run."""
    digest = hashlib.sha256(f"test {seed}".encode()).digest()
    return SecretStr(base64.urlsafe_b64encode(digest).rstrip(b"=").decode())


UNPRESSED = VerificationSettings(
    answer_every_ms=0,
    daily_failures=100_000,
    customer_failures=100,
    customer_failures_code=10_000,
    invoice_customers=100,
    network_failures=100_000,
)
"""Answers leave at once, and a test that fails often presses no other."""


def a_company(name: str) -> CompanySettings:
    """A sister company with digits-only numbers."""
    return CompanySettings(
        name=name,
        phone="08-465 004 00",
        hours={"sv": "vardagar 8–16", "en": "weekdays 8–16"},
        customer_number=NumberSettings(min_length=6, max_length=8, example="100 245"),
        invoice_number=NumberSettings(min_length=6, max_length=9, example="4 711 023"),
    )


def a_client(company: str, **changes: Any) -> ClientSettings:
    """A confidential portal of one company."""
    entry: dict[str, Any] = {
        "name": f"Mina sidor {company}",
        "company": company,
        "redirect_uris": (REDIRECT,),
        "post_logout_redirect_uris": (f"{PORTAL}/bye",),
        "home_uri": PORTAL,
        "initiate_login_uri": f"{PORTAL}/login",
        "secrets": (SecretStr(SECRET),),
        "scopes": ("openid", "profile", "email", "invoices:read", "consumption:read"),
        "resource": company,
    }
    return ClientSettings(**(entry | changes))


def settings_for(directory: Path) -> Settings:
    """Three companies, five clients, four providers at the emulated upstreams."""
    companies = ("elnat", "elhandel", "varme")
    return Settings(
        issuer=ISSUER,
        group="Provberga Energi",
        secrets=SecretSettings(
            cookie_keys=(a_key("cookie"),),
            master_keys={"m1": a_key("master")},
            peppers={"p1": a_key("pepper")},
            pairwise_salt=a_key("salt"),
        ),
        storage=StorageSettings(database=f"sqlite:///{directory}/farstu.db"),
        outbound=OutboundSettings(
            sms="folder", letter="folder", folder=FolderSettings(path=directory / "messages")
        ),
        companies={name: a_company(name.capitalize()) for name in companies},
        resources={
            name: ResourceSettings(
                audience=f"https://api.{name}.example",
                companies=(name,),
                scopes=("invoices:read", "consumption:read"),
            )
            for name in companies
        },
        clients={
            "portal": a_client("elnat"),
            "retail": a_client("elhandel", id_token_algorithm="ES256"),
            "heating": a_client("varme", id_token_algorithm="EdDSA", subject_type="pairwise"),
            "consenting": a_client("elnat", consent=True),
            "open": a_client("elnat", secrets=(), customer_required=False, resource=None),
        },
        providers=emulated_providers(UPSTREAMS),
        verification=UNPRESSED,
    )


class Town(httpx2.AsyncBaseTransport):
    """Sends each request to the application that stands at its address."""

    def __init__(self, apps: dict[str, ASGIApp]) -> None:
        self._transports = {
            netloc: httpx2.ASGITransport(app, client=("127.0.0.1", 50000))
            for netloc, app in apps.items()
        }

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        netloc = request.url.netloc.decode()
        return await self._transports[netloc].handle_async_request(request)


@dataclass
class Still:
    """A clock that stands still, so that what was seen of the keys holds; a test may turn it."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class TestHouse:
    """A running broker and what a test may look at or turn."""

    __test__ = False

    settings: Settings
    parts: Parts
    use: Login
    clock: Moment
    town: Town
    app: ASGIApp
    still: Still

    def browser(self) -> Browser:
        """A new browser with no cookies."""
        return Browser(self.town, {"localhost:8000", "localhost:8001"})

    def client(self) -> httpx2.AsyncClient:
        """A program that talks to the broker and follows nothing."""
        return httpx2.AsyncClient(transport=self.town, base_url=ISSUER)

    async def control(self, **order: Any) -> None:
        """Give the emulated upstreams an order."""
        async with httpx2.AsyncClient(transport=self.town, base_url=UPSTREAMS) as client:
            (await client.post("/__control", json=order)).raise_for_status()


def authorize_url(client_id: str = "portal", **changes: str) -> str:
    """An authorization request as a good client sends it; an empty change leaves one out."""
    parameters = {
        "client_id": client_id,
        "redirect_uri": REDIRECT,
        "response_type": "code",
        "scope": "openid profile email invoices:read",
        "state": "the-clients-state",
        "nonce": "the-clients-nonce",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    } | changes
    return f"{ISSUER}/authorize?{urlencode({k: v for k, v in parameters.items() if v})}"


def register_csv(today: Moment) -> tuple[str, str]:
    """A small register: customers and invoices, dates relative to today."""
    recent = (today.now - timedelta(days=40)).date().isoformat()
    old = (today.now - timedelta(days=700)).date().isoformat()
    customers = ["company;customer_number;kind;status;email;phone;protected"]
    invoices = ["company;customer_number;invoice_number;ocr;issued_on;due_on;amount;type"]

    def add(company: str, number: str, invoice: str, **row: str) -> None:
        kind, status = row.get("kind", "private"), row.get("status", "active")
        issued, protected = row.get("issued", recent), row.get("protected", "0")
        customers.append(
            f"{company};{number};{kind};{status};k{number}@brev.example;0701740605;{protected}"
        )
        invoices.append(f"{company};{number};{invoice};;{issued};{issued};512,50;invoice")

    for company, base in (("elnat", 100), ("elhandel", 200), ("varme", 300)):
        add(company, f"{base}245", f"{base}7001")
        add(company, f"{base}246", f"{base}7002")
        add(company, f"{base}300", f"{base}7010", kind="organisation")
        add(company, f"{base}301", f"{base}7011", protected="1")
        add(company, f"{base}302", f"{base}7012", status="deceased")
        add(company, f"{base}303", f"{base}7013", status="closed")
        add(company, f"{base}304", f"{base}7014", issued=old)
    return "\n".join(customers) + "\n", "\n".join(invoices) + "\n"


@contextlib.asynccontextmanager
async def open_house(template: Path, directory: Path, **changes: Any) -> AsyncIterator[TestHouse]:
    """A broker on a copy of the template database; `changes` replace parts of the settings."""
    if template != directory:
        shutil.copytree(template, directory, dirs_exist_ok=True)
    settings = settings_for(directory).model_copy(update=changes)
    clock = Moment()
    upstreams = build_upstreams(
        demo_config(UPSTREAMS, ISSUER), clock=ShiftedClock(clock), stock=STOCK
    )
    http = httpx2.AsyncClient(transport=Town({"localhost:8001": upstreams}))
    still = Still()
    async with opened_parts(settings, clock=clock, http=http, clocks=(still,)) as parts:
        use = login(parts)
        app = assemble(house(parts, use), settings)
        town = Town({"localhost:8000": app, "localhost:8001": upstreams})
        yield TestHouse(settings, parts, use, clock, town, app, still)


async def make_template(directory: Path, **changes: Any) -> None:
    """Schema, keys, and the register, once."""
    settings = settings_for(directory).model_copy(update=changes)
    await migrate_storage(*storage_urls(settings))
    clock = Moment()

    async with opened_parts(settings, clock=clock, clocks=(Still(),)) as parts:
        await import_register(parts, *register_csv(clock))


async def first_login(
    browser: Browser,
    *,
    client_id: str = "portal",
    provider: str = "google",
    person: str = "karin",
    customer: str = "100245",
    invoice: str = "1007001",
    whose: str = "mine",
    **changes: str,
) -> dict[str, str]:
    """Sign in for the first time, all the way back to the portal; returns its query."""
    await browser.go(authorize_url(client_id, **changes))
    await browser.submit(provider)
    await browser.submit(person)
    await browser.submit(action="/flow/new", answer="first")
    await browser.submit(action="/flow/whose", whose=whose)
    await browser.submit(action="/flow/verify", customer_number=customer, invoice_number=invoice)
    await browser.submit(action="/flow/done")
    return browser.query


async def redeem(
    client: httpx2.AsyncClient, code: str, *, client_id: str = "portal", **changes: str
) -> httpx2.Response:
    """Redeem a code as a good client does."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
    } | changes
    return await client.post("/token", data=form, auth=(client_id, SECRET))


def read_claims(token: str) -> dict[str, Any]:
    """A token's claims, unverified: what it says, for a test that looks at it."""
    payload = token.split(".")[1]
    return msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
