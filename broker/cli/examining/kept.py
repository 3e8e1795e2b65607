"""Checks of what is kept: storage, files, keys, register, messages, trail."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from broker.cli.examining.installation import Installation
from broker.registers.audit.judging import judged
from broker.storage.chain import Broken, verify_chain
from broker.storage.ports import AuditHead, OutboxMessage
from broker.storage.sql.file_facts import read_file_facts
from broker.upkeep.ages import judge_key_ages, judge_outbox, judge_register, judge_strange
from broker.upkeep.clocks import judge_clock
from broker.upkeep.finding import Finding, error, ok
from broker.upkeep.guessing import judge_guessing
from broker.upkeep.losses import NOT_OPENED
from broker.upkeep.second_items import judge_second_item
from broker.upkeep.storage_checks import judge_file, judge_storage
from broker.wiring.guessing import kept_bearings, policies, rules
from broker.wiring.notices import is_delivered
from broker.wiring.secret_keys import signing_masters
from broker.wiring.storage import storage_urls
from keys import RingNotOpened, Seal, load_ring

SAMPLE: Final = 1_000
_FILE: Final = "sqlite:///"


def file_of(url: str) -> Path | None:
    """The file of an address, if it has one."""
    return Path(url.removeprefix(_FILE)) if url.startswith(_FILE) and url != _FILE else None


async def look_at_storage(whole: Installation) -> Iterable[Finding]:
    """Both stores, as `readyz` asks them."""
    return judge_storage(await whole.kept.check())


async def look_at_files(whole: Installation) -> Iterable[Finding]:
    """SQLite's files."""
    found: list[Finding] = []
    for url in storage_urls(whole.settings):
        if (path := file_of(url)) is not None and path.exists():
            found += judge_file(await asyncio.to_thread(read_file_facts, path))
    return found


async def look_at_database_clock(whole: Installation) -> Iterable[Finding]:
    """SQLite has no clock but this machine's."""
    if whole.settings.storage.database.startswith("sqlite:"):
        return []
    theirs = (await whole.kept.revisions.read()).clock
    return [judge_clock("the database", theirs, whole.now())]


async def look_at_keys(whole: Installation) -> Iterable[Finding]:
    """Do they open, and how old are they."""
    storage = whole.kept
    try:
        ring = await load_ring(storage.keys, (), Seal(signing_masters(whole.settings)))
    except RingNotOpened as unopened:
        return [
            error(
                "signing keys",
                str(unopened),
                f"No broker starts so. {NOT_OPENED}",
            )
        ]
    strange = judge_strange(await storage.keys.strange())
    if not ring.records:
        return [
            ok("signing keys", "none yet: the broker makes them when it first starts"),
            *strange,
        ]
    return [*judge_key_ages(ring.records, whole.now()), *strange]


async def waiting(whole: Installation) -> Sequence[OutboxMessage]:
    """The first messages that have not left, those that wait for another try too."""
    ever = whole.now() + timedelta(days=3_650)
    return await whole.kept.outbox.due(now=ever, limit=SAMPLE)


async def look_at_register(whole: Installation) -> Iterable[Finding]:
    """Each company's that is imported."""
    index, peppers = whole.kept.index, whole.settings.secrets.peppers
    return [
        judge_register(company, await index.current(company), peppers, whole.now())
        for company, each in whole.settings.companies.items()
        if each.customer_register is None
    ]


async def look_at_guessing(whole: Installation) -> Iterable[Finding]:
    """What it can bring, by each company's kept audit."""
    settings, now = whole.settings, whole.now()
    found = await judged(whole.kept.audits, policies(settings), rules(settings))
    return [judge_guessing(company, each, now) for company, each in found.items()]


async def look_at_second_items(whole: Installation) -> Iterable[Finding]:
    """Whether failures by others can ask for them."""
    return map(judge_second_item, await kept_bearings(whole.settings, whole.kept))


async def look_at_messages(whole: Installation) -> Iterable[Finding]:
    """Those that have not left."""
    at, messages = whole.now(), await waiting(whole)
    goes_out = is_delivered(whole.settings)
    return [judge_outbox(messages, at, at_most=SAMPLE, is_delivered=goes_out)]


async def look_at_audit_trail(whole: Installation) -> Iterable[Finding]:
    """The newest records against the head; `farstu audit verify` reads all."""
    log = whole.kept.audit
    head, since = await log.head(), None
    if head.number > SAMPLE:
        async for record in log.read(after=head.number - SAMPLE - 1):
            since = AuditHead(record.number, record.hash)
            break
    match await verify_chain(log, since=since):
        case Broken(number):
            what = f"broken at record {number}: changed, removed or inserted"
            return [
                error("audit trail", what, "Keep a copy of the database; compare with a backup.")
            ]
        case _:
            return [ok("audit trail", f"its newest records are whole, of {head.number:,}")]
