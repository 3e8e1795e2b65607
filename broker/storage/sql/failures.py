"""How many tries failed on something, by everybody together: what `linking.tries.pressure` reads.

By the hour, so that windows slide and nothing tells who tried what. Rows are always locked in the
order of their key: a try that is counted and one that is taken back cannot wait for each other.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from sqlalchemy import and_, func, or_, select, update

from broker.storage.sql.connection import Connection
from broker.storage.sql.pressure_tables import failure_counts, tried_together
from broker.storage.sql.upsert import insert
from linking.ladder import Level
from linking.ports import Tags
from linking.tries.pressure import OF_ALL, ON_A_CUSTOMER, SHORTER_BY, Pressure

KEPT: Final = timedelta(days=8)
"""Longer than any window, buckets and all."""

_NEVER_OVER: Final = datetime(9999, 1, 1, tzinfo=UTC)


class _Kind(StrEnum):
    CUSTOMER = "customer"
    NETWORK = "network"
    ALL = "all"
    BEYOND_FIRST = "beyond_first"
    TURN = "turn"


class _Bucket(NamedTuple):
    kind: str
    tag: bytes
    since: datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """A try as it was counted."""

    tags: Tags
    level: int
    at: datetime


async def queue(connection: Connection) -> None:
    """Wait for everybody who counts, and let them wait for us, until the transaction ends."""
    await _add(connection, _Bucket(_Kind.TURN, b"", _NEVER_OVER), 0)


async def pressure(connection: Connection, tags: Tags, *, now: datetime) -> Pressure:
    """What was counted before, as far back as each window goes.

    Of an hour that lies half in it, the day's window has all, so that no 24 hours see more tries
    than they may; the week's has nothing, so that all is over after seven days.
    """
    c = failure_counts.c
    day, week = now - OF_ALL - SHORTER_BY, now - ON_A_CUSTOMER
    of_all = c.kind.in_([_Kind.ALL, _Kind.BEYOND_FIRST])
    found = await connection.execute(
        select(c.kind, c.tag, func.sum(c.count).label("count"))
        .where(
            or_(
                and_(c.kind == _Kind.CUSTOMER, c.tag.in_(tags.customers), c.since > week),
                and_(c.kind == _Kind.NETWORK, c.tag == tags.network, c.since > day),
                and_(of_all, c.tag == b"", c.since > day),
            )
        )
        .group_by(c.kind, c.tag)
    )
    counts: dict[str, int] = {}
    for row in found.all():  # of several readings of a customer number, the most
        counts[row.kind] = max(counts.get(row.kind, 0), int(row.count))
    return Pressure(
        on_customer=counts.get(_Kind.CUSTOMER, 0),
        on_invoice=await _others(connection, tags, since=week) if tags.invoices else 0,
        of_all=counts.get(_Kind.ALL, 0),
        beyond_first=counts.get(_Kind.BEYOND_FIRST, 0),
        from_network=counts.get(_Kind.NETWORK, 0),
    )


async def _others(connection: Connection, tags: Tags, *, since: datetime) -> int:
    """On how many other customer numbers a reading of the invoice number was tried, the most."""
    t = tried_together.c
    of_each = (
        select(func.count().label("customers"))
        .where(
            t.invoice_tag.in_(tags.invoices),
            t.customer_tag.not_in(tags.customers or (b"",)),
            t.at > since,
        )
        .group_by(t.invoice_tag)
        .subquery()
    )
    found = await connection.execute(select(func.max(of_each.c.customers).label("most")))
    return int(found.scalar_one() or 0)


async def widest_invoice(connection: Connection, *, since: datetime, now: datetime) -> int:
    """The most customer numbers of one invoice number, of those that were tried after `since`."""
    t = tried_together.c
    lately = select(t.invoice_tag).where(t.at > since)
    of_each = (
        select(func.count().label("customers"))
        .where(t.invoice_tag.in_(lately), t.at > now - ON_A_CUSTOMER)
        .group_by(t.invoice_tag)
        .subquery()
    )
    found = await connection.execute(select(func.max(of_each.c.customers).label("most")))
    return int(found.scalar_one() or 0)


async def count(connection: Connection, tags: Tags, level: Level, *, now: datetime) -> None:
    """Count a try, before it is judged."""
    for bucket in sorted(_buckets(Counted(tags, level, now))):
        await _add(connection, bucket, 1)
    t = tried_together.c
    for invoice in tags.invoices if tags.customer else ():
        pair = insert(tried_together).values(
            invoice_tag=invoice, customer_tag=tags.customer, at=now
        )
        await connection.execute(
            pair.on_conflict_do_update(
                index_elements=[t.invoice_tag, t.customer_tag], set_={"at": now}
            )
        )


async def take_back(connection: Connection, tries: Iterable[Counted]) -> None:
    """Count these no longer: they were explained by a success, or never judged."""
    buckets = Counter(bucket for each in tries for bucket in _buckets(each))
    for bucket, times in sorted(buckets.items()):
        await connection.execute(
            update(failure_counts)
            .where(
                failure_counts.c.kind == bucket.kind,
                failure_counts.c.tag == bucket.tag,
                failure_counts.c.since == bucket.since,
            )
            .values(count=failure_counts.c.count - times)
        )


def _buckets(each: Counted) -> Sequence[_Bucket]:
    """Where a try counts. A code cannot be guessed: who tries one changes nothing for others."""
    hour = each.at.replace(minute=0, second=0, microsecond=0)
    found = [_Bucket(_Kind.NETWORK, each.tags.network, hour)] if each.tags.network else []
    if each.level < Level.CODE:
        found += [_Bucket(_Kind.CUSTOMER, tag, hour) for tag in each.tags.customers]
        found.append(_Bucket(_Kind.ALL, b"", hour))
    if each.level == Level.SECOND_ITEM:
        found.append(_Bucket(_Kind.BEYOND_FIRST, b"", hour))
    return found


async def _add(connection: Connection, bucket: _Bucket, times: int) -> None:
    c = failure_counts.c
    first = insert(failure_counts).values(
        kind=bucket.kind, tag=bucket.tag, since=bucket.since, count=times
    )
    await connection.execute(
        first.on_conflict_do_update(
            index_elements=[c.kind, c.tag, c.since], set_={"count": c.count + times}
        )
    )
