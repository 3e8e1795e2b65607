"""The workshop of keys, and their schedule, from the configuration."""

from datetime import timedelta
from typing import Final

from broker.settings.schema import Settings
from broker.storage import Storage
from broker.storage.key_journal import KeyAudit
from broker.wiring.secret_keys import signing_masters
from keys import Algorithm, Schedule, Seal, Workshop, schedule

BROKER: Final = "broker"
"""Who acts where nobody does."""


def workshop(settings: Settings, storage: Storage, *, actor: str = BROKER) -> Workshop:
    """Where keys are made and changed."""
    return Workshop(
        store=storage.keys,
        transaction=storage.transaction,
        seal=Seal(signing_masters(settings)),
        publishers=storage.workers,
        journal=KeyAudit(storage.audit, actor=actor),
        rsa_bits=settings.keys.rsa_bits,
    )


def key_schedule(settings: Settings, *, cached_for: timedelta, lease: timedelta) -> Schedule:
    """How long keys stay in each state.

    ID tokens come back as hints for as long as a session may last, and any client may have its ID
    tokens signed with any algorithm.
    """
    session = settings.session
    longest = max(
        timedelta(hours=session.absolute_hours), timedelta(days=session.remembered_absolute_days)
    )
    return schedule(
        rotate_every=timedelta(days=settings.keys.rotate_days),
        announced_for=timedelta(hours=settings.keys.announce_hours),
        cached_for=cached_for,
        lease=lease,
        longest_lives=dict.fromkeys(Algorithm, longest),
    )
