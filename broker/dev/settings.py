"""The demo's configuration: what a `farstu.toml` for it would hold."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from broker.dev import demo_secrets
from broker.dev.companies import COMPANIES, ELECTRICITY, GRID, GROUP, HEATING, DemoCompany
from broker.dev.upstreams import emulated_providers
from broker.settings.operating import StorageSettings
from broker.settings.outbound import FolderSettings, OutboundSettings
from broker.settings.schema import (
    BrandSettings,
    ClientSettings,
    CompanySettings,
    Language,
    NumberSettings,
    ResourceSettings,
    SecretSettings,
    Settings,
    SigningAlgorithm,
)
from broker.settings.verifying import VerificationSettings

API_SCOPES = (
    "invoices:read",
    "consumption:read",
    "consumption.interval:read",
    "facilities:read",
)
PORTAL_SCOPES = ("openid", "profile", "email", *API_SCOPES)
ID_TOKENS: dict[str, SigningAlgorithm] = {
    ELECTRICITY.id: "RS256",
    GRID.id: "ES256",
    HEATING.id: "EdDSA",
}
TRIES_A_DAY = 100
"""So few customers would be asked for more after a few failures, such as those it says to try."""
_HOURS: dict[Language, str] = {"sv": "vardagar 8–17", "en": "weekdays 8 am–5 pm"}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the demo's three servers are: three ports of localhost in a row."""

    port: int

    @property
    def broker(self) -> str:
        """Our issuer."""
        return f"http://localhost:{self.port}"

    @property
    def upstreams(self) -> str:
        """The emulated providers."""
        return f"http://localhost:{self.port + 1}"

    @property
    def portal(self) -> str:
        """The example portal, and the API below `/api`."""
        return f"http://localhost:{self.port + 2}"

    def api(self, company: str) -> str:
        """A company's API: also the audience of its access tokens."""
        return f"{self.portal}/api/{company}"


def demo_settings(base_port: int, directory: Path) -> Settings:
    """Return the configuration for a demo on three ports from `base_port`, with its database."""
    at = Addresses(base_port)
    return Settings(
        issuer=at.broker,
        group=GROUP,
        secrets=SecretSettings(
            cookie_keys=(SecretStr(demo_secrets.COOKIE_KEY),),
            master_keys={"k01": SecretStr(demo_secrets.MASTER_KEY)},
            peppers={"p01": SecretStr(demo_secrets.PEPPER)},
            pairwise_salt=SecretStr(demo_secrets.PAIRWISE_SALT),
        ),
        storage=StorageSettings(database=f"sqlite:///{directory / 'demo.db'}"),
        outbound=OutboundSettings(
            email="folder",
            sms="folder",
            letter="folder",
            folder=FolderSettings(path=messages_in(directory)),
        ),
        companies={name: _company(each) for name, each in COMPANIES.items()},
        brands={name: _brand(each) for name, each in COMPANIES.items()},
        resources={
            name: ResourceSettings(audience=at.api(name), companies=(name,), scopes=API_SCOPES)
            for name in COMPANIES
        },
        clients={each.client_id: _client(each, at) for each in COMPANIES.values()},
        providers=emulated_providers(at.upstreams),
        verification=VerificationSettings(daily_failures=TRIES_A_DAY),
    )


def messages_in(directory: Path) -> Path:
    """Return where the demo's messages to customers lie."""
    return directory / "messages"


def _company(company: DemoCompany) -> CompanySettings:
    return CompanySettings(
        name=company.name,
        legal_name=f"{company.name} AB",
        phone=company.phone,
        hours=_HOURS,
        email=f"kundservice@{company.id}.example",
        customer_number=_numbers(company.customer_example),
        invoice_number=_numbers(company.invoice_example),
        accept_ocr=company is ELECTRICITY,
    )


def _numbers(example: str) -> NumberSettings:
    return NumberSettings(min_length=len(example), max_length=len(example), example=example)


def _brand(company: DemoCompany) -> BrandSettings:
    return BrandSettings(name=GROUP, primary=company.colour, accent=company.tint)


def _client(company: DemoCompany, at: Addresses) -> ClientSettings:
    """Each shows another way to be configured: consent at one, a pairwise subject at another."""
    home = f"{at.portal}/{company.id}"
    return ClientSettings(
        name=company.portal,
        company=company.id,
        brand=company.id,
        redirect_uris=(f"{home}/callback",),
        post_logout_redirect_uris=(f"{home}/signed-out",),
        home_uri=home,
        initiate_login_uri=f"{home}/login",
        secrets=(SecretStr(demo_secrets.CLIENT_SECRETS[company.client_id]),),
        scopes=PORTAL_SCOPES,
        resource=company.id,
        id_token_algorithm=ID_TOKENS[company.id],
        consent=company is HEATING,
        subject_type="pairwise" if company is GRID else "public",
        sector="portal.example" if company is GRID else "",
    )
