"""Customer numbers as bits: never wrong, and honest about what cannot be told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.registers import known_numbers
from broker.registers.known_numbers import KnownNumbers

NUMBERS = st.one_of(
    st.text("0123456789", min_size=1, max_size=20), st.integers(0, 9_000).map(str), st.text()
)


@given(st.sets(NUMBERS), st.sets(NUMBERS))
def test_what_it_says_is_true(added: set[str], others: set[str]) -> None:
    """Known means added; what is neither known nor doubtful was not."""
    numbers = KnownNumbers()
    numbers.add(added)
    known, doubtful = numbers.sort_out(added | others)
    assert known <= added
    assert added <= known | doubtful


@pytest.mark.parametrize("other", ["0100423", "100424", "AB1", "1" * 30])
def test_bare_digits_are_told_for_certain(other: str) -> None:
    """Zeros in front make another number; nothing need be asked of one that cannot be there."""
    numbers = KnownNumbers()
    numbers.add(["100423"])
    assert numbers.sort_out(["100423", other]) == ({"100423"}, set())


def test_what_there_is_no_room_for_must_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A number far from the others, once the pages are taken; and none that was held."""
    monkeypatch.setattr(known_numbers, "ROOM", 1)
    numbers = KnownNumbers()
    numbers.add(["100", "900000"])
    assert numbers.sort_out(["100", "101", "900000"]) == ({"100"}, {"900000"})
