"""What is left undone: imports, messages, rotations, and how long ago."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from broker.storage.key_ports import StrangeKey
from broker.storage.ports import OutboxMessage
from broker.storage.register_ports import Generation
from broker.upkeep.finding import Finding, error, ok, warning
from keys import KeyRecord, State

IMPORT_LATE = timedelta(days=2)
IMPORT_MISSED = timedelta(days=7)
MESSAGE_LATE = timedelta(hours=1)
KEY_OLD = timedelta(days=366)
_IMPORT = "Import the newest export, and see why it did not happen by itself: docs/register.md."


def judge_register(
    company: str, current: Generation | None, peppers: Collection[str], now: datetime
) -> Finding:
    """How old the import is that everybody is judged by."""
    name = f"register of {company}"
    if current is None:
        what = "never imported: nobody can connect"
        return error(name, what, "Import an export: docs/register.md.")
    if current.pepper not in peppers:
        return error(
            name,
            f"imported with the pepper {current.pepper}, which is not configured",
            "Put it into [secrets.peppers] again, or import an export of everybody with --force.",
        )
    age = now - current.started_at
    what = f"imported {age.days} days ago" if age.days else "imported within a day"
    if age > IMPORT_MISSED:
        return error(name, what, _IMPORT)
    return warning(name, what, _IMPORT) if age > IMPORT_LATE else ok(name, what)


def judge_outbox(
    messages: Sequence[OutboxMessage], now: datetime, *, at_most: int, is_delivered: bool = True
) -> Finding:
    """Messages that should have left; `messages` are the first ones that have not."""
    if not is_delivered:
        return _judge_waiting(messages, at_most)
    late = [each for each in messages if now - each.created_at > MESSAGE_LATE]
    if not late:
        return ok("messages", "none has waited for more than an hour")
    many = f"{at_most:,} or more" if len(messages) == at_most else f"{len(late):,}"
    return warning(
        "messages",
        f"{many} have not left, the oldest since {_oldest(late)}",
        "See why they cannot be delivered: the broker's log says so for each try.",
    )


def _judge_waiting(messages: Sequence[OutboxMessage], at_most: int) -> Finding:
    if not messages:
        return ok("messages", "none waits; no way to deliver one is configured")
    many = f"{at_most:,} or more" if len(messages) == at_most else f"{len(messages):,}"
    return warning(
        "messages",
        f"{many} to customers wait, the oldest since {_oldest(messages)}: no way to deliver them "
        "is configured",
        "Say how e-mail or text messages leave, in [outbound]: docs/notices.md.",
    )


def _oldest(messages: Sequence[OutboxMessage]) -> str:
    return f"{min(each.created_at for each in messages):%Y-%m-%d %H:%M} UTC"


def judge_key_ages(records: Iterable[KeyRecord], now: datetime) -> Iterator[Finding]:
    """How long each algorithm has been signed for with the same key."""
    for each in records:
        if each.state is State.SIGNING:
            name = f"signing key {each.algorithm.value}"
            days = (now - (each.signing_from or each.created_at)).days
            if days > KEY_OLD.days:
                yield warning(name, f"has signed for {days} days", "Plan to replace it.")
            else:
                yield ok(name, f"has signed for {days} days")


def judge_strange(keys: Sequence[StrangeKey]) -> Iterator[Finding]:
    """Keys that a newer release made, for an algorithm that this one does not know."""
    if keys:
        names = ", ".join(sorted({each.algorithm for each in keys}))
        yield warning(
            "signing keys",
            f"{len(keys)} are of an algorithm that this release does not know ({names}): it "
            "neither publishes them nor takes what they signed",
            "Let every machine run the newer release; no client or resource may choose the "
            "algorithm before.",
        )
