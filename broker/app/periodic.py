"""What must happen though nobody asks for it, put together: every chore, and how often."""

from collections.abc import Iterator
from datetime import timedelta

from broker.alarms.raising import Alarms
from broker.app.parts import Parts, codes, prefixed_id
from broker.app.posting import outbox_chore
from broker.app.reading import reading_chores
from broker.app.rotating import rotating_chore
from broker.chores import secret_ends
from broker.chores.code_crowd import CodeCrowdTold
from broker.chores.outbox import Outbox
from broker.chores.pressure import EVERY as EVERY_MINUTE
from broker.chores.pressure import Measured, SprayTold
from broker.chores.running import Chore, Chores
from broker.chores.sending_codes import EVERY as EVERY_FEW_SECONDS
from broker.chores.sending_codes import SendingCodes
from broker.wiring.storage import retention


def chores(parts: Parts, outbox: Outbox | None) -> Chores:
    """Return them; what people wait for comes first."""
    asked = SendingCodes(codes(parts), parts.clock, parts.log)
    kept = retention(parts.settings.retention)
    every = [
        rotating_chore(parts),
        Chore("codes", EVERY_FEW_SECONDS, asked.run, is_frequent=True),
        *([outbox_chore(outbox)] if outbox is not None else []),
        *reading_chores(parts),
        *_alarms(parts),
        Chore("purge", timedelta(hours=1), lambda now: parts.storage.purge(now, kept)),
    ]
    return Chores(
        every, parts.storage.leases, prefixed_id("w"), parts.clock, parts.log,
        has_the_time=lambda: parts.following.knows,
    )  # fmt: skip


def measured(parts: Parts) -> Measured:
    """Return what everybody's failures come to."""
    return Measured(
        parts.linking.register, parts.storage.tries, parts.linking.verification.thresholds
    )


def _alarms(parts: Parts) -> Iterator[Chore]:
    """Yield what looks for something that somebody should hear of."""
    alarms = Alarms(parts.storage.transient, parts.log)
    spray = SprayTold(measured(parts), alarms)
    crowd = CodeCrowdTold(parts.storage.outbox, alarms)
    ends = {
        name: each.secret_expires_on
        for name, each in parts.settings.providers.items()
        if each.enabled and each.secret_expires_on
    }
    ending = secret_ends.SecretsEnding(ends, alarms)
    yield Chore("alarms", EVERY_MINUTE, spray.run, is_frequent=True)
    yield Chore("codes_waiting", EVERY_MINUTE, crowd.run, is_frequent=True)
    yield Chore("secrets", secret_ends.EVERY, ending.run, is_frequent=True)
