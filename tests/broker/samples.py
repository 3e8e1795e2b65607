"""Values of the protocol that tests of single rules start from."""

from typing import Any

from broker.oauth.client import Client, Resource
from broker.tokens.login import Login

RESOURCE = Resource(
    audience="https://api.example",
    companies=("elnat",),
    scopes=("invoices:read", "consumption:read"),
    algorithm="ES256",
    lifetime=600,
    shows_customer_number=True,
)
LOGIN = Login(person="p_1", sid="s1", provider="google", auth_time=1_700_000_000)


def a_client(**changes: Any) -> Client:
    """A confidential portal of one company."""
    members: dict[str, Any] = {
        "client_id": "portal",
        "name": "Mina sidor",
        "company": "elnat",
        "companies": ("elnat",),
        "brand": "default",
        "redirect_uris": ("https://portal.example/callback",),
        "post_logout_redirect_uris": (),
        "home_uri": "",
        "initiate_login_uri": "",
        "secret_hashes": (),
        "auth_methods": ("client_secret_basic", "client_secret_post"),
        "requires_pkce": True,
        "customer_required": True,
        "asks_consent": False,
        "scopes": ("openid", "profile", "email", "invoices:read"),
        "resource": RESOURCE,
        "id_token_algorithm": "RS256",
        "id_token_customers": False,
        "pairwise_sector": "",
        "providers": (),
    }
    return Client(**members | changes)
