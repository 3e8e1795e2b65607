"""Where things are kept and for how long, from the configuration."""

from datetime import timedelta
from pathlib import Path, PurePosixPath
from urllib.parse import quote, urlsplit

from pydantic import SecretStr

from broker.settings.operating import RetentionSettings
from broker.settings.schema import Settings
from broker.storage import Retention

_IN_MEMORY = "sqlite://"
_FILE = "sqlite:///"
_MONTH = 30.4


def storage_urls(settings: Settings) -> tuple[str, str]:
    """Return the durable and the transient address, passwords included: not to be shown.

    With none configured, short-lived things go to a file of their own beside the database, so that
    its many small writes do not wait for the durable ones; on PostgreSQL, to tables of their own.
    """
    storage = settings.storage
    database = with_login(storage.database, "", storage.database_password)
    if storage.transient:
        login = storage.transient_user, storage.transient_password
        return database, with_login(storage.transient, *login)
    return database, _beside(database)


def shown_urls(settings: Settings) -> tuple[str, str]:
    """Return the same addresses without any password."""
    database = settings.storage.database
    return database, settings.storage.transient or _beside(database)


def sorting_folder(settings: Settings) -> Path | None:
    """Return where an import may sort: beside a database file, which has the room for what comes.

    None elsewhere: the system's folder for temporary files.
    """
    database = settings.storage.database
    if not database.startswith(_FILE) or database == _FILE:
        return None
    return Path(database.removeprefix(_FILE)).parent


def retention(settings: RetentionSettings) -> Retention:
    """Return how long each kind of record stays."""
    return Retention(
        ended_sessions=timedelta(hours=settings.ended_session_hours),
        grants=timedelta(hours=settings.grant_hours),
        unconnected=timedelta(days=settings.unconnected_days),
        delivered_messages=timedelta(days=settings.delivered_message_days),
        ended_links=timedelta(days=settings.ended_link_months * _MONTH),
    )


def _beside(database: str) -> str:
    if not database.startswith("sqlite:"):
        return database
    if database in (_IN_MEMORY, _FILE):
        return _IN_MEMORY
    path = PurePosixPath(database.removeprefix(_FILE))
    return f"{_FILE}{path.with_name(f'{path.stem}-transient{path.suffix}')}"


def with_login(url: str, user: str, password: SecretStr | None) -> str:
    """Put user and password where the address has them."""
    if not user and password is None:
        return url
    parts = urlsplit(url)
    named, _, host = parts.netloc.rpartition("@")
    secret = f":{quote(password.get_secret_value(), safe='')}" if password else ""
    login = f"{quote(user, safe='') or named}{secret}@"
    return parts._replace(netloc=f"{login}{host}").geturl()
