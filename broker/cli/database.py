"""The storage for the time of a command; its failures told as failures of the command."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from secrets import token_urlsafe

from broker.cli.clock import now
from broker.cli.speaking import CommandFailed
from broker.sealed import Vault
from broker.settings.schema import Settings
from broker.storage import Storage, open_storage
from broker.storage.errors import SchemaMismatch, StorageUnavailable, TransientStoreUnfit
from broker.wiring.secret_keys import master_keys
from broker.wiring.storage import shown_urls, storage_urls


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Storage]:
    """Open the storage of an installation. Raises CommandFailed when it cannot be used."""
    vault = Vault(master_keys(settings))
    with telling_failures(settings):
        async with open_storage(
            *storage_urls(settings),
            seal=vault.seal,
            open_sealed=vault.open,
            new_id=_new_id,
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
            "The database is not prepared for this release.", "Run `farstu db migrate`."
        ) from None
    except StorageUnavailable:
        raise CommandFailed(
            f"The storage cannot be used: {' and '.join(dict.fromkeys(shown_urls(settings)))}.",
            "For a file: see that its folder exists, that the broker's user may write there, and "
            "that the disk is not full. For PostgreSQL and Redis: see that they run, and that "
            "address, user, password and certificate are right.",
        ) from None
    except TransientStoreUnfit:
        raise CommandFailed(
            "Redis may forget what it was told to keep, to make room for something else.",
            "Set its `maxmemory-policy` to `noeviction`.",
        ) from None


def _new_id(prefix: str) -> str:
    return f"{prefix}_{token_urlsafe(16)}"
