"""Everything that is kept, behind ports. Callers see the ports; only this package knows SQL."""

from broker.storage.bundle import Check, Storage
from broker.storage.migrating import (
    Schemas,
    Standing,
    migrate_storage,
    read_schemas,
    read_standings,
)
from broker.storage.opening import open_storage
from broker.storage.retention import Retention

__all__ = [
    "Check",
    "Retention",
    "Schemas",
    "Standing",
    "Storage",
    "migrate_storage",
    "open_storage",
    "read_schemas",
    "read_standings",
]
