"""Where things are kept, from the configuration."""

from pathlib import PurePosixPath

from broker.settings.schema import Settings

_IN_MEMORY = "sqlite://"
_FILE = "sqlite:///"


def storage_urls(settings: Settings) -> tuple[str, str]:
    """Return the durable and the transient address.

    With none configured, short-lived things go to a file of their own beside the database, so that
    its many small writes do not wait for the durable ones.
    """
    database, transient = settings.storage.database, settings.storage.transient
    if transient:
        return database, transient
    if not database.startswith(_FILE) or database == _FILE:
        return database, _IN_MEMORY
    path = PurePosixPath(database.removeprefix(_FILE))
    return database, f"{_FILE}{path.with_name(f'{path.stem}-transient{path.suffix}')}"
