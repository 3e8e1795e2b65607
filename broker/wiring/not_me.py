"""Telling of a new connection, and saying no to it, on an installation's storage and secrets."""

import hmac
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

from broker.settings.schema import Settings
from broker.wiring.secret_keys import pairwise_salt
from linking import CustomerRegister, NotMe, Resumption, Strangers, Telling
from linking.ports import Journal

if TYPE_CHECKING:  # whoever asks for the rules alone need not load the stores
    from broker.storage import Storage


def telling(storage: "Storage") -> Telling:
    """Return what tells the contact on file, and whoever is the customer already."""
    return Telling(
        storage.persons,
        storage.links,
        storage.notices,
        storage.objections,
        storage.newcomers,
        lambda: secrets.token_urlsafe(32),
    )


def not_me(storage: "Storage") -> NotMe:
    """Return the use case behind a notice's address."""
    return NotMe(
        objections=storage.objections,
        persons=storage.persons,
        links=storage.links,
        delegations=storage.delegations,
        guards=storage.guards,
        signed_in=storage.sessions,
        journal=storage.journal,
        transaction=storage.transaction,
    )


def strangers(storage: "Storage", register: CustomerRegister) -> Strangers:
    """Return the use case behind the page of the login that tells of a newcomer."""
    return Strangers(
        links=storage.links,
        newcomers=storage.newcomers,
        register=register,
        telling=telling(storage),
        signed_in=storage.sessions,
        journal=storage.journal,
        transaction=storage.transaction,
    )


def resumption(storage: "Storage", journal: Journal) -> Resumption:
    """Return customer service's way back; `journal` writes down who acts."""
    return Resumption(storage.guards, storage.numbers, journal, storage.transaction)


def paper_tags(settings: Settings) -> Callable[[str], bytes]:
    """Return the keyed hash that papers are known by.

    Its key is made of the pairwise salt, which is never changed: peppers are, and a paper that was
    burned must not come back with the next one.
    """
    key = hmac.digest(pairwise_salt(settings), b"farstu papers", "sha256")
    return lambda paper: hmac.digest(key, paper.encode(), "sha256")
