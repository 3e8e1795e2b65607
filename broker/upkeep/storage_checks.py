"""Is what is kept in order: does it answer, is there room, can nobody else read it."""

from collections.abc import Iterator

from broker.storage import Check
from broker.storage.sql.file_facts import FileFacts
from broker.upkeep.finding import Finding, error, ok, warning

MEGABYTE = 1_000_000
LEAST_FREE = 256 * MEGABYTE
LONGEST_LOG = 256 * MEGABYTE
_OTHERS = 0o077
# What SQLite says when it cannot do its work; of the pages it says nothing.
_NOT_LOOKED_AT = ("disk I/O error", "unable to open", "database is locked", "attempt to write")


def judge_storage(check: Check) -> Iterator[Finding]:
    """Whether both stores answer as a broker needs them to. The clock is judged apart."""
    if check.database and check.schema:
        yield ok("storage", "answers, and has this release's schema")
    elif check.database:
        yield error("storage", "lacks what this release needs", "Run `farstu db migrate`.")
    else:
        yield error("storage", "does not answer", "See that it runs and can be reached.")
    if check.transient:
        yield ok("transient store", "answers")
    else:
        yield error(
            "transient store",
            "does not answer, or may forget what it should keep",
            "See that it runs; Redis needs `maxmemory-policy noeviction`.",
        )


def judge_file(facts: FileFacts) -> Iterator[Finding]:
    """Room, log, modes and pages of a database file."""
    name = f"file {facts.path.name}"
    yield _judge_room(name, facts)
    if facts.log_size > max(LONGEST_LOG, facts.size):
        yield warning(
            f"{name}, log",
            f"{facts.log_size / MEGABYTE:,.0f} MB wait to be written into the file",
            "A program has been reading for long: end old backups and open database shells.",
        )
    open_ones = [each for each, mode in facts.modes.items() if mode & _OTHERS]
    if open_ones:
        yield error(
            f"{name}, modes",
            f"others than its owner may use {', '.join(open_ones)}",
            "Take it from them: chmod 600.",
        )
    if facts.damage.startswith(_NOT_LOOKED_AT):
        yield error(
            f"{name}, pages",
            f"cannot be read: {facts.damage}",
            "See that there is room, and that the broker's user may write the file and its folder. "
            "If so, look at the disk.",
        )
    elif facts.damage:
        yield error(
            f"{name}, pages",
            f"damaged: {facts.damage}",
            "Stop the broker, keep a copy, restore the newest backup that is good, and look at "
            "the disk.",
        )


def _judge_room(name: str, facts: FileFacts) -> Finding:
    said = f"{facts.size / MEGABYTE:,.0f} MB, and {facts.free / MEGABYTE:,.0f} MB are free"
    if facts.free < LEAST_FREE:
        return error(name, said, "Make room at once: without it nobody can sign in.")
    if facts.free < facts.size:
        return warning(
            name, said, "Make room: an import writes the register anew beside the current one."
        )
    return ok(name, said)
