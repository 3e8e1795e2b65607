"""A backup: every durable table in one file that no engine owns, and the way back from it.

The file is a manifest, then rows by table in chunks, then a digest over all of it. It holds what
the database holds: what is sealed or hashed there is sealed or hashed here. The keys are not in it.
"""

from broker.storage.archive.archive import Archive, BackupFile, Restored, SqlArchive
from broker.storage.archive.damage import BackupDamaged, BackupRefused, NotEmpty
from broker.storage.archive.gone_keys import GoneKey
from broker.storage.archive.manifest import Manifest, Origin, Purpose, SecretPrint
from broker.storage.archive.reading import BackupReader, TableRows, open_backup

__all__ = [
    "Archive",
    "BackupDamaged",
    "BackupFile",
    "BackupReader",
    "BackupRefused",
    "GoneKey",
    "Manifest",
    "NotEmpty",
    "Origin",
    "Purpose",
    "Restored",
    "SecretPrint",
    "SqlArchive",
    "TableRows",
    "open_backup",
]
