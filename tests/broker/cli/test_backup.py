"""`farstu db backup` and `restore`, as an operator types them."""

import asyncio
import re
import shlex
import stat
import tracemalloc
from collections.abc import Callable
from datetime import date
from hashlib import blake2b
from pathlib import Path

import pytest
from typer.testing import Result

from broker.cli.clock import now
from broker.cli.configuration import read_settings
from broker.cli.database import opened
from broker.storage.ports import AuditEvent
from broker.storage.register_ports import IndexedEvidence
from broker.wiring.keys import workshop
from keys import Algorithm, State, ensure_keys

Run = Callable[..., Result]
DOCS = Path(__file__).parents[3] / "docs"


def live() -> None:
    """A signing key and something in the trail, as a broker that has run leaves them."""

    async def fill() -> None:
        settings = read_settings(None)
        async with opened(settings) as storage:
            await ensure_keys(workshop(settings, storage), [Algorithm.ES256], now=now())
            await storage.audit.append(AuditEvent("tested", now(), "tester"))

    asyncio.run(fill())


@pytest.fixture
def backed_up(installed: Run) -> Run:
    """There is a backup in the file `backup`."""
    live()
    result = installed("db", "backup", "backup")
    assert result.exit_code == 0, result.output
    return installed


def use_database(name: str) -> None:
    """Name another database in the configuration."""
    path = Path("farstu.toml")
    text = re.sub(r"\n\[storage\]\n(.+\n)*", "\n", path.read_text())
    path.write_text(f'{text}\n[storage]\ndatabase = "sqlite:///{name}"\n')


def use_secret(line: str, by: str) -> None:
    """Give a secret another value or name."""
    path = Path("farstu.toml")
    text, count = re.subn(line, by, path.read_text())
    assert count
    path.write_text(text)


def test_a_backup_is_the_owners_alone_and_whole(backed_up: Run) -> None:
    """Mode 0600, nothing beside it, and what to keep with it is said without saying it."""
    assert stat.S_IMODE(Path("backup").stat().st_mode) == 0o600
    assert not list(Path().glob(".*.part"))
    result = backed_up("db", "backup", "another")
    secrets = re.findall(r'"([A-Za-z0-9_-]{43})"', Path("farstu.toml").read_text())
    assert len(secrets) == 4
    for word in ("master key k01", "pepper", "pairwise salt", "cookie key", "Without it: "):
        assert word in result.stdout
    for secret in secrets:
        assert secret not in result.output
        assert secret.encode() not in Path("another").read_bytes()


def test_no_file_is_overwritten_unasked(backed_up: Run) -> None:
    """Exit code 1 and the file as it was; --force writes over it."""
    Path("backup").write_text("precious")
    assert backed_up("db", "backup", "backup").exit_code == 1
    assert Path("backup").read_text() == "precious"
    assert backed_up("db", "backup", "backup", "--force").exit_code == 0
    assert backed_up("db", "restore", "--verify", "backup").exit_code == 0


def test_a_folder_that_is_not_there(installed: Run) -> None:
    """In words, and nothing is left behind."""
    result = installed("db", "backup", "nowhere/backup")
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr


def test_restored_into_an_empty_database(backed_up: Run) -> None:
    """It is migrated first; trail and keys are there, and the restore stands in the trail."""
    use_database("new.db")
    result = backed_up("db", "restore", "backup")
    assert result.exit_code == 0, result.output
    assert "links and delegations that were ended then are live again" in result.stdout
    assert "The trail is whole, 5 records." in backed_up("audit", "verify").stdout
    assert backed_up("keys", "list").stdout.count("ES256") == 2


def test_a_database_in_use_is_not_overwritten_unasked(backed_up: Run) -> None:
    """Exit code 1 and the remedy; --force deletes what was there."""
    result = backed_up("db", "restore", "backup")
    assert result.exit_code == 1
    assert "--force" in result.stderr
    assert "4 records" in backed_up("audit", "verify").stdout
    assert backed_up("db", "restore", "backup", "--force").exit_code == 0
    assert "5 records" in backed_up("audit", "verify").stdout


def test_what_keys_need_after_a_restore_is_a_step_before_brokers_start(backed_up: Run) -> None:
    """The command as it is typed, and it can be; the runbooks have the same one."""
    use_database("new.db")
    said = backed_up("db", "restore", "backup").stdout
    [step] = [each.strip() for each in said.splitlines() if "keys revoke" in each]
    assert said.index("Before any broker starts") < said.index(step) < said.index("Then start")
    assert "may have been revoked, or have leaked" in said
    for page in ("backup.md", "rotating-keys.md"):
        assert step in (DOCS / page).read_text()
    before = backed_up("keys", "list").stdout
    revoked = backed_up(*shlex.split(step)[1:], "--yes")
    assert revoked.exit_code == 0, revoked.output
    after = backed_up("keys", "list").stdout
    assert not {each.split()[3] for each in before.splitlines()} & set(after.split())


