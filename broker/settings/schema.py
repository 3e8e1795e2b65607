"""Everything that can be configured, and the text of its reference page.

Shapes, defaults and descriptions only; `load` reads them, `check` judges them together. Each
field's description is what the generated reference page and `farstu config reference` say.
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr

from broker.settings.operating import (
    KeySettings,
    RetentionSettings,
    ServerSettings,
    SessionSettings,
    StorageSettings,
    TelemetrySettings,
)
from broker.settings.outbound import OutboundSettings
from broker.settings.registers import RegisterSettings
from broker.settings.section import Address, Section
from broker.settings.verifying import LadderSettings, VerificationSettings

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
Language = Literal["sv", "en"]
SigningAlgorithm = Literal["RS256", "PS256", "ES256", "EdDSA"]


class SecretSettings(Section):
    """Secrets. Give each in the environment or as a file (`…_FILE`) rather than in the TOML."""

    cookie_keys: tuple[SecretStr, ...] = Field(
        description="Keys that seal cookies and tickets, newest first: 32 random bytes each, "
        "base64url. The first seals, all open."
    )
    master_keys: dict[Name, SecretStr] = Field(
        default_factory=dict,
        description="Named keys that seal private keys, contacts and messages at rest: 32 random "
        "bytes each, base64url. The last name in alphabetical order seals, all open.",
    )
    master_keys_command: tuple[str, ...] = Field(
        default=(),
        description="A program, with its arguments, that prints further master keys as a JSON "
        "object: name and key. Run without a shell, and without a terminal, whenever the "
        "configuration is read; it may take 20 seconds and print 64 KiB.",
    )
    peppers: dict[Name, SecretStr] = Field(
        description="Named keys of the hashes in the customer register: 32 random bytes each, "
        "base64url. The last name hashes new imports; an earlier one must stay while a register "
        "imported with it is current."
    )
    pairwise_salt: SecretStr = Field(
        description="32 random bytes, base64url, from which pairwise subjects are made. It must "
        "never change: a changed salt changes every pairwise `sub`."
    )


class NumberSettings(Section):
    """What a company's customer or invoice numbers look like."""

    digits_only: bool = Field(default=True, description="Whether the number has digits only.")
    min_length: int = Field(default=4, ge=1, le=32, description="Shortest length, normalised.")
    max_length: int = Field(default=12, ge=1, le=32, description="Longest length, normalised.")
    leading_zeros: Literal["strip", "keep"] | Annotated[int, Field(ge=1, le=32)] = Field(
        default="strip",
        description="`strip` removes leading zeros on both sides, `keep` keeps them, a figure "
        "pads with zeros to that length.",
    )
    example: str = Field(default="", description="An example for the page; an invented number.")


class CompanySettings(Section):
    """A sister company: its own legal person, number space, phone and policies."""

    name: str = Field(min_length=1, description="Name on the pages.")
    legal_name: str = Field(default="", description="Full legal name; empty: the name.")
    organisation_number: str = Field(default="", description="Swedish organisation number.")
    phone: str = Field(description="Customer service's phone number, as it is to be shown.")
    hours: dict[Language, str] = Field(
        description="When the phone is answered, in Swedish and English."
    )
    email: str = Field(default="", description="Customer service's e-mail address.")
    notice_sender: str = Field(
        default="",
        description="Address that messages to customers come from; empty: customer service's, "
        "which answers go to in any case.",
    )
    website: Address = Field(default="", description="The company's own site.")
    customer_number: NumberSettings = Field(
        default=NumberSettings(), description="Shape of the customer numbers."
    )
    invoice_number: NumberSettings = Field(
        default=NumberSettings(), description="Shape of the invoice numbers."
    )
    accept_ocr: bool = Field(
        default=False, description="Accept an invoice's OCR number in place of its number."
    )
    ocr_template: str = Field(
        default="",
        description="How an OCR number is made, when the invoice number can be read out of it: "
        "`{invoice}{len}{check}`, `{customer:6}{invoice}{len}{check}`. Empty: from the register.",
    )
    bankgiro: tuple[str, ...] = Field(
        default=(), description="The company's bankgiro numbers, to recognise a mix-up."
    )
    plusgiro: tuple[str, ...] = Field(
        default=(), description="The company's plusgiro numbers, to recognise a mix-up."
    )
    evidence_months: int = Field(
        default=14, ge=1, le=36, description="How old an invoice may be, in months."
    )
    closed_reading_months: int = Field(
        default=18,
        ge=0,
        le=120,
        description="How long a customer who has moved out can still read, in months.",
    )
    delegation_months: int = Field(
        default=12,
        ge=1,
        le=36,
        description="How long access lasts for a relative who proved it with an invoice.",
    )
    ladder: LadderSettings = Field(
        default=LadderSettings(), description="What its customers have to show."
    )
    customer_register: Name | None = Field(
        default=None,
        description="Which of `[registers]` knows its customers and invoices; empty: what "
        "`farstu register import` has read.",
    )
    new_customer_help: dict[Language, str] = Field(
        default_factory=dict,
        description="A sentence of the company's own for those without an invoice.",
    )


