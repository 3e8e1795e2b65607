"""The emulated providers as a broker is configured for them: what their consoles gave out."""

from pydantic import SecretStr

from broker.settings.schema import ProviderSettings
from providers.emulated import consoles


def emulated_providers(origin: str) -> dict[str, ProviderSettings]:
    """Return the four at `origin`: only addresses, ids and secrets differ from the real ones."""
    return {
        "microsoft": ProviderSettings(
            kind="microsoft",
            client_id=consoles.MICROSOFT_CLIENT_ID,
            client_secrets=(SecretStr(consoles.MICROSOFT_SECRET),),
            authority=f"{origin}/microsoft",
        ),
        "google": ProviderSettings(
            kind="google",
            client_id=consoles.GOOGLE_CLIENT_ID,
            client_secrets=(SecretStr(consoles.GOOGLE_SECRET),),
            issuer=f"{origin}/google",
        ),
        "facebook": ProviderSettings(
            kind="facebook",
            client_id=consoles.FACEBOOK_CLIENT_ID,
            client_secrets=(SecretStr(consoles.FACEBOOK_SECRET),),
            dialog_address=f"{origin}/facebook",
            graph_address=f"{origin}/facebook/graph.facebook.com",
        ),
        "yahoo": ProviderSettings(
            kind="yahoo",
            client_id=consoles.YAHOO_CLIENT_ID,
            client_secrets=(SecretStr(consoles.YAHOO_SECRET),),
            issuer=f"{origin}/yahoo",
        ),
    }
