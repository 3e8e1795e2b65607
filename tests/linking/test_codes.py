"""Codes that are sent: hard to guess, easy to type."""

import random

import pytest

from linking.codes.code import ALPHABET, LENGTH, in_groups, is_code, new_code, read_code


def a_code(seed: int = 1) -> str:
    """A code that is the same each time."""
    return new_code(random.Random(seed).choice)  # noqa: S311 - the same each time


def test_a_code_has_fifty_bits_and_more() -> None:
    """Eleven characters of 32, chosen at random, and one that is worked out."""
    assert len(ALPHABET) == 32
    assert len(a_code()) == LENGTH == 12
    assert 5 * (LENGTH - 1) >= 50
    assert len({a_code(seed) for seed in range(1000)}) == 1000


@pytest.mark.parametrize("typed", ["{}", " {} ", "{}\u200b", "‹{}›"])
def test_it_is_read_however_it_is_typed(typed: str) -> None:
    """In groups or not, small or large, with O for 0 and l for 1."""
    for seed in range(100):
        code = a_code(seed)
        shown = in_groups(code).lower().replace("0", "o").replace("1", "l")
        assert read_code(typed.format(shown)) == code
        assert is_code(read_code(shown))


def test_every_slip_of_one_character_is_told_as_one() -> None:
    """It can be no code at all, so nothing is looked up and nothing counted."""
    code = a_code()
    slips = [code[:i] + c + code[i + 1 :] for i in range(LENGTH) for c in ALPHABET if c != code[i]]
    assert len(slips) == 12 * 31
    assert not any(map(is_code, slips))


def test_nearly_every_swap_is_told() -> None:
    """Of neighbours: all but 0 with Z."""
    swaps = [(a, b) for a in ALPHABET for b in ALPHABET if a != b and is_code(_swapped(a, b))]
    assert set(swaps) <= {("0", "Z"), ("Z", "0")}


@pytest.mark.parametrize("read", ["", "0", "0" * 11, "0" * 13, "U" * 12, "Ä" * 12])
def test_what_is_no_code(read: str) -> None:
    """Another length, or characters that none has."""
    assert not is_code(read)


def test_it_is_written_in_groups_of_four() -> None:
    """People copy four at a time."""
    assert [len(group) for group in in_groups(a_code()).split("-")] == [4, 4, 4]


def _swapped(a: str, b: str) -> str:
    """A code that has both characters side by side, with these two swapped."""
    payload = iter([a, b, *"7" * 9])
    code = new_code(lambda _: next(payload))
    return b + a + code[2:]
