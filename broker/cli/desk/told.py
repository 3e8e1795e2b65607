"""Connections as these commands show them: to people, and to machines."""

from linking import Connection
from linking.model import Identity


def lines(connection: Connection) -> list[str]:
    """What stands on the screen; no subject of a provider, no number."""
    until = f" until {connection.expires_at:%Y-%m-%d}" if connection.expires_at else ""
    how = f"{connection.relation.value}, by {connection.proof.value}"
    return [
        f"{connection.id}  {connection.company}  {how}, since {connection.since:%Y-%m-%d}{until}",
        f"    {connection.person}  {', '.join(map(_account, connection.identities))}",
    ]


def members(connection: Connection) -> dict[str, object]:
    """The same as JSON; times in UTC."""
    ends = connection.expires_at
    return {
        "id": connection.id,
        "person": connection.person,
        "company": connection.company,
        "customer": connection.customer,
        "relation": connection.relation.value,
        "proof": connection.proof.value,
        "since": connection.since.isoformat(),
        "expires_at": ends.isoformat() if ends else None,
        "accounts": [
            {
                "provider": each.provider,
                "label": each.label,
                "last_used_at": each.last_used_at.isoformat(),
            }
            for each in connection.identities
        ],
    }


def _account(identity: Identity) -> str:
    return f"{identity.provider} {identity.label}, last used {identity.last_used_at:%Y-%m-%d}"
