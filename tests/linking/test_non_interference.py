"""Whatever others do, a rightful customer is judged, in a time that only they themselves decide.

Two worlds with the same customer at the same form: in one nobody else, in the other attackers who
do anything at any moment, also between two steps of the customer.
"""

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from linking.ladder import Ladder, Level
from linking.model import CustomerKind, IdentityKey
from linking.ports import Reservation, Tags
from linking.tries.pressure import Thresholds
from linking.tries.reserving import TryRule
from linking.tries.waiting import OwnWaits
from tests.linking.rightful import Rightful, Sent
from tests.linking.tries_in_memory import TriesInMemory

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
# Own failures are remembered for ever: to be forgotten would only be the customer's gain.
WAITS = OwnWaits(memory=timedelta(days=36_500))
THRESHOLDS = Thresholds(daily=10, on_customer_second=12, from_network=5, from_network_dear=15)
ASTRID = IdentityKey("https://accounts.google.com", "astrid")
HER = Tags(b"astrid's number", (b"astrid's invoice",), b"astrid's network")
LADDERS = st.builds(
    Ladder,
    private=st.sampled_from(Level),
    all_private_reachable=st.booleans(),
    with_second=st.frozensets(st.sampled_from(CustomerKind)),
)
SPANS = st.one_of(
    st.integers(min_value=0, max_value=700).map(lambda n: timedelta(seconds=n)),
    st.integers(min_value=1, max_value=200).map(lambda n: timedelta(hours=n)),
)
TRIES = st.tuples(
    st.integers(min_value=0, max_value=30),  # who begins
    st.integers(min_value=1, max_value=30),  # how many after one another, each somebody else
    st.builds(
        Tags,
        st.sampled_from([HER.customer, b"a", b"b"]),
        st.sampled_from([HER.invoices, (), (b"i",)]),
        st.sampled_from([HER.network, b"", b"n"]),
    ),
    st.sampled_from(Level),
    st.booleans(),  # whether it was true: attackers may be customers too
)


class Crowd(RuleBasedStateMachine):
    """Astrid alone, and Astrid under attack."""

    @initialize(ladder=LADDERS)
    def begin(self, ladder: Ladder) -> None:
        """A company of any ladder."""
        self.now = NOW
        self.ladder = ladder
        self.alone, self.attacked = (
            Rightful(TriesInMemory(), WAITS, THRESHOLDS, ladder, ASTRID, HER) for _ in range(2)
        )

    @rule(span=SPANS)
    def time_passes(self, span: timedelta) -> None:
        """From seconds to more than the windows."""
        self.now += span

    @rule(tries=TRIES)
    def others_try(self, tries: tuple[int, int, Tags, Level, bool]) -> None:
        """Any identities, on any number, from anywhere, with whatever evidence."""
        self._attack(tries, self.now)

    @rule(is_true=st.booleans(), between=st.lists(TRIES, max_size=6))
    def she_sends(self, is_true: bool, between: list[tuple[int, int, Tags, Level, bool]]) -> None:
        """Right or wrong; before each of her steps the others may do something."""
        coming = iter(between)

        def others(now: datetime) -> None:
            if (tries := next(coming, None)) is not None:
                self._attack(tries, now)

        self.attacked.others = others
        alone = self.alone.sends(self.now, is_true=is_true)
        attacked = self.attacked.sends(self.now, is_true=is_true)
        self._compare(alone, attacked)
        self.now = max(alone.at, attacked.at)

    def _compare(self, alone: Sent, attacked: Sent) -> None:
        """Later than her own waits by the price of each page, and by nothing else."""
        pages = self.ladder.asked(Level.CODE) - self.ladder.private
        priced_pages = min(attacked.pages + 1, Level.CODE - self.ladder.private)  # a code has none
        assert attacked.pages <= pages
        assert attacked.priced <= priced_pages * THRESHOLDS.dearest
        for her, sent in ((self.alone, alone), (self.attacked, attacked)):
            ready = max(self.now, _end_of_own_wait(her))
            assert sent.own <= ready - self.now
            assert sent.at <= ready + priced_pages * THRESHOLDS.dearest
        assert [each.is_true for each in self.alone.sent] == [
            each.is_true for each in self.attacked.sent
        ]

    def _attack(self, tries: tuple[int, int, Tags, Level, bool], now: datetime) -> None:
        first, many, tags, level, is_true = tries
        form = TryRule(WAITS, THRESHOLDS, (self.ladder,), level, now - timedelta(minutes=1))
        for number in range(first, first + many):
            them = IdentityKey("https://accounts.google.com", f"attacker-{number}")
            outcome = self.attacked.tries.count(them, tags, form, now=now)
            if is_true and isinstance(outcome, Reservation):
                self.attacked.tries.explain(outcome)


def _end_of_own_wait(her: Rightful) -> datetime:
    """W(k) after her last failure, by the rule of waits alone; before what she sent just now."""
    before = her.sent[:-1]
    failures = list(itertools.takewhile(lambda each: not each.is_true, reversed(before)))
    return before[-1].at + WAITS.after(len(failures)) if failures else NOW


TestCrowd = Crowd.TestCase
TestCrowd.settings = settings(max_examples=100, stateful_step_count=20, deadline=None)
