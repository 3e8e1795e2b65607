"""What a backup says of itself, readable before anything else in it is."""

from datetime import datetime
from enum import StrEnum

import msgspec

from broker.storage.archive.damage import BackupDamaged


class Purpose(StrEnum):
    """What a secret of the configuration is for."""

    MASTER_KEY = "master key"
    PEPPER = "pepper"
    PAIRWISE_SALT = "pairwise salt"
    COOKIE_KEY = "cookie key"


class SecretPrint(msgspec.Struct, frozen=True):
    """By what a secret of the configuration can be recognised, and which one it was.

    `print` is a keyed hash under the secret itself, 8 bytes: it reveals nothing of 256 random bits.
    """

    purpose: Purpose
    name: str
    print: bytes


class Origin(msgspec.Struct, frozen=True):
    """Where and when a backup is taken: what the database itself does not know."""

    release: str
    issuer: str
    taken_at: datetime
    secrets: tuple[SecretPrint, ...]


class Manifest(msgspec.Struct, frozen=True):
    """The first frame. `rows` counts by table, in the order in which the tables follow."""

    origin: Origin
    schema: str
    has_register: bool
    rows: dict[str, int]

    @property
    def total(self) -> int:
        """All rows."""
        return sum(self.rows.values())


def encode(manifest: Manifest) -> bytes:
    """As JSON, so that `head -c 2000` shows it."""
    return msgspec.json.encode(manifest)


def decode(content: bytes) -> Manifest:
    """Raises BackupDamaged."""
    try:
        return msgspec.json.decode(content, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BackupDamaged("it is damaged: its manifest cannot be read") from error
