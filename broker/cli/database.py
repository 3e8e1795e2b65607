"""The storage for the time of a command; its failures told as failures of the command."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from secrets import token_urlsafe

from broker.cli.clock import now
from broker.cli.speaking import CommandFailed
from broker.sealed import Vault
from broker.settings.schema import Settings
from broker.storage import Storage, open_storage
from broker.storage.errors import (
    SchemaMismatch,
    StorageUnavailable,
    TransientStoreUnavailable,
    TransientStoreUnfit,
)
from broker.wiring.secret_keys import master_keys
from broker.wiring.storage import shown_urls, storage_urls

_DRIVER = re.compile(r"^\([\w.]+\) ")
_DAMAGED = ("malformed", "not a database")
_FULL = ("too many clients", "too many connections", "connection slots are reserved")


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Storage]:
    """Open the storage of an installation. Raises CommandFailed when it cannot be used."""
    vault = Vault(master_keys(settings))
    with telling_failures(settings):
        async with open_storage(
            *storage_urls(settings),
            seal=vault.seal,
            open_sealed=vault.open,
            new_id=new_id,
            clock=now,
            connections=settings.storage.connections,
        ) as storage:
            yield storage


@contextmanager
def telling_failures(settings: Settings) -> Iterator[None]:
    """Turn what storage raises into words for an operator."""
    try:
        yield
    except SchemaMismatch:
        raise CommandFailed(
            f"The database is not prepared for this release: {shown_urls(settings)[0]}.",
            "Run `farstu db migrate`; or, if yours is elsewhere, correct `storage.database`.",
        ) from None
    except StorageUnavailable as failed:
        addresses = _addresses(settings, failed)
        raise CommandFailed(
            f"The storage cannot be used: {' and '.join(addresses)}{_reason(failed)}.",
            _remedy(addresses, failed),
        ) from None
    except TransientStoreUnfit:
        raise CommandFailed(
            "Redis may forget what it was told to keep, to make room for something else.",
            "Set its `maxmemory-policy` to `noeviction`.",
        ) from None


def _addresses(settings: Settings, failed: StorageUnavailable) -> tuple[str, ...]:
    """Of the store that failed: SQL's is two places only where both are files."""
    database, transient = shown_urls(settings)
    if isinstance(failed, TransientStoreUnavailable):
        return (transient,)
    if settings.storage.transient:
        return (database,)
    return tuple(dict.fromkeys((database, transient)))


def _reason(failed: StorageUnavailable) -> str:
    """What the driver said, without its own name and without the statement."""
    said = _DRIVER.sub("", failed.detail.partition("\n")[0]).strip().rstrip(".")
    return f" ({said})" if said else ""


def _remedy(addresses: tuple[str, ...], failed: StorageUnavailable) -> str:
    if isinstance(failed, TransientStoreUnavailable) and failed.remedy:
        return failed.remedy
    if any(each in failed.detail for each in _DAMAGED):
        return "`farstu doctor --offline` says which file is damaged, and what to do."
    if any(each in failed.detail for each in _FULL):
        return (
            "Raise `max_connections` of PostgreSQL, or lower `storage.connections` or the number "
            "of workers: each worker may have that many."
        )
    remedies = []
    if any(each.startswith("sqlite:") for each in addresses):
        remedies.append(
            "See that the folder exists, that the broker's user may write it and the files in it, "
            "and that the disk is not full."
        )
    if not all(each.startswith("sqlite:") for each in addresses):
        remedies.append(
            "See that the server runs, and that address, user, password and certificate are right."
        )
    return " ".join(remedies)


def new_id(prefix: str) -> str:
    """Return an opaque id that says what it is of."""
    return f"{prefix}_{token_urlsafe(16)}"
