"""What a developer has typed into the providers' consoles: registered clients and their secrets.

The demo's own ids and secrets stand here, shaped like the real ones. They are public, therefore
worthless: a production broker refuses to start with any of `DEMO_SECRETS`. A service account
(for Google's event streams) is registered with its public key by whoever holds the private one.
"""

from dataclasses import dataclass
from typing import Literal

from providers.emulated.people import COUNCIL_TENANT

MICROSOFT_CLIENT_ID = "3f9c1d52-8e47-4b6a-a0d3-71c5e2f4b801"
MICROSOFT_SECRET = "dEm8Q~Farstu-demo_only.NotARealSecret001"
GOOGLE_CLIENT_ID = "104857600001-fa7s7ud3m0pr0vk0nt0pahitt4dumaral1.apps.googleusercontent.com"
GOOGLE_SECRET = "GOCSPX-Farstu_demo-only_NotReal_001"
FACEBOOK_CLIENT_ID = "100200300400501"
FACEBOOK_SECRET = "0fa57ude3000aaaabbbbccccddddee01"
YAHOO_CLIENT_ID = (
    "dj0yJmk9RmFyc3R1RGVtb0Rlbm8xJmQ9WVdrOVJHVnRiMFpoY25OMGRTWmJjR285TUE9PSZz"
    "PWNvbnN1bWVyc2VjcmV0JnN2PTAmeD0wMQ--"
)
YAHOO_SECRET = "0fa57ude3000111122223333444455556666ab01"
GENERIC_CLIENT_ID = "farstu-demo"
GENERIC_SECRET = "farstu-demo-only-generic-provider-secret-001"

DEMO_SECRETS = (MICROSOFT_SECRET, GOOGLE_SECRET, FACEBOOK_SECRET, YAHOO_SECRET, GENERIC_SECRET)

SignInAudience = Literal[
    "PersonalMicrosoftAccount",
    "AzureADandPersonalMicrosoftAccount",
    "AzureADMultipleOrgs",
    "AzureADMyOrg",
]


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """Google's account for a program: its address, its RSA public key (PEM), and its one role.

    `may_manage_events` is the role `roles/riscconfigs.admin`.
    """

    email: str
    public_key: bytes
    may_manage_events: bool = True


@dataclass(frozen=True, slots=True)
class Registration:
    """One client as its console page shows it; addresses are exact.

    Common: `permissions` are the ticked ones beyond the bare identity, `mode` is "testing" until
    the app is published (then only `testers`, people's keys, get in), `is_public` is a client
    without secret. Microsoft: `audience`, `home_tenant`, `optional_claims`,
    `removes_unverified_email` (the default for new apps, off in old ones), `logout_uri`
    (front-channel). Facebook: `requires_app_secret`, `deauthorize_uri`, `deletion_uri`. Google:
    `internal_domain` (audience "Internal"), `events_uri` (security event receiver until the app
    orders another one), `service_account` (of the same project).
    """

    client_id: str
    secrets: tuple[str, ...]
    redirect_uris: tuple[str, ...]
    name: str = "Mina sidor (demo)"
    permissions: frozenset[str] = frozenset({"email", "profile"})
    mode: Literal["live", "testing"] = "live"
    testers: frozenset[str] = frozenset()
    is_public: bool = False
    audience: SignInAudience = "AzureADandPersonalMicrosoftAccount"
    home_tenant: str = COUNCIL_TENANT
    optional_claims: frozenset[str] = frozenset(
        {"email", "login_hint", "sid", "auth_time", "acct", "xms_edov"}
    )
    removes_unverified_email: bool = False
    logout_uri: str = ""
    requires_app_secret: bool = False
    deauthorize_uri: str = ""
    deletion_uri: str = ""
    internal_domain: str = ""
    events_uri: str = ""
    service_account: ServiceAccount | None = None


def register_demo(broker: str) -> dict[str, tuple[Registration, ...]]:
    """Return the demo's registrations by provider, for a broker at this origin."""
    broker = broker.rstrip("/")
    upstream = f"{broker}/upstream"
    return {
        "microsoft": (
            Registration(
                MICROSOFT_CLIENT_ID,
                (MICROSOFT_SECRET,),
                (f"{broker}/callback/microsoft",),
                logout_uri=f"{upstream}/microsoft/frontchannel-logout",
            ),
        ),
        "google": (
            Registration(
                GOOGLE_CLIENT_ID,
                (GOOGLE_SECRET,),
                (f"{broker}/callback/google",),
                events_uri=f"{upstream}/google/events",
            ),
        ),
        "facebook": (
            Registration(
                FACEBOOK_CLIENT_ID,
                (FACEBOOK_SECRET,),
                (f"{broker}/callback/facebook",),
                requires_app_secret=True,
                deauthorize_uri=f"{upstream}/facebook/deauthorize",
                deletion_uri=f"{upstream}/facebook/data-deletion",
            ),
        ),
        "yahoo": (Registration(YAHOO_CLIENT_ID, (YAHOO_SECRET,), (f"{broker}/callback/yahoo",)),),
        "generic": (
            Registration(GENERIC_CLIENT_ID, (GENERIC_SECRET,), (f"{broker}/callback/generic",)),
        ),
    }
