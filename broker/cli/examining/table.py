"""The checks in one table, and running those that can be run."""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Final

import httpx2

from broker.cli import clock
from broker.cli.database import opened
from broker.cli.examining import code_ways, kept, letters, reached, registers, secrets_needed
from broker.cli.examining.installation import Check, Installation
from broker.cli.speaking import CommandFailed
from broker.settings.schema import Settings
from broker.storage.errors import StorageError
from broker.upkeep.finding import Finding, error
from broker.wiring.storage import storage_urls
from keys import KeysError

PATIENCE: Final = 20.0
"""Seconds that a check on the network may take; they run at the same time."""

CHECKS: Final = (
    Check("storage", kept.look_at_storage, storage=True),
    Check("files", kept.look_at_files),
    Check("database's clock", kept.look_at_database_clock, storage=True),
    Check("signing keys", kept.look_at_keys, storage=True),
    Check("master keys", secrets_needed.look_at_master_keys, storage=True),
    Check("peppers", secrets_needed.look_at_peppers, storage=True),
    Check("pairwise salt", secrets_needed.look_at_salt, storage=True),
    Check("register", kept.look_at_register, storage=True),
    Check("readings", registers.look_at_readings, storage=True),
    Check("guessing", kept.look_at_guessing, storage=True),
    Check("second items", kept.look_at_second_items, storage=True),
    Check("messages", kept.look_at_messages, storage=True),
    Check("codes", code_ways.look_at_code_ways),
    Check("letters", letters.look_at_letters),
    Check("audit trail", kept.look_at_audit_trail, storage=True),
    Check("certificate file", reached.look_at_certificate_file),
    Check("certificate", reached.look_at_tls, network=True),
    Check("our own address", reached.look_at_own_address, network=True),
    Check("providers", reached.look_at_upstreams, network=True),
    Check("mail server", reached.look_at_mail_server, network=True),
    Check("registers", registers.look_at_registers, network=True),
)

OFFLINE_ONLY: Final = (Check("providers' secrets", reached.look_at_secret_dates),)
"""What a check on the network would have said too."""


async def examine(
    settings: Settings,
    *,
    offline: bool,
    http: httpx2.AsyncClient | None = None,
    upstreams: httpx2.AsyncClient | None = None,
    trust: ssl.SSLContext | None = None,
    now: Callable[[], datetime] = clock.now,
) -> list[Finding]:
    """Run them at the same time; the findings come in the table's order. Changes nothing."""
    async with AsyncExitStack() as stack:
        findings: list[Finding] = []
        storage = None
        try:
            _see_that_it_is_there(settings)
            storage = await stack.enter_async_context(opened(settings))
        except CommandFailed as failed:
            findings.append(error("storage", failed.reason, failed.remedy))
        trust = trust or ssl.create_default_context()
        if http is None:
            http = httpx2.AsyncClient(verify=trust, timeout=PATIENCE, trust_env=False)
            stack.push_async_callback(http.aclose)
        whole = Installation(settings, storage, http, trust, now, upstreams)
        wanted = [each for each in _table(offline=offline) if storage or not each.storage]
        for found in await asyncio.gather(*(_run(each, whole) for each in wanted)):
            findings += found
    return findings


def _see_that_it_is_there(settings: Settings) -> None:
    """A file that is not there would be made by opening it: a look must not."""
    path = kept.file_of(storage_urls(settings)[0])
    if path is not None and not path.exists():
        raise CommandFailed(f"There is no {path}.", "Run `farstu db migrate`.")


def _table(*, offline: bool) -> list[Check]:
    if not offline:
        return list(CHECKS)
    return [each for each in (*CHECKS, *OFFLINE_ONLY) if not each.network]


async def _run(one: Check, whole: Installation) -> list[Finding]:
    try:
        async with asyncio.timeout(PATIENCE if one.network else None):
            return list(await one.look(whole))
    except TimeoutError:
        what = f"no answer within {PATIENCE:.0f} s"
        return [error(one.name, what, "See that this machine may reach it.")]
    except KeysError as failed:
        return [error(one.name, str(failed), "Nothing can be said of them until that is done.")]
    except StorageError as failed:
        return [error(one.name, f"the storage failed: {failed}", "See that it runs and has room.")]
