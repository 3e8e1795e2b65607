"""What can be wrong with a backup file, or with where it shall go. Nothing was changed then."""

from broker.storage.errors import StorageError


class BackupDamaged(StorageError):
    """The file is not what was written: cut off, changed, or not a backup at all."""

    code = "backup_damaged"


class BackupRefused(StorageError):
    """The file or the database is of another schema than this release can do it with."""

    code = "backup_refused"


class NotEmpty(StorageError):
    """The database holds something that a restore would take the place of."""

    code = "database_not_empty"

    def __init__(self, table: str) -> None:
        super().__init__(f"there are rows in {table}")
        self.table = table
