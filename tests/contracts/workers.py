"""What each of four processes does in a contention test. It must be importable by a bare one."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import NamedTuple

from broker.storage import Storage, migrate_storage, open_storage
from broker.storage.ports import AuditEvent, AuditRecord, Shelf, Taken
from linking.ports import Reservation, Tags
from tests.contracts.samples import MINUTE, NOW, grant, identity, try_rule

_BARRIER: list[Barrier] = []


class URLs(NamedTuple):
    """The durable and the transient database."""

    database: str
    transient: str

    @classmethod
    def within(cls, folder: Path) -> "URLs":
        """Two SQLite files in this folder."""
        return cls(f"sqlite:///{folder}/durable.db", f"sqlite:///{folder}/transient.db")


def open_reversed(sealed: bytes, name: bytes) -> bytes:
    """Undo the suites' seal, which only shows that sealing happens and is bound to a name."""
    prefix = name + b"|"
    if not sealed.startswith(prefix):
        raise ValueError("sealed for another name")
    return sealed.removeprefix(prefix)[::-1]


def meet_at(barrier: Barrier) -> None:
    """Remember where this process waits for the other three."""
    _BARRIER.append(barrier)


def run(
    job: Callable[[Storage, int, int], Awaitable[list[object]]], urls: URLs, number: int, times: int
) -> list[object]:
    """Begin together with the other three, and do the job."""
    _BARRIER[0].wait(timeout=60)
    return asyncio.run(_run(job, urls, number, times))


async def _run(
    job: Callable[[Storage, int, int], Awaitable[list[object]]], urls: URLs, number: int, times: int
) -> list[object]:
    async with opened(urls) as storage:
        return await job(storage, number, times)


def opened(urls: URLs) -> AbstractAsyncContextManager[Storage]:
    """The storage by the wall clock, as four processes see it."""
    return open_storage(
        *urls,
        seal=lambda plain, _: plain,
        open_sealed=lambda sealed, _: sealed,
        new_id=lambda prefix: prefix,
        clock=lambda: datetime.now(UTC),
    )


async def take(storage: Storage, _: int, times: int) -> list[bool]:
    """Take one code so many times at once; who won."""
    takes = (
        storage.transient.take(Shelf.CODE, b"code", mark=b"gone", ttl=MINUTE) for _ in range(times)
    )
    return [isinstance(taken, Taken) for taken in await asyncio.gather(*takes)]


async def add(storage: Storage, number: int, times: int) -> list[bool]:
    """Add one state so many times at once; who won."""
    adds = (
        storage.transient.add(Shelf.USED_STATE, b"state", bytes([number]), ttl=MINUTE)
        for _ in range(times)
    )
    return await asyncio.gather(*adds)


async def count(storage: Storage, _: int, times: int) -> list[int]:
    """Count so many times at once; the counts."""
    counts = (
        storage.transient.count(Shelf.CLIENT_FAILURES, b"client", window=MINUTE)
        for _ in range(times)
    )
    return await asyncio.gather(*counts)


async def redeem(storage: Storage, number: int, times: int) -> list[bool]:
    """Redeem one code for so many grants at once; who won."""
    grants = (grant(f"g{number}-{i}", code=b"code") for i in range(times))
    return await asyncio.gather(*map(storage.grants.redeem, grants))


async def redeem_and_revoke(storage: Storage, number: int, times: int) -> list[None]:
    """Half of the processes redeem grants, and half revoke the same ones."""
    for i in range(times):
        if number % 2:
            await storage.grants.redeem(grant(f"g{i}", code=b"%d" % i))
        else:
            await storage.grants.revoke(f"g{i}", code_hash=b"%d" % i, at=NOW, reason="replay")
    return []


async def reserve(storage: Storage, _: int, times: int) -> list[bool]:
    """Reserve so many tries of one identity at once; which were counted."""
    key = identity().key
    tries = (storage.tries.reserve(key, Tags(b"tag"), try_rule(), now=NOW) for _ in range(times))
    return [isinstance(outcome, Reservation) for outcome in await asyncio.gather(*tries)]


async def reserve_as_many(storage: Storage, number: int, times: int) -> list[bool]:
    """Reserve a try each of so many identities, all on one customer; which were counted."""
    keys = (identity(f"s{number}-{i}").key for i in range(times))
    tries = (storage.tries.reserve(key, Tags(b"tag"), try_rule(), now=NOW) for key in keys)
    return [isinstance(outcome, Reservation) for outcome in await asyncio.gather(*tries)]


async def append(storage: Storage, number: int, times: int) -> list[AuditRecord]:
    """Append so many audit events at once."""
    events = (AuditEvent("tried", NOW, f"process-{number}") for _ in range(times))
    return await asyncio.gather(*map(storage.audit.append, events))


async def admit(storage: Storage, number: int, times: int) -> list[str]:
    """Admit one identity as so many persons at once; as whom it was admitted."""
    admitted = await asyncio.gather(
        *(storage.persons.admit(identity(person=f"p{number}-{i}")) for i in range(times))
    )
    return [one.person for one in admitted]


async def migrate_together(urls: URLs) -> None:
    """Migrate both databases."""
    await migrate_storage(*urls)


def run_migration(urls: URLs) -> None:
    """Begin together with the other three, and migrate."""
    _BARRIER[0].wait(timeout=60)
    asyncio.run(migrate_together(urls))


async def acquire(storage: Storage, number: int, times: int) -> list[bool]:
    """Try so many times at once for one lease; which were had."""
    tries = (
        storage.leases.acquire("purge", f"{number}-{i}", now=NOW, lasts=MINUTE, every=MINUTE)
        for i in range(times)
    )
    return await asyncio.gather(*tries)
