"""What customer service may do, on an installation's settings and storage.

`journal` writes down who acts.
"""

from collections.abc import Callable

from broker.settings.schema import Settings
from broker.storage import Storage
from broker.wiring.register import imported_register
from broker.wiring.verification import codes, own_waits, wait_references
from linking import Clearing, Connections, Issuing, Unlinking
from linking.ports import Journal


def connections(storage: Storage) -> Connections:
    """Return who is connected to whom."""
    return Connections(storage.persons, storage.links, storage.delegations)


def unlinking(storage: Storage, journal: Journal) -> Unlinking:
    """Return what ends one connection."""
    return Unlinking(
        connections=connections(storage),
        links=storage.links,
        delegations=storage.delegations,
        signed_in=storage.sessions,
        journal=journal,
        transaction=storage.transaction,
    )


def clearing(settings: Settings, storage: Storage, journal: Journal) -> Clearing:
    """Return what forgets own failures."""
    return Clearing(
        persons=storage.persons,
        waits=storage.tries,
        schedule=own_waits(settings.verification),
        references=wait_references(settings),
        journal=journal,
        transaction=storage.transaction,
    )


def issuing(
    settings: Settings, storage: Storage, journal: Journal, new_id: Callable[[str], str]
) -> Issuing:
    """Return what asks for a code; `new_id` makes an id with a prefix.

    Asking asks no register: which one answers does not matter.
    """
    return Issuing(
        codes=codes(settings, storage, imported_register(settings, storage), new_id),
        connections=connections(storage),
        journal=journal,
        transaction=storage.transaction,
    )
