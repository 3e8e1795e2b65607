"""Whatever is changed in what is stored of a key: it is refused with a remedy, or it is the key."""

import asyncio
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from keys import Algorithm, KeyRecord, MasterKey, RingNotOpened, Seal, State, load_ring
from keys.generate import new_record
from keys.ring import move
from tests.keys.conftest import MASTER, NOW, RingInMemory

OTHER = MasterKey("2026-b", bytes(range(32, 64)))
FAST = (Algorithm.ES256, Algorithm.EDDSA)
SEAL = Seal([OTHER, MASTER])
KEYS = tuple(
    move(new_record(algorithm, Seal([MASTER]), now=NOW), State.SIGNING, at=NOW)
    for algorithm in FAST
)


def loaded(*records: KeyRecord) -> RingNotOpened | None:
    """How a worker starts with these records; None: it starts."""
    ring = RingInMemory()
    ring.records = {each.kid: each for each in records}
    try:
        asyncio.run(load_ring(ring, [], SEAL))
    except RingNotOpened as refused:
        return refused
    return None


def is_refused(*records: KeyRecord) -> None:
    """With every key that does not open, by name, and with what to do."""
    refused = loaded(*records)
    assert refused is not None
    for kid, reason in refused.closed:
        assert kid
        assert "restore" in reason or "give" in reason


@given(st.sampled_from(KEYS), st.data())
@settings(deadline=None)
def test_changed_bytes_never_open(record: KeyRecord, data: st.DataObject) -> None:
    """One bit or many, in the nonce, the body or the tag."""
    at = data.draw(st.integers(0, len(record.sealed_private) - 1))
    by = data.draw(st.integers(1, 255))
    changed = bytearray(record.sealed_private)
    changed[at] ^= by
    is_refused(replace(record, sealed_private=bytes(changed)))


@given(st.sampled_from(KEYS), st.data())
@settings(deadline=None)
def test_bytes_cut_off_or_added_never_open(record: KeyRecord, data: st.DataObject) -> None:
    """A file that was not written to its end; one with something behind."""
    sealed = record.sealed_private
    length = data.draw(st.integers(0, len(sealed) - 1))
    more = data.draw(st.binary(min_size=1, max_size=64))
    is_refused(replace(record, sealed_private=sealed[:length]))
    is_refused(replace(record, sealed_private=sealed + more))


@given(st.sampled_from(KEYS), st.binary(max_size=300))
@settings(deadline=None)
def test_anything_else_never_opens(record: KeyRecord, sealed: bytes) -> None:
    """Nor does it fail in another way."""
    is_refused(replace(record, sealed_private=sealed))


@given(st.sampled_from(KEYS), st.text(max_size=80))
@settings(deadline=None)
def test_no_other_public_key_is_published_for_it(record: KeyRecord, public: str) -> None:
    """The `kid` is its print."""
    if public != record.public_jwk:
        is_refused(replace(record, public_jwk=public))


@given(st.sampled_from(KEYS), st.text(max_size=50))
@settings(deadline=None)
def test_no_other_kid_goes_with_it(record: KeyRecord, kid: str) -> None:
    """Nor does a private part open under another one."""
    if kid != record.kid:
        is_refused(replace(record, kid=kid))


def test_swapped_records_do_not_open() -> None:
    """Private parts, public parts, algorithms: each alone, and under another master key's name."""
    first, second = KEYS
    is_refused(replace(first, sealed_private=second.sealed_private))
    is_refused(replace(first, public_jwk=second.public_jwk))
    is_refused(replace(first, algorithm=second.algorithm))
    is_refused(replace(first, master_key=OTHER.name))
    is_refused(replace(first, master_key="nobody's"))


def test_as_it_is_it_opens() -> None:
    """Else nothing above would show anything."""
    assert loaded(*KEYS) is None
