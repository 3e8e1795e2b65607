"""An installation for the drill: its configuration, and the one login that its tokens tell of."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from broker.app.parts import Parts, opened_parts, utc_now
from broker.oauth.client import Client
from broker.settings.operating import StorageSettings
from broker.settings.schema import Settings
from broker.storage import migrate_storage
from broker.storage.ports import GrantRecord, Session
from broker.tokens.login import Login
from broker.wiring.storage import storage_urls
from keys import Algorithm
from tests.drill.pace import PACES, TOKEN_SECONDS
from tests.house import settings_for

CLIENT: Final = "portal"
AUDIENCE: Final = "https://api.elnat.example"
GRANT: Final = "grant-of-the-drill"
SCOPES: Final = ("openid", "invoices:read")
_AGES: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """What a worker is told of where it works."""

    folder: str
    issuer: str
    database: str
    password: str = ""

    def settings(self) -> Settings:
        """The configuration, the same in every process."""
        folder = Path(self.folder)
        settings = settings_for(folder)
        storage = StorageSettings(
            database=self.database,
            database_password=SecretStr(self.password) if self.password else None,
        )
        return settings.model_copy(
            update={
                "issuer": self.issuer,
                "storage": storage,
                "resources": {
                    name: each.model_copy(update={"lifetime_seconds": TOKEN_SECONDS})
                    for name, each in settings.resources.items()
                },
            }
        )


async def make(place: Place) -> None:
    """Schema, the first keys, somebody who is signed in, and what they granted."""
    settings = place.settings()
    await migrate_storage(*storage_urls(settings))
    async with opened_parts(settings, clock=utc_now, pace=PACES["hurried"]) as parts:
        who, now = login(), utc_now()
        session = Session(
            id=who.sid, person=who.person, provider=who.provider, issuer="https://idp.example",
            subject="somebody", auth_time=now, created_at=now, seen_at=now,
            expires_at=now + _AGES, idle=_AGES, remembered=False,
        )  # fmt: skip
        await parts.storage.sessions.create(session, secret_hash=b"s" * 32)
        await parts.storage.grants.redeem(
            GrantRecord(
                id=GRANT, code_hash=b"c" * 32, client_id=CLIENT, person=who.person, sid=who.sid,
                scopes=SCOPES, resource="elnat", granted_at=now, expires_at=now + _AGES,
            )
        )  # fmt: skip


def login() -> Login:
    """Who all tokens are about."""
    began = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
    return Login(
        person="p_of-the-drill", sid="session-of-the-drill", provider="google", auth_time=began
    )


def clients(parts: Parts) -> dict[Algorithm, Client]:
    """The portal, with its tokens signed by each algorithm."""
    portal = parts.clients.configured[CLIENT]
    return {
        each: replace(portal, resource=replace(portal.resource, algorithm=each.value))
        for each in Algorithm
    }
