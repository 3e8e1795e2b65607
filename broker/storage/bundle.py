"""Everything that is stored, as one value: every port a field, plus the upkeep of the whole."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from broker.storage.archive import Archive
from broker.storage.key_ports import FirstPrints, KeptKeys, KeyFetches, Workers
from broker.storage.notices import SealedNotices
from broker.storage.ports import (
    AuditLog,
    ClientStore,
    GrantStore,
    LeaseStore,
    OutboxStore,
    Revisions,
    SessionStore,
    TransientStore,
)
from broker.storage.pressure_ports import PressureFigures
from broker.storage.register_ports import (
    CustomerIndex,
    CustomerNumbers,
    RegisterAudits,
    RegisterCopies,
)
from broker.storage.retention import Retention
from linking.codes.ports import CodeStore
from linking.newcomers.ports import Guards, NewcomerStore, ObjectionStore
from linking.ports import DelegationStore, Journal, LinkStore, PersonStore, Transaction, TryStore
from linking.tries.clearing import Waits

# Further apart from the database, this machine may take what is over for what is valid.
CLOCK_TOLERANCE: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Check:
    """What answers and what does not; each False names what an operator has to look at."""

    database: bool
    schema: bool
    transient: bool
    clock: bool

    @property
    def missing(self) -> tuple[str, ...]:
        """What to look at; of a database that does not answer nothing else is known."""
        durable = {"database": self.database, "schema": self.schema, "clock": self.clock}
        looked_at = durable if self.database else {"database": False}
        wanting = [name for name, is_well in looked_at.items() if not is_well]
        return (*wanting, *(() if self.transient else ("transient",)))

    @property
    def is_ready(self) -> bool:
        return not self.missing


class Tries(TryStore, Waits, PressureFigures, Protocol):
    """Tries as the rules count them, as customer service clears them, as operators see them."""


@dataclass(frozen=True, slots=True)
class Storage:
    """The bundle. `transaction` spans every durable port, and never the transient store.

    `check` asks whether all of it answers; `purge` deletes what has expired, in short batches, and
    says how many rows that were.
    """

    transaction: Transaction
    persons: PersonStore
    links: LinkStore
    delegations: DelegationStore
    tries: Tries
    codes: CodeStore
    objections: ObjectionStore
    guards: Guards
    newcomers: NewcomerStore
    sessions: SessionStore
    clients: ClientStore
    grants: GrantStore
    keys: KeptKeys
    audit: AuditLog
    journal: Journal
    notices: SealedNotices
    outbox: OutboxStore
    index: CustomerIndex
    numbers: CustomerNumbers
    copies: RegisterCopies
    audits: RegisterAudits
    revisions: Revisions
    workers: Workers
    key_fetches: KeyFetches
    first_prints: FirstPrints
    leases: LeaseStore
    transient: TransientStore
    archive: Archive
    check: Callable[[], Awaitable[Check]]
    purge: Callable[[datetime, Retention], Awaitable[int]]