class BrandSettings(Section):
    """How the pages look for a client. Contrast is checked at start (WCAG 2.2 AA)."""

    name: str = Field(min_length=1, description="Name of the shared login, as in the page's head.")
    primary: Colour = Field(default="#0b5c6b", description="Colour of buttons and links.")
    on_primary: Colour = Field(default="#ffffff", description="Text on the primary colour.")
    background: Colour = Field(default="#ffffff", description="The page's background.")
    text: Colour = Field(default="#1b1f23", description="Body text.")
    accent: Colour = Field(default="#e8f3f1", description="Background of framed parts.")
    logo: Path | None = Field(
        default=None,
        description="An SVG or PNG file of at most 64 KiB, served by us; a relative path starts "
        "at the configuration file. Empty: the name in text.",
    )


class ResourceSettings(Section):
    """An API that takes our access tokens."""

    audience: str = Field(description="The `aud` of its access tokens: an absolute URI.")
    companies: tuple[Name, ...] = Field(description="Whose customers the tokens tell about.")
    scopes: tuple[str, ...] = Field(
        default=(), description="Scope words that may be granted for it."
    )
    algorithm: SigningAlgorithm = Field(default="ES256", description="Signature algorithm.")
    lifetime_seconds: int = Field(
        default=600, ge=30, le=600, description="Life of an access token."
    )
    customer_number: bool = Field(
        default=True, description="Whether tokens hold the customer number."
    )


class ClientSettings(Section):
    """A relying party: a portal or another service that redirects to us for login."""

    name: str = Field(min_length=1, description="Name on the pages.")
    company: Name = Field(description="The company behind it: shown on its pages.")
    companies: tuple[Name, ...] = Field(
        default=(),
        description="Whose customers it serves; empty: its own company. Several share one form: "
        "they need the same `ladder.private`, and `letter` in all their `ladder.codes` or in none.",
    )
    brand: Name = Field(default="default", description="Which brand its pages have.")
    redirect_uris: tuple[Address, ...] = Field(
        description="Exact addresses that answers may go to (RFC 9700 section 4.1.3)."
    )
    post_logout_redirect_uris: tuple[Address, ...] = Field(
        default=(), description="Exact addresses that a signed-out browser may go to."
    )
    home_uri: Address = Field(default="", description="Its front page; shown on `/` when given.")
    initiate_login_uri: Address = Field(
        default="",
        description="Where a login starts anew (OpenID Connect Core section 4); used by every "
        "'start again' button. Empty: the front page.",
    )
    secrets: tuple[SecretStr, ...] = Field(
        default=(),
        description="Client secrets of at least 32 random characters; two are valid during a "
        "change. None: a public client, which must use PKCE.",
    )
    secret_digests: tuple[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")], ...] = Field(
        default=(),
        description="SHA-256 of client secrets, in hexadecimal, in place of the secrets: what "
        "`farstu clients add` writes.",
    )
    token_endpoint_auth_method: (
        Literal["client_secret_basic", "client_secret_post", "none"] | None
    ) = Field(
        default=None,
        description="The one method it uses; empty: basic or post with a secret, none without.",
    )
    require_pkce: bool = Field(
        default=True, description="May be turned off for a client with a secret."
    )
    customer_required: bool = Field(
        default=True, description="Whether a login must end with at least one customer."
    )
    consent: bool = Field(
        default=False, description="Whether people are asked before it receives anything."
    )
    scopes: tuple[str, ...] = Field(
        default=("openid", "profile", "email"), description="Scope words that it may ask for."
    )
    resource: Name | None = Field(
        default=None,
        description="The API its access tokens are for by default; empty: only `/userinfo`.",
    )
    id_token_algorithm: SigningAlgorithm = Field(
        default="RS256", description="Signature algorithm of its ID tokens."
    )
    id_token_customers: bool = Field(
        default=False,
        description="Whether ID tokens hold `authorization_details`. They travel in addresses as "
        "`id_token_hint`: leave it off unless the client cannot ask `/userinfo`.",
    )
    subject_type: Literal["public", "pairwise"] = Field(
        default="public", description="Whether `sub` is the same everywhere or differs per sector."
    )
    sector: str = Field(default="", description="The sector of a pairwise subject.")
    providers: tuple[Name, ...] = Field(
        default=(), description="Which providers it offers; empty: all."
    )


