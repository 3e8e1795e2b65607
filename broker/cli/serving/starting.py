"""What can go wrong when the application opens, in words for an operator."""

from collections.abc import Iterator
from contextlib import contextmanager

from broker.cli.database import telling_failures
from broker.cli.speaking import CommandFailed
from broker.settings.schema import Settings
from keys.errors import KeysError


@contextmanager
def telling_what_fails(settings: Settings) -> Iterator[None]:
    """Raise CommandFailed for storage and keys that cannot be used."""
    try:
        with telling_failures(settings):
            yield
    except KeysError as error:
        raise CommandFailed(
            f"The signing keys cannot be used: {error}.",
            "Give every master key that was ever used in `secrets.master_keys`.",
        ) from None
