"""Is a backup good for anything: read whole, hashed again, its seals tried with today's secrets."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from broker.registers.hashing import Peppers
from broker.sealed import Vault
from broker.storage.archive import BackupDamaged, BackupReader, Purpose, SecretPrint, TableRows
from broker.storage.archive.soundness import unsound_column
from broker.upkeep.finding import Finding, Outcome, error, ok
from broker.upkeep.losses import Needed, judge_secrets
from broker.upkeep.ring_check import RingCheck
from broker.upkeep.seals import SealCheck
from broker.upkeep.trail_check import TrailCheck
from keys import MasterKey

Take = Callable[[Mapping[str, Any]], None]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Secrets:
    """What is configured now. `signing` are the master keys as they seal signing keys."""

    prints: tuple[SecretPrint, ...] = field(repr=False)
    vault: Vault = field(repr=False)
    peppers: Peppers = field(repr=False)
    signing: Sequence[MasterKey] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, and which signing keys do not open (by `kid`)."""

    findings: tuple[Finding, ...]
    lost_keys: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        """Whether everything would come back."""
        return all(finding.outcome is not Outcome.ERROR for finding in self.findings)


async def check_backup(backup: BackupReader, secrets: Secrets, *, on_progress: Progress) -> Checked:
    """Read all of it. Raises BackupDamaged when it is not whole."""
    trail, seals = TrailCheck(), SealCheck(secrets.vault, secrets.peppers)
    ring, peppers = RingCheck(secrets.signing), _PepperNames()
    taking: dict[str, Take] = {
        "audit": trail.take,
        "audit_head": trail.take_head,
        "signing_keys": ring.take,
        "customers": seals.take_linked,
        "outbox": seals.take_message,
        "register_generations": peppers.take_generation,
        "register_current": peppers.take_current,
        "register_customers": seals.take_customer,
        "register_facilities": seals.take_facility,
        "register_copies": seals.take_copy,
    }
    done = 0
    for chunk in backup.chunks():
        _hand_on(chunk, taking.get(chunk.table))
        done += len(chunk.rows)
        on_progress(chunk.table, done, backup.manifest.total)
    lost_keys = await ring.lost()
    needed = [*_masters(ring, seals), *peppers.needed()]
    then = backup.manifest.origin.secrets
    return Checked(
        (
            ok("file", f"whole, {backup.manifest.total:,} rows, every one readable"),
            trail.finding(),
            ring.finding(lost_keys),
            *ring.strange(),
            *_refused(seals),
            *judge_secrets(needed, then, secrets.prints),
        ),
        tuple(lost_keys),
    )


def _hand_on(chunk: TableRows, take: Take | None) -> None:
    if column := unsound_column(chunk):
        raise BackupDamaged(f"a value in {chunk.table}.{column} is not what it must be")
    if take is None:
        return
    try:
        for row in chunk.rows:
            take(dict(zip(chunk.columns, row, strict=True)))
    except (ValueError, KeyError, msgspec.MsgspecError) as fault:
        raise BackupDamaged(f"a row of {chunk.table} is not what it must be") from fault


class _PepperNames:
    """Which pepper the current register of each company was imported with."""

    def __init__(self) -> None:
        self._peppers: dict[int, str] = {}
        self._current: set[int] = set()

    def take_generation(self, row: Mapping[str, Any]) -> None:
        self._peppers[row["id"]] = row["pepper"]

    def take_current(self, row: Mapping[str, Any]) -> None:
        self._current.add(row["generation"])

    def needed(self) -> list[Needed]:
        """The names, once each."""
        names = sorted({self._peppers.get(each, "") for each in self._current})
        return [Needed(Purpose.PEPPER, name, "the current register") for name in names]


def _masters(ring: RingCheck, seals: SealCheck) -> list[Needed]:
    needed = []
    for name in sorted(ring.masters | set(seals.sealed)):
        by = (
            [f"{seals.sealed[name]:,} contacts, messages and facilities"]
            if seals.sealed[name]
            else []
        )
        by += ["signing keys"] if name in ring.masters else []
        needed.append(Needed(Purpose.MASTER_KEY, name, " and ".join(by)))
    return needed


def _refused(seals: SealCheck) -> list[Finding]:
    return [
        error(
            f"what {name} sealed",
            f"{seals.refused[name]} of {seals.refused[name] + opened} tried do not open",
            "The key is another one, or the database was damaged before the backup was taken.",
        )
        if seals.refused[name]
        else ok(f"what {name} sealed", f"{opened} contacts and messages tried, all open")
        for name, opened in sorted((name, seals.opened[name]) for name in seals.sealed)
        if seals.refused[name] or opened
    ]