class ProviderSettings(Section):
    """An upstream identity provider. Addresses default to the real one's."""

    kind: Literal["microsoft", "google", "facebook", "yahoo", "oidc"] = Field(
        description="Which set of rules it follows; `oidc` is any standard provider."
    )
    enabled: bool = Field(default=True, description="Whether it is offered.")
    label: dict[Language, str] = Field(
        default_factory=dict, description="Name on the button; empty: the provider's own."
    )
    client_id: str = Field(description="Our client (app) id there.")
    client_secrets: tuple[SecretStr, ...] = Field(
        default=(), description="Our secret there; two while it is being changed, newest first."
    )
    client_auth: Literal["client_secret_basic", "client_secret_post", "none"] | None = Field(
        default=None, description="How we authenticate there; empty: as that kind does."
    )
    secret_expires_on: date | None = Field(
        default=None,
        description="When the secret ends; `farstu providers check`, `farstu doctor` and the log "
        "(`secret_ends`) warn 30, 14 and 3 days ahead.",
    )
    issuer: Address = Field(
        default="",
        description="Issuer (`oidc`, Google, Yahoo, Facebook) when it is not the kind's own.",
    )
    authority: Address = Field(
        default="", description="Microsoft's authority when it is not login.microsoftonline.com."
    )
    dialog_address: Address = Field(
        default="", description="Facebook's login dialog host when it is not www.facebook.com."
    )
    graph_address: Address = Field(
        default="", description="Facebook's Graph host when it is not graph.facebook.com."
    )
    graph_version: str = Field(default="", description="Facebook Graph version, such as v25.0.")
    tenant: str = Field(
        default="",
        description="Microsoft: `consumers` (the default), `organizations`, `common` or a tenant "
        "id.",
    )
    allowed_tenants: tuple[str, ...] = Field(
        default=(), description="Microsoft: tenant ids that may sign in; empty: any of `tenant`."
    )
    hosted_domain: str = Field(default="", description="Google: only this Workspace domain.")
    allowed_hosts: tuple[str, ...] = Field(
        default=(), description="Hosts that its metadata may point to; empty: as that kind has."
    )
    private_hosts: tuple[str, ...] = Field(
        default=(),
        description="Hosts that may have private network addresses, such as a provider of your "
        "own behind the same firewall.",
    )
    scopes: tuple[str, ...] = Field(
        default=(), description="Scopes to ask for; empty: the fewest that do."
    )
    pkce: Literal["force", "never", "auto"] | None = Field(
        default=None, description="Proof key for code exchange there; empty: as that kind needs."
    )
    email_trust: Literal["never", "claim", "authoritative"] | None = Field(
        default=None,
        description="When its `email_verified` is passed on; empty: as that kind deserves.",
    )
    algorithms: tuple[str, ...] = Field(
        default=(), description="Signature algorithms accepted in ID tokens; empty: the kind's."
    )
    userinfo: Literal["off", "fallback", "on"] | None = Field(
        default=None, description="Whether to ask its userinfo endpoint; empty: as that kind needs."
    )


class Settings(Section):
    """The whole configuration: one TOML file, environment over it."""

    issuer: Address = Field(
        description="Our own address: an origin without path, https except on localhost."
    )
    default_language: Language = Field(default="sv", description="Language when none is asked for.")
    group: str = Field(default="", description="Name that the sister companies share.")
    secrets: SecretSettings = Field(description="Secrets.")
    storage: StorageSettings = Field(default=StorageSettings(), description="Where things are.")
    server: ServerSettings = Field(default=ServerSettings(), description="How it listens.")
    telemetry: TelemetrySettings = Field(
        default=TelemetrySettings(), description="What operators see."
    )
    keys: KeySettings = Field(default=KeySettings(), description="The signing keys.")
    session: SessionSettings = Field(default=SessionSettings(), description="Staying signed in.")
    retention: RetentionSettings = Field(
        default=RetentionSettings(), description="How long records stay."
    )
    outbound: OutboundSettings = Field(
        default=OutboundSettings(), description="Messages to customers."
    )
    verification: VerificationSettings = Field(
        default=VerificationSettings(), description="What failures at the first visit bring."
    )
    companies: dict[Name, CompanySettings] = Field(description="Companies by id.")
    registers: dict[Name, RegisterSettings] = Field(
        default_factory=dict,
        description="Billing systems that are asked where they are, by a name of your own.",
    )
    brands: dict[Name, BrandSettings] = Field(
        default_factory=dict, description="Brands by id; `default` is used where none is named."
    )
    resources: dict[Name, ResourceSettings] = Field(
        default_factory=dict, description="APIs that take our tokens, by id."
    )
    clients: dict[str, ClientSettings] = Field(
        default_factory=dict, description="Relying parties by client id."
    )
    providers: dict[Name, ProviderSettings] = Field(
        description="Identity providers by name, in the order of the buttons."
    )
