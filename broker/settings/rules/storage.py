"""Where things are kept: engines that exist, addresses that say all and hold no secret."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from broker.settings.problem import Problem
from broker.settings.schema import Settings

_FILE = "Write it like `sqlite:///farstu.db` or `sqlite:////var/lib/farstu/farstu.db`."
_FORM = f"{_FILE[:-1]}, or `postgresql://farstu@db.example.se/farstu`."
_REDIS = "Write it like `redis://cache:6379/0`, or see the reference page for the other forms."
_REDIS_SCHEMES = {f"{tls}{kind}" for tls in ("redis", "rediss") for kind in ("", *(
    "+sentinel", "+cluster"))}  # fmt: skip


def databases_are_supported(settings: Settings) -> Iterator[Problem]:
    """SQLite in files, PostgreSQL, and Redis for what is short-lived."""
    storage = settings.storage
    yield from _database("storage.database", storage.database)
    if storage.transient:
        is_redis = urlsplit(storage.transient).scheme in _REDIS_SCHEMES
        yield from (_redis if is_redis else _database)("storage.transient", storage.transient)


def transient_is_apart(settings: Settings) -> Iterator[Problem]:
    """In SQLite, the short-lived has a file of its own, so that neither waits for the other."""
    storage = settings.storage
    if storage.transient == storage.database and storage.database.startswith("sqlite:"):
        yield Problem(
            "storage.transient",
            "The same as `storage.database`.",
            "Leave it empty for a file beside the database.",
        )


def passwords_have_a_use(settings: Settings) -> Iterator[Problem]:
    """A password for something that asks for none hides a mistake."""
    storage = settings.storage
    if storage.database_password and not storage.database.startswith("postgresql:"):
        yield Problem("storage.database_password", "The database asks for none.", "Take it away.")
    if not storage.transient.startswith("redis"):
        for key in ("transient_password", "transient_user"):
            if getattr(storage, key):
                yield Problem(
                    f"storage.{key}", "It is for Redis, which is not used.", "Take it away."
                )


def _database(path: str, address: str) -> Iterator[Problem]:
    if address.startswith("postgresql:"):
        yield from _postgresql(path, address)
        return
    name = address.removeprefix("sqlite:///")
    if name == address:
        yield Problem(path, "Not an engine that this release has.", _FORM)
    elif name in {"", ":memory:"}:
        yield Problem(path, "It would be lost at every restart.", _FILE)
    elif "?" in name or "#" in name:
        yield Problem(path, "It has options; the broker sets its own.", _FILE)


def _postgresql(path: str, address: str) -> Iterator[Problem]:
    try:
        parts = urlsplit(address)
        options = parse_qs(parts.query, strict_parsing=bool(parts.query))
        is_whole = bool(parts.username and len(parts.path) > 1) and parts.port != 0
    except ValueError:
        yield Problem(path, "Not an address.", _FORM)
        return
    if not is_whole:
        yield Problem(path, "User or database is missing.", _FORM)
    if parts.password is not None:
        yield _password(path, "storage.database_password")
    if unknown := options.keys() - {"sslmode", "sslrootcert", "host"}:
        yield Problem(
            path, f"Unknown option `{min(unknown)}`.", "There are sslmode, sslrootcert and host."
        )
    if options.get("sslmode", ["disable"])[0] not in {"disable", "verify-full"}:
        yield Problem(
            path,
            "`sslmode` is neither `verify-full` nor `disable`.",
            "Take verify-full: the others do not show who answers.",
        )


def _redis(path: str, address: str) -> Iterator[Problem]:
    try:
        parts = urlsplit(address)
        ports = [urlsplit(f"//{each}").port for each in parts.netloc.rpartition("@")[2].split(",")]
        is_whole = all(parts.netloc.rpartition("@")[2].split(",")) and 0 not in ports
    except ValueError:
        yield Problem(path, "Not an address.", _REDIS)
        return
    if not is_whole:
        yield Problem(path, "A host or port is missing.", _REDIS)
    if "@" in parts.netloc:
        yield _password(path, "storage.transient_user` and `storage.transient_password")
    if "+sentinel" in parts.scheme and not parts.path.strip("/"):
        yield Problem(path, "The name that the sentinels know is missing.", _REDIS)


def _password(path: str, key: str) -> Problem:
    return Problem(path, "It holds a password.", f"Move it to `{key}`: addresses are shown.")
