"""Messages that are ready to leave."""

from datetime import UTC, datetime
from typing import Any

from broker.notices.envelope import Envelope, Sender
from broker.notices.recipients import EmailAddress, PhoneNumber, Recipient
from broker.notices.wording import wording
from broker.pages.faces import CompanyFace, ProviderFace

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
COMPANY = CompanyFace(
    "elnat",
    "Provberga Elnät",
    "08-465 004 00",
    {"sv": "vardagar 8–16", "en": "weekdays 8–16"},
    legal_name="Provberga Elnät AB",
    organisation_number="556000-0000",
    email="kundservice@elnat.example",
)
FACTS = {"until": "2027-11-23", "delegation": "d_5f"}
CONNECTED = {"connected": "2026-11-23T12:05:00+00:00", "provider": "google"}
GOOGLE = ProviderFace("google", "google")
ASTRID = EmailAddress("astrid@brev.example")
HER_PHONE = PhoneNumber("+46701740605")


def envelope(to: Recipient = ASTRID, **changes: Any) -> Envelope:
    """That somebody has been given access."""
    kind = "delegation_by_invoice"
    parts: dict[str, Any] = {
        "id": "n_4hJ2kWq7Zr0aTn5s",
        "kind": kind,
        "sender": Sender(COMPANY, "svara-inte@elnat.example"),
        "to": to,
        "wording": wording(kind, COMPANY, FACTS),
        "at": NOW,
    }
    return Envelope(**(parts | changes))
