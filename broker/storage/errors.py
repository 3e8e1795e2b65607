"""What can go wrong in storage that is not an outcome. Public text and private detail apart."""


class StorageError(Exception):
    """Root of the family; never raised directly."""

    code = "storage_error"

    def __init__(self, message: str = "", *, detail: str = "") -> None:
        super().__init__(message or self.code)
        self.detail = detail


class StorageUnavailable(StorageError):
    """The database cannot be reached, is locked for too long, or is full. Nothing was changed."""

    code = "storage_unavailable"


class TransientStoreUnavailable(StorageUnavailable):
    """It is Redis that cannot be reached, not the database. `remedy` is what to do, if known."""

    def __init__(self, message: str = "", *, detail: str = "", remedy: str = "") -> None:
        super().__init__(message, detail=detail)
        self.remedy = remedy


class TransactionFailed(StorageError):
    """A change inside the transaction failed and somebody went on; all of it was rolled back."""

    code = "transaction_failed"


class SchemaMismatch(StorageError):
    """The database lacks what this release needs: `farstu db migrate` has not been run."""

    code = "schema_mismatch"


class GenerationGone(StorageError):
    """This generation of the register is current, or is being deleted, so it cannot be changed."""

    code = "generation_gone"


class UnreadableRecord(StorageError):
    """A stored record is of a version that this release does not know."""

    code = "unreadable_record"


class TransientStoreUnfit(StorageError):
    """Redis is set up so that it may forget what it was told to keep."""

    code = "transient_store_unfit"


class StatementRefused(StorageError):
    """The database will not take this statement with these values, now or later."""

    code = "statement_refused"
