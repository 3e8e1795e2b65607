"""A client on paper: its table for our configuration, and what its developers need to know."""

from typing import Any

from broker.cli.first_config import toml_text
from broker.settings.problem import path_of
from broker.settings.schema import ClientSettings


def toml_table(client_id: str, given: dict[str, Any]) -> str:
    """Return the client's table; keys without a value are left out."""
    lines = [f"[{path_of(('clients', client_id))}]"]
    lines += [f"{key} = {_toml(value)}" for key, value in given.items() if value]
    return "\n".join(lines)


def portal_sheet(issuer: str, client_id: str, entry: ClientSettings, secret: str) -> str:
    """Return the settings to paste in the portal; the secret is shown nowhere else."""
    facts = {
        "issuer": issuer,
        "discovery": f"{issuer}/.well-known/openid-configuration",
        "client_id": client_id,
        "client_secret": secret or "none: send a code_challenge (PKCE, S256)",
        "redirect_uri": " ".join(entry.redirect_uris),
        "scope": " ".join(entry.scopes),
        "authorization endpoint": f"{issuer}/authorize",
        "token endpoint": f"{issuer}/token",
        "userinfo endpoint": f"{issuer}/userinfo",
        "jwks": f"{issuer}/jwks",
        "logout endpoint": f"{issuer}/logout",
    }
    width = max(map(len, facts))
    return "\n".join(f"{name:<{width}}  {value}" for name, value in facts.items())


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(toml_text(each) for each in value)}]"
    return toml_text(value)
