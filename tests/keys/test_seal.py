"""Private keys at rest open only with the right master key, for the right record, unchanged."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import MasterKeyMissing, MasterKeysInvalid, SealBroken
from keys.seal import Bond, MasterKey, Seal, Sealed

OLD = MasterKey(name="old", secret=b"o" * 32)
NEW = MasterKey(name="new", secret=b"n" * 32)
BOND = Bond(kid="kid-1", algorithm="ES256")


def test_what_was_sealed_opens_again() -> None:
    """The plain bytes come back under the same bond."""
    seal = Seal([NEW])
    assert seal.open(seal.close(b"private", BOND), BOND) == b"private"


def test_the_first_master_key_seals() -> None:
    """With several master keys open, new seals name the first."""
    assert Seal([NEW, OLD]).close(b"private", BOND).master_key == "new"


def test_an_older_master_key_still_opens() -> None:
    """After a change of master key the old seals open as long as the old key is given too."""
    sealed = Seal([OLD]).close(b"private", BOND)
    assert Seal([NEW, OLD]).open(sealed, BOND) == b"private"


def test_a_missing_master_key_is_named() -> None:
    """The error says which master key to bring back."""
    sealed = Seal([OLD]).close(b"private", BOND)
    with pytest.raises(MasterKeyMissing, match="'old' is missing"):
        Seal([NEW]).open(sealed, BOND)


def test_another_key_under_the_same_name_does_not_open() -> None:
    """A wrong secret is told from a missing one."""
    sealed = Seal([OLD]).close(b"private", BOND)
    with pytest.raises(SealBroken, match="'old'"):
        Seal([replace(OLD, secret=b"x" * 32)]).open(sealed, BOND)


@pytest.mark.parametrize(
    "other",
    [
        Bond(kid="kid-2", algorithm="ES256"),
        Bond(kid="kid-1", algorithm="RS256"),
        Bond(kid="kid-1", algorithm="ES256", purpose="contact"),
        Bond(kid="ES256kid-1", algorithm=""),
    ],
)
def test_a_seal_opens_for_no_other_record(other: Bond) -> None:
    """Kid, algorithm and purpose are bound, and cannot be shifted into one another."""
    seal = Seal([NEW])
    with pytest.raises(SealBroken):
        seal.open(seal.close(b"private", BOND), other)


def test_a_seal_cannot_be_relabelled() -> None:
    """The name of the master key is bound too, even where two names hold the same secret."""
    seal = Seal([NEW, MasterKey(name="twin", secret=NEW.secret)])
    sealed = seal.close(b"private", BOND)
    with pytest.raises(SealBroken):
        seal.open(replace(sealed, master_key="twin"), BOND)


@given(st.binary(max_size=80))
def test_any_other_bytes_are_refused(content: bytes) -> None:
    """Truncated, empty or random records never open and never raise anything else."""
    with pytest.raises(SealBroken):
        Seal([NEW]).open(Sealed(content=content, master_key="new"), BOND)


@given(st.integers(min_value=0, max_value=8 * 36 - 1))
def test_every_single_bit_counts(bit: int) -> None:
    """Flipping any one bit of a sealed record breaks the seal."""
    seal = Seal([NEW])
    sealed = seal.close(b"private", BOND)
    changed = bytearray(sealed.content)
    changed[bit // 8] ^= 1 << (bit % 8)
    with pytest.raises(SealBroken):
        seal.open(replace(sealed, content=bytes(changed)), BOND)


def test_two_seals_of_the_same_bytes_differ() -> None:
    """Every seal has a nonce of its own."""
    seal = Seal([NEW])
    assert seal.close(b"private", BOND) != seal.close(b"private", BOND)


@pytest.mark.parametrize(
    "masters",
    [[], [MasterKey("a", b"short")], [MasterKey("", b"a" * 32)], [NEW, replace(OLD, name="new")]],
)
def test_unusable_master_keys_are_refused(masters: list[MasterKey]) -> None:
    """None, a short one, a nameless one and two of one name are refused at once."""
    with pytest.raises(MasterKeysInvalid):
        Seal(masters)


def test_a_master_key_does_not_show_its_secret() -> None:
    """The secret stays out of logs and error reports."""
    assert repr(NEW) == "MasterKey(name='new')"
