"""New keys: their kind, their length, their name."""

from itertools import cycle

import pytest

from keys import Algorithm, Seal, State
from keys import jwk as jwk_module
from keys.generate import new_record
from keys.jwk import public_key, public_pem
from tests.keys.conftest import MASTER, NOW


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_new_key_is_announced_under_its_own_print(algorithm: Algorithm) -> None:
    """The public part in the record is the one that `kid` is the thumbprint of (RFC 7638)."""
    record = new_record(algorithm, Seal([MASTER]), now=NOW)
    assert (record.state, record.algorithm) == (State.ANNOUNCED, algorithm)
    assert public_key(record).thumbprint() == record.kid
    assert public_pem(record).startswith("-----BEGIN PUBLIC KEY-----")


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
@pytest.mark.parametrize("algorithm", [Algorithm.RS256, Algorithm.PS256])
def test_rsa_keys_have_the_length_that_is_asked_for(algorithm: Algorithm, bits: int) -> None:
    """Two algorithms, one kind of key; never the same key."""
    record = new_record(algorithm, Seal([MASTER]), now=NOW, rsa_bits=bits)
    assert public_key(record).public_key.key_size == bits  # type: ignore[union-attr]


def test_a_kid_can_be_typed_as_an_argument(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that begins with a dash would be taken for an option: the key is made again."""
    real, prints = jwk_module.new_key, cycle(["-dash", "-again", "good"])

    def with_prints(algorithm: Algorithm, *, rsa_bits: int) -> object:
        key = real(algorithm, rsa_bits=rsa_bits)
        said = next(prints)
        key.thumbprint = lambda: said  # type: ignore[method-assign]
        return key

    monkeypatch.setattr(jwk_module, "new_key", with_prints)
    assert new_record(Algorithm.EDDSA, Seal([MASTER]), now=NOW).kid == "good"
