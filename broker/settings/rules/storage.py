"""Where things are kept: engines that exist, addresses that say all and hold no secret."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, urlsplit

from broker.settings.problem import Problem
from broker.settings.rules.authorities import authority_can_be_read
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
        yield from postgresql_is_sound(path, address, "storage.database_password")
        return
    name = address.removeprefix("sqlite:///")
    if name == address:
        yield Problem(path, "Not an engine that this release has.", _FORM)
    elif name in {"", ":memory:"}:
        yield Problem(path, "It would be lost at every restart.", _FILE)
    elif "?" in name or "#" in name:
        yield Problem(path, "It has options; the broker sets its own.", _FILE)


def postgresql_is_sound(path: str, address: str, password_key: str) -> Iterator[Problem]:
    """Whole, without a password (which has a key of its own), with options that are known."""
    try:
        parts = urlsplit(address)
        options = parse_qs(parts.query, strict_parsing=bool(parts.query))
        is_whole = bool(parts.username and len(parts.path) > 1) and parts.port != 0
    except ValueError:
        yield Problem(path, "Not an address.", _FORM)
        return
    if not is_whole:
        yield Problem(path, "User or database is missing.", _FORM)
    if not parts.hostname and "host" not in options:  # the driver would ask the environment
        yield Problem(
            path, "No server is named.", "Name it, or a socket's folder: `?host=/run/postgresql`."
        )
    if parts.password is not None:
        yield _password(path, password_key)
    yield from _postgresql_options(path, options)


def _postgresql_options(path: str, options: Mapping[str, list[str]]) -> Iterator[Problem]:
    """Known, said once, and such that they cannot mean a connection in clear by mistake."""
    known = {"sslmode", "sslrootcert", "host"}
    yield from _unknown_or_twice(path, options, known, "There are sslmode, sslrootcert and host.")
    mode, root, folder = (options.get(key, [""])[0] for key in ("sslmode", "sslrootcert", "host"))
    if mode not in {"", "disable", "verify-full"}:
        yield Problem(
            path,
            "`sslmode` is neither `verify-full` nor `disable`.",
            "Take verify-full: the others do not show who answers.",
        )
    if mode == "disable" and root:
        yield Problem(
            path,
            "`sslrootcert` is for TLS, and `sslmode=disable` is without.",
            "Take one of them away.",
        )
    if folder and not folder.startswith("/"):
        yield Problem(
            path,
            "`host` is for the folder of a Unix socket, and is none.",
            "Name a server before the port: `postgresql://farstu@db.example.se/farstu`.",
        )
    yield from authority_can_be_read(path, Path(root) if root else None)


def _unknown_or_twice(
    path: str, options: Mapping[str, list[str]], known: set[str], remedy: str
) -> Iterator[Problem]:
    if unknown := options.keys() - known:
        yield Problem(path, f"Unknown option `{min(unknown)}`.", remedy)
    for name in sorted(options.keys() & known):
        if len(options[name]) > 1:
            yield Problem(path, f"The option `{name}` stands there twice.", "Say it once.")


def _redis(path: str, address: str) -> Iterator[Problem]:
    try:
        parts = urlsplit(address)
        ports = [urlsplit(f"//{each}").port for each in parts.netloc.rpartition("@")[2].split(",")]
        is_whole = all(parts.netloc.rpartition("@")[2].split(",")) and 0 not in ports
        options = parse_qs(parts.query, strict_parsing=bool(parts.query))
    except ValueError:
        yield Problem(path, "Not an address.", _REDIS)
        return
    if not is_whole:
        yield Problem(path, "A host or port is missing.", _REDIS)
    if "@" in parts.netloc:
        yield _password(path, "storage.transient_user` and `storage.transient_password")
    yield from _redis_path(path, parts)
    yield from _unknown_or_twice(path, options, {"ca"}, "There is ca: the authority's file.")
    authority = options.get("ca", [""])[0]
    if authority and not parts.scheme.startswith("rediss"):
        yield Problem(
            path, "`ca` is for TLS, and `redis` is without.", "Write `rediss`, or take `ca` away."
        )
    yield from authority_can_be_read(path, Path(authority) if authority else None)


def _redis_path(path: str, parts: SplitResult) -> Iterator[Problem]:
    """The number of a database, after the name that sentinels know; a cluster has 0 alone."""
    steps = [step for step in parts.path.split("/") if step]
    if "+sentinel" in parts.scheme:
        if not steps:
            yield Problem(path, "The name that the sentinels know is missing.", _REDIS)
        steps = steps[1:]
    if len(steps) > 1 or not all(map(str.isdecimal, steps)):
        yield Problem(path, "Its path is not the number of a database.", _REDIS)
    elif "+cluster" in parts.scheme and int("".join(steps) or "0"):
        yield Problem(path, "A cluster has no database but 0.", "Leave the number out.")


def _password(path: str, key: str) -> Problem:
    return Problem(path, "It holds a password.", f"Move it to `{key}`: addresses are shown.")
