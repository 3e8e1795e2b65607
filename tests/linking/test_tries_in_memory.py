"""The fast counting of tries counts as the SQL store does: any calls, any order, same answers."""

import asyncio
import itertools
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from broker.storage import Storage, open_storage
from broker.storage.sql import failures
from linking.ladder import Ladder, Level
from linking.model import IdentityKey
from linking.ports import Reservation, Tags
from linking.tries.pressure import Pressure, Thresholds
from linking.tries.reserving import TryRule
from linking.tries.waiting import OwnWaits, Step
from tests.linking.tries_in_memory import TriesInMemory

T = TypeVar("T")
WAITS = OwnWaits(
    free=2,
    steps=(Step(timedelta(minutes=1), times=2),),
    longest=timedelta(hours=1),
    memory=timedelta(days=3),
)
THRESHOLDS = Thresholds(
    daily=8, on_customer=2, on_customer_second=5, on_invoice=2, from_network=3, from_network_dear=6
)


class Form(NamedTuple):
    """What was sent, and for how many seconds it had been open."""

    level: Level
    reachable: bool
    open_for: int


FORMS = st.builds(
    Form, st.sampled_from(Level), st.booleans(), st.integers(min_value=0, max_value=40)
)
IDENTITIES = st.builds(
    IdentityKey, st.just("https://issuer.example"), st.sampled_from(["s1", "s2"])
)


def _hashed(name: str) -> bytes:
    """As long as a keyed hash."""
    return name.encode().ljust(32, b".")


TAGS = st.builds(
    Tags,
    st.sampled_from([b"", *(_hashed(f"c{n}") for n in (1, 2, 3))]),
    st.sampled_from([(), (b"i1",), (b"i2",), (b"i1", b"i2")]),
    st.sampled_from([b"", b"n1", b"n2"]),
    st.sampled_from([(), (_hashed("c2"),), (_hashed("c2"), _hashed("c3"))]),
).map(lambda tags: replace(tags, others=tuple(o for o in tags.others if o != tags.customer)))
SPANS = st.one_of(
    st.integers(min_value=0, max_value=60).map(lambda n: timedelta(seconds=n)),
    st.integers(min_value=0, max_value=50).map(lambda n: timedelta(minutes=30) * n),
    st.integers(min_value=0, max_value=8).map(lambda n: timedelta(days=n)),
    st.just(timedelta(minutes=-7)),  # another machine's clock
)


class SameAnswers(RuleBasedStateMachine):
    """Both stores get the same calls; small thresholds, so that all of them are met."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
        self.quick = TriesInMemory()
        self.pairs: list[tuple[Reservation, Reservation]] = []
        self._runner = asyncio.Runner()
        self._opened = AsyncExitStack()
        self.storage: Storage = self._run(self._opened.enter_async_context(_in_sqlite()))

    def _run(self, waiting: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(waiting)

    @rule(span=SPANS)
    def time_passes(self, span: timedelta) -> None:
        """Or a clock is a little behind."""
        self.now += span

    @rule(who=IDENTITIES, tags=TAGS, form=FORMS)
    def somebody_tries(self, who: IdentityKey, tags: Tags, form: Form) -> None:
        """Any identity on any number, with any form: counted by both or refused alike."""
        shown_at = self.now - timedelta(seconds=form.open_for)
        ladders = (Ladder(all_private_reachable=form.reachable),)
        sent = TryRule(WAITS, THRESHOLDS, ladders, form.level, shown_at)
        ours = self.quick.count(who, tags, sent, now=self.now)
        theirs = self._run(self.storage.tries.reserve(who, tags, sent, now=self.now))
        if isinstance(ours, Reservation) and isinstance(theirs, Reservation):
            assert ours.customer_tag == theirs.customer_tag
            self.pairs.append((ours, theirs))
        else:
            assert ours == theirs

    @rule(tags=TAGS, first=st.integers(min_value=0), many=st.integers(min_value=2, max_value=9))
    def strangers_try(self, tags: Tags, first: int, many: int) -> None:
        """As many identities, with forms of every level."""
        for number in range(first, first + many):
            form = Form(Level(1 + number % 3), reachable=True, open_for=31)
            self.somebody_tries(IdentityKey("https://issuer.example", f"{number}"), tags, form)

    @rule(data=st.data(), is_success=st.booleans(), explained=st.booleans())
    def a_try_is_over(self, data: st.DataObject, is_success: bool, explained: bool) -> None:
        """Given back, or cancelled; some more than once."""
        if not self.pairs:
            return
        ours, theirs = data.draw(st.sampled_from(self.pairs))
        tries = self.storage.tries
        if is_success:
            self.quick.explain(ours, explained=explained)
            self._run(tries.give_back(theirs, explained=explained))
        else:
            self.quick.uncount(ours)
            self._run(tries.cancel(theirs))

    @rule()
    def old_counts_are_purged(self) -> None:
        """Nobody's answers change by it."""
        self.quick.purge(self.now)
        self._run(self.storage.tries.purge(self.now))

    @invariant()
    def both_see_the_same_pressure(self) -> None:
        """On a few numbers, at this moment."""
        for number in (1, 2):
            tags = Tags(_hashed(f"c{number}"), (b"i%d" % number,), b"n%d" % number)
            assert self.quick.pressure(tags, now=self.now) == self._run(self._asked(tags))

    async def _asked(self, tags: Tags) -> Pressure:
        async with self.storage.tries._transaction.reading() as connection:
            return await failures.pressure(connection, tags, now=self.now)

    def teardown(self) -> None:
        self._run(self._opened.aclose())
        self._runner.close()


def _in_sqlite() -> Any:
    numbers = itertools.count(1)
    return open_storage(
        "sqlite://",
        "sqlite://",
        seal=lambda plain, name: plain,
        open_sealed=lambda sealed, name: sealed,
        new_id=lambda prefix: f"{prefix}_{next(numbers)}",
        clock=lambda: datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
    )


TestSameAnswers = SameAnswers.TestCase
TestSameAnswers.settings = settings(
    max_examples=10,
    stateful_step_count=30,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking opens a thousand databases
    suppress_health_check=[HealthCheck.too_slow],
)
