"""The customer register's parts on an installation's storage and secrets."""

from collections.abc import Callable
from datetime import datetime

from broker.registers.contacts import ContactSeal
from broker.registers.hashing import Peppers
from broker.registers.imported import ImportedRegister
from broker.registers.importing import RegisterImport
from broker.registers.renumbering import Renumbering
from broker.registers.suspending import Suspensions
from broker.sealed import Vault
from broker.settings.schema import Settings
from broker.storage import Storage
from broker.wiring.companies import companies
from broker.wiring.secret_keys import master_keys, peppers
from broker.wiring.storage import sorting_folder
from broker.wiring.verification import held_codes


def imported_register(settings: Settings, storage: Storage) -> ImportedRegister:
    """Return the register that answers from what was imported, for companies without another."""
    return ImportedRegister(
        storage.index,
        Peppers.of(peppers(settings)),
        _contacts(settings),
        {
            name: each.ladder.second_item
            for name, each in companies(settings).items()
            if settings.companies[name].customer_register is None
        },
    )


def register_import(
    settings: Settings, storage: Storage, *, clock: Callable[[], datetime]
) -> RegisterImport:
    """Return the import of an export, for every configured company."""
    return RegisterImport(
        companies=companies(settings),
        peppers=Peppers.of(peppers(settings)),
        contacts=_contacts(settings),
        index=storage.index,
        transaction=storage.transaction,
        suspensions=suspensions(storage),
        audit=storage.audit,
        clock=clock,
        folder=sorting_folder(settings),
    )


def renumbering(
    settings: Settings, storage: Storage, *, clock: Callable[[], datetime]
) -> Renumbering:
    """Return the renumbering of customers, for every configured company."""
    return Renumbering(
        companies=companies(settings),
        peppers=Peppers.of(peppers(settings)),
        contacts=_contacts(settings),
        index=storage.index,
        numbers=storage.numbers,
        codes=held_codes(settings, storage),
        transaction=storage.transaction,
        audit=storage.audit,
        clock=clock,
    )


def suspensions(storage: Storage) -> Suspensions:
    """Return what signs out whoever is, or acts for, a customer who is deceased or protected."""
    return Suspensions(storage.links, storage.delegations, storage.sessions, storage.audit)


def _contacts(settings: Settings) -> ContactSeal:
    vault = Vault(master_keys(settings))
    return ContactSeal(vault.seal, vault.open)
