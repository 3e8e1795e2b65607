from broker.oauth.metadata import discovery_document
from broker.oauth.scopes import released_claims


def test_scopes_of_apis_stand_beside_those_of_identity() -> None:
    """Each once, in order; every address is the issuer's."""
    document = discovery_document(
        "https://login.example.se",
        scopes=("invoices:read", "email", "invoices:read"),
        algorithms=("RS256",),
        acr_values=("urn:x",),
        locales=("sv", "en"),
        documentation="https://login.example.se/help",
        policy="https://login.example.se/help/privacy",
    )
    assert document["scopes_supported"] == ["openid", "profile", "email", "invoices:read"]
    addresses = [value for name, value in document.items() if name.endswith(("_endpoint", "_uri"))]
    assert all(address.startswith("https://login.example.se/") for address in addresses)


def test_each_scope_releases_its_own_claims() -> None:
    """OpenID Connect Core section 5.4."""
    assert released_claims(("openid", "invoices:read")) == ()
    assert released_claims(("email",)) == ("email", "email_verified")
    assert "name" in released_claims(("profile",))
    assert "email" not in released_claims(("profile",))
