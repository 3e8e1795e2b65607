"""`farstu db restore`: a backup put back, or only looked at."""

import asyncio
import getpass
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer

from broker.cli.clock import now
from broker.cli.configuration import ConfigOption, read_settings
from broker.cli.database import opened, telling_failures
from broker.cli.row_progress import row_progress
from broker.cli.speaking import CommandFailed, say
from broker.cli.telling_findings import say_findings
from broker.registers.hashing import Peppers
from broker.sealed import Vault
from broker.settings.schema import Settings
from broker.storage import migrate_storage
from broker.storage.archive import (
    BackupDamaged,
    BackupReader,
    BackupRefused,
    GoneKey,
    NotEmpty,
    Restored,
    open_backup,
)
from broker.upkeep.backup_check import Checked, Secrets, check_backup
from broker.wiring.secret_keys import master_keys, peppers, signing_masters
from broker.wiring.secret_prints import secret_prints
from broker.wiring.storage import storage_urls
from linking.days import STOCKHOLM

_REVOKE: Final = "farstu keys revoke --scope store --reason 'an older backup came back'"


def restore(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The backup.")
    ],
    *,
    verify: Annotated[
        bool, typer.Option("--verify", help="Only say whether it is good; change nothing.")
    ] = False,
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="Delete what the database holds now; keys that it knew as revoked stay so.",
        ),
    ] = False,
    despite_losses: Annotated[
        bool,
        typer.Option(
            "--despite-losses", help="Restore though a secret is lost; revoke what cannot sign."
        ),
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Put a backup into an empty database of any engine: all of it, or nothing.

    Stop every broker first. Sessions and grants end. The backup is verified before anything is
    changed, with the secrets that are configured now.
    """
    settings = read_settings(config)
    with _telling(file):
        checked = asyncio.run(_check(settings, file))
    say_findings(checked.findings)
    if not checked.is_good and (verify or not despite_losses):
        raise CommandFailed(
            "It would not all come back. Nothing was changed.",
            "Do what stands above; or accept the loss with --despite-losses.",
        )
    if verify:
        say("It is good.", style="bold green")
        return
    with _telling(file), telling_failures(settings):
        asyncio.run(migrate_storage(*storage_urls(settings)))
        done = asyncio.run(_restore(settings, file, checked, replace=force))
    _say_what_follows(done)


async def _check(settings: Settings, file: Path) -> Checked:
    with file.open("rb") as stream, row_progress("Verifying") as show:
        reader = open_backup(stream)
        _say_origin(reader)
        return await check_backup(reader, _secrets(settings), on_progress=show)


async def _restore(settings: Settings, file: Path, checked: Checked, *, replace: bool) -> Restored:
    with file.open("rb") as stream, row_progress("Restoring") as show:
        async with opened(settings) as storage:
            return await storage.archive.restore(
                open_backup(stream),
                replace=replace,
                at=now(),
                by=_who(),
                revoke=checked.lost_keys,
                on_progress=show,
            )


def _who() -> str:
    """The user at the keyboard; in a container there may be nothing but a number."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def _secrets(settings: Settings) -> Secrets:
    return Secrets(
        prints=secret_prints(settings),
        vault=Vault(master_keys(settings)),
        peppers=Peppers.of(peppers(settings)),
        signing=signing_masters(settings),
    )


@contextmanager
def _telling(file: Path) -> Iterator[None]:
    try:
        yield
    except BackupDamaged as damaged:
        raise CommandFailed(
            f"{file} cannot be used: {damaged}. Nothing was changed.", "Use another backup."
        ) from damaged
    except BackupRefused as refused:
        raise CommandFailed(
            f"{file} cannot be restored: {refused}. Nothing was changed.",
            "Use the program of the release that the newer of the two is of.",
        ) from refused
    except NotEmpty as there:
        raise CommandFailed(
            f"The database is not empty: {there}. Nothing was changed.",
            "Name an empty database in the configuration, or delete everything with --force.",
        ) from there


def _say_origin(reader: BackupReader) -> None:
    origin = reader.manifest.origin
    taken = origin.taken_at.astimezone(STOCKHOLM)
    say(f"Of {origin.issuer}, taken {taken:%Y-%m-%d %H:%M} by release {origin.release}.")
    if not reader.manifest.has_register:
        say("Without the register: import it anew afterwards.")


def _say_what_follows(done: Restored) -> None:
    say("Restored.", style="bold green")
    say(
        f"Ended: {done.sessions_ended:,} sessions, {done.grants_revoked:,} grants. "
        "Everybody signs in anew."
    )
    _say_keys("that do not open are revoked", done.lost)
    _say_keys("are out, as they were in the database that was replaced", done.kept_out)
    say("Since the backup was taken, and to be done again by hand:")
    for line in (
        "links and delegations that were ended then are live again: see `farstu links list`",
        "persons who were erased then are there again: `farstu links erase` them",
        "clients that were removed then are back: see `farstu clients list`",
        "messages that were sent then are sent again",
        "an import that was made then is gone: import the newest export",
    ):
        say(f"  {line}")
    if done.keys_used:
        _say_what_keys_need()
    say("Then start the brokers, and run `farstu doctor`.")


def _say_keys(what: str, keys: Sequence[GoneKey]) -> None:
    if keys:
        say(f"Signing keys {what}: {len(keys)}.")
    for each in keys:
        say(f"  {each.algorithm} {each.kid} ({each.state})")


def _say_what_keys_need() -> None:
    """A backup cannot tell what has happened to its keys since."""
    say("Before any broker starts, revoke the signing keys that came back:", style="bold")
    say(f"  {_REVOKE}")
    say(
        "An older backup holds keys that may have been revoked, or have leaked, since it was taken;"
    )
    say("they would sign again. It is not needed where no broker has run since then, as in a move.")