def test_a_key_that_was_revoked_since_stays_revoked(backed_up: Run) -> None:
    """In the database that is replaced; the command says which."""
    kid = backed_up("keys", "list").stdout.split()[3]
    why = ("--reason", "an exercise only", "--yes")
    assert backed_up("keys", "revoke", "--scope", "key", "--kid", kid, *why).exit_code == 0
    said = backed_up("db", "restore", "backup", "--force").stdout
    assert "are out, as they were in the database that was replaced: 1." in said
    assert f"  ES256 {kid} (revoked)" in said
    assert kid not in backed_up("keys", "list").stdout
    assert kid in backed_up("keys", "list", "--all").stdout


def test_verify_changes_nothing(backed_up: Run) -> None:
    """Not even a database is made."""
    use_database("new.db")
    assert backed_up("db", "restore", "--verify", "backup").exit_code == 0
    assert not Path("new.db").exists()


def test_a_damaged_file_is_refused(backed_up: Run) -> None:
    """By verify and by restore alike, with exit code 1; and no database is made."""
    use_database("new.db")
    raw = Path("backup").read_bytes()
    for damaged in (raw[:-40], raw[:-1] + b"?", b"", b"something else", raw + raw):
        Path("backup").write_bytes(damaged)
        for arguments in (["--verify", "backup"], ["backup"], ["backup", "--force"]):
            result = backed_up("db", "restore", *arguments)
            assert result.exit_code == 1
            assert "backup cannot be used" in result.stderr
    assert not Path("new.db").exists()


def test_a_lost_master_key_is_told_before_anything_is_changed(backed_up: Run) -> None:
    """Accepted, what cannot sign is revoked, so that the broker can make new keys."""
    use_database("new.db")
    use_secret("k01 = ", "k02 = ")
    for arguments in (["--verify", "backup"], ["backup"], ["backup", "--force"]):
        result = backed_up("db", "restore", *arguments)
        assert result.exit_code == 1
        assert "master key k01: not configured" in result.stdout
        assert "every token ends" in result.stdout
    assert not Path("new.db").exists()
    result = backed_up("db", "restore", "backup", "--despite-losses")
    assert result.exit_code == 0, result.output
    assert "Signing keys that do not open are revoked: 2." in result.stdout
    assert "keys revoke --scope store" not in result.stdout  # none is left that could sign
    live()
    listed = backed_up("keys", "list", "--all").stdout.splitlines()
    states = sorted(line.split()[0] for line in listed)
    assert states == [State.ANNOUNCED, State.REVOKED, State.REVOKED]


def test_without_the_register(installed: Run) -> None:
    """It is said at both ends."""
    assert "import it anew" in installed("db", "backup", "b", "--without-register").stdout
    assert "import it anew" in installed("db", "restore", "--verify", "b").stdout


def test_status_says_revisions_and_release(installed: Run) -> None:
    """For people and for machines, and never a password."""
    assert re.search(
        r"current \(revision \d{4}; release [\d.]+ needs \d{4}\)", installed("db", "status").stdout
    )
    result = installed("db", "status", "--json")
    assert result.exit_code == 0
    assert '"schema": "current"' in result.stdout


def test_memory_stays_bounded(installed: Run) -> None:
    """A register of 40,000 rows costs no more than a few chunks, out, verified and in."""

    async def fill() -> None:
        async with opened(read_settings(None)) as storage:
            generation = await storage.index.open_generation("elnat", at=now(), pepper="p01")
            day = date(2026, 1, 2)
            for start in range(0, 40_000, 10_000):
                rows = [
                    IndexedEvidence(blake2b(b"%d" % number, digest_size=16).digest(), day)
                    for number in range(start, start + 10_000)
                ]
                await storage.index.add_evidence(generation, rows)

    asyncio.run(fill())
    installed("db", "status")  # imports what there is to import
    installed("db", "backup", "small", "--without-register")
    tracemalloc.start()
    try:
        assert installed("db", "backup", "large").exit_code == 0
        assert installed("db", "restore", "large", "--force").exit_code == 0
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert Path("large").stat().st_size > 40_000 * 16
    assert peak < 4_000_000, peak


def test_a_name_that_the_system_refuses(installed: Run) -> None:
    """In words, also where the system will not even say whether the file is there."""
    result = installed("db", "backup", "b" * 300)
    assert result.exit_code == 1
    assert "cannot be written: File name too long" in result.stderr
