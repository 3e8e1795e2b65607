"""The import of the customer register, put together: for the command, the demo and tests."""

from broker.app.parts import Clock
from broker.registers.contacts import ContactSeal
from broker.registers.hashing import Peppers
from broker.registers.importing import RegisterImport
from broker.registers.suspending import Suspensions
from broker.sealed import Vault
from broker.settings.schema import Settings
from broker.storage import Storage
from broker.wiring.companies import companies
from broker.wiring.secret_keys import master_keys, peppers


def register_import(settings: Settings, storage: Storage, clock: Clock) -> RegisterImport:
    """The use-case over this storage."""
    vault = Vault(master_keys(settings))
    return RegisterImport(
        companies=companies(settings),
        peppers=Peppers.of(peppers(settings)),
        contacts=ContactSeal(vault.seal, vault.open),
        index=storage.index,
        transaction=storage.transaction,
        suspensions=Suspensions(
            storage.links, storage.delegations, storage.sessions, storage.audit
        ),
        audit=storage.audit,
        clock=clock,
    )
