"""Where things are kept: engines that exist, and a file of its own for the short-lived."""

from collections.abc import Iterator

from broker.settings.problem import Problem
from broker.settings.schema import Settings

_FORM = "Write it like `sqlite:///farstu.db` or `sqlite:////var/lib/farstu/farstu.db`."


def databases_are_supported(settings: Settings) -> Iterator[Problem]:
    """SQLite in files."""
    storage = settings.storage
    addresses = {"storage.database": storage.database}
    if storage.transient:
        addresses["storage.transient"] = storage.transient
    for path, address in addresses.items():
        name = address.removeprefix("sqlite:///")
        if name == address:
            yield Problem(path, "Not an engine that this release has.", _FORM)
        elif name in {"", ":memory:"}:
            yield Problem(path, "It would be lost at every restart.", _FORM)
        elif "?" in name or "#" in name:
            yield Problem(path, "It has options; the broker sets its own.", _FORM)


def transient_is_apart(settings: Settings) -> Iterator[Problem]:
    """Short-lived things are in a file of their own, so that neither waits for the other."""
    if settings.storage.transient == settings.storage.database:
        yield Problem(
            "storage.transient",
            "The same as `storage.database`.",
            "Leave it empty for a file beside the database.",
        )
