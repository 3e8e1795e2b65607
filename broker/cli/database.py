"""The storage for the time of a command; its failures told as failures of the command."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime

from broker.cli.speaking import CommandFailed
from broker.settings.schema import Settings
from broker.storage import Storage
from broker.storage.errors import SchemaMismatch, StorageUnavailable
from broker.wiring.storage import open_configured


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Storage]:
    """Open the storage of an installation. Raises CommandFailed when it cannot be used."""
    with telling_failures(settings):
        async with open_configured(settings, clock=now) as storage:
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
            f"The database cannot be used: {settings.storage.database}.",
            "See that its folder exists, that the broker's user may write there, and that the disk "
            "is not full.",
        ) from None


def now() -> datetime:
    """The clock of the command line."""
    return datetime.now(UTC)
