"""Workers make the first keys once, and open every key before they serve."""

import asyncio
import base64
import hashlib
from collections import Counter
from dataclasses import replace

import pytest

from keys import Algorithm, KeyRecord, LocalSigner, MasterKey, RingNotOpened, Seal, State
from keys.errors import NoSigningKey
from keys.jwk import new_key, to_pkcs8
from keys.loading import ensure_keys, load_ring
from keys.ring import move
from keys.seal import Bond
from keys.sealing import vouched
from tests.keys.conftest import NOW, RingInMemory, always, workshop

FAST = [Algorithm.ES256, Algorithm.EDDSA]


def one_that_signs(made: tuple[KeyRecord, ...]) -> KeyRecord:
    """The key with which Ed25519 signs: parsed quickly."""
    return next(
        each for each in made if each.algorithm is Algorithm.EDDSA and each.state is State.SIGNING
    )


async def test_an_empty_ring_gets_a_key_and_a_spare(store: RingInMemory, seal: Seal) -> None:
    """Each algorithm starts with one key that signs and one that is announced."""
    await ensure_keys(workshop(store, seal), FAST, now=NOW)
    found = Counter((r.algorithm, r.state) for r in store.records.values())
    assert found == {(a, s): 1 for a in FAST for s in (State.SIGNING, State.ANNOUNCED)}


async def test_eight_workers_starting_at_once_make_one_ring(
    store: RingInMemory, seal: Seal
) -> None:
    """However many start together, one worker's keys win and the others add none."""
    added = await asyncio.gather(
        *(ensure_keys(workshop(store, seal), FAST, now=NOW) for _ in range(8))
    )
    assert sorted(len(keys) for keys in added) == [0] * 7 + [4]
    assert len(store.records) == 4


async def test_a_ring_that_is_complete_is_left_alone(full: RingInMemory, seal: Seal) -> None:
    """The next start changes nothing."""
    before = dict(full.records)
    assert await ensure_keys(workshop(full, seal), list(Algorithm), now=NOW) == ()
    assert full.records == before


async def test_a_missing_master_key_names_every_key_that_needs_it(
    full: RingInMemory,
) -> None:
    """Start-up says all at once which keys do not open, and which master key to bring."""
    with pytest.raises(RingNotOpened) as refused:
        await load_ring(full, list(Algorithm), Seal([MasterKey("new", b"n" * 32)]))
    _, *lines = str(refused.value).splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("the master key '2026-a' is missing")
    assert all(kid in lines[0] for kid in full.records)


async def test_each_reason_is_told_once(full: RingInMemory) -> None:
    """A key that was moved beside a master key that is missing: two lines."""
    first, second = sorted(full.records)[:2]
    full.records[first] = replace(full.records[first], master_key="2025")
    with pytest.raises(RingNotOpened) as refused:
        await load_ring(full, list(Algorithm), Seal([MasterKey("new", b"n" * 32)]))
    _, *lines = str(refused.value).splitlines()
    assert len(lines) == 2
    [of_first] = [line for line in lines if first in line]
    assert "'2025' is missing" in of_first
    assert second not in of_first


async def test_swapped_private_keys_do_not_open(full: RingInMemory, seal: Seal) -> None:
    """A sealed private key that was moved to another record is refused."""
    signing, spare = [r for r in full.records.values() if r.algorithm is Algorithm.ES256]
    full.records[signing.kid] = replace(signing, sealed_private=spare.sealed_private)
    with pytest.raises(RingNotOpened, match=signing.kid):
        await load_ring(full, [Algorithm.ES256], seal)


async def test_a_private_key_that_opens_must_also_belong(full: RingInMemory, seal: Seal) -> None:
    """Even one that was sealed for this record, by whoever holds the master key."""
    signing = next(r for r in full.records.values() if r.algorithm is Algorithm.ES256)
    other = seal.close(to_pkcs8(new_key(Algorithm.ES256)), Bond(signing.kid, "ES256"))
    full.records[signing.kid] = replace(signing, sealed_private=other.content)
    with pytest.raises(RingNotOpened, match="do not belong together"):
        await load_ring(full, [Algorithm.ES256], seal)


async def test_a_swapped_public_key_is_refused(full: RingInMemory, seal: Seal) -> None:
    """A `kid` that is not the thumbprint of its public key never verifies anything."""
    signing, spare = [r for r in full.records.values() if r.algorithm is Algorithm.ES256]
    full.records[signing.kid] = replace(signing, public_jwk=spare.public_jwk)
    with pytest.raises(RingNotOpened, match="do not belong together"):
        await load_ring(full, [Algorithm.ES256], seal)


@pytest.mark.parametrize("public", ["", "[]", "{}", '{"kty":"oct","k":"YWJj"}', "not json"])
async def test_a_damaged_public_key_is_refused(full: RingInMemory, seal: Seal, public: str) -> None:
    """Whatever stands there, start-up names the key instead of failing without a word."""
    signing = next(r for r in full.records.values() if r.algorithm is Algorithm.ES256)
    full.records[signing.kid] = replace(signing, public_jwk=public)
    with pytest.raises(RingNotOpened, match=signing.kid):
        await load_ring(full, [Algorithm.ES256], seal)


async def test_a_key_under_another_algorithm_is_refused(full: RingInMemory, seal: Seal) -> None:
    """A record whose algorithm was changed does not lend its key to that algorithm."""
    signing = next(r for r in full.records.values() if r.algorithm is Algorithm.ES256)
    full.records[signing.kid] = replace(signing, algorithm=Algorithm.EDDSA)
    with pytest.raises(RingNotOpened, match=signing.kid):
        await load_ring(full, [Algorithm.EDDSA], seal)


async def test_a_ring_without_a_signing_key_is_refused(store: RingInMemory, seal: Seal) -> None:
    """Nothing starts that could not sign."""
    with pytest.raises(NoSigningKey):
        await load_ring(store, [Algorithm.ES256], seal)


async def test_a_ring_whose_key_waits_to_sign_is_opened(
    full: RingInMemory, made: tuple[KeyRecord, ...], seal: Seal
) -> None:
    """After an emergency a worker can start: it publishes the key that will sign."""
    for each in made:
        if each.state is State.SIGNING:
            full.records[each.kid] = move(each, State.REVOKED, at=NOW)
    ring = await load_ring(full, list(Algorithm), seal)
    assert {each.state for each in ring.by_kid.values()} == {State.ANNOUNCED}
    with pytest.raises(NoSigningKey):
        LocalSigner(ring, holds=always).can_sign([Algorithm.RS256])


async def test_what_a_retiring_key_signed_still_verifies(
    full: RingInMemory, made: tuple[KeyRecord, ...], seal: Seal
) -> None:
    """It is published by a voucher, and cannot sign."""
    signing = one_that_signs(made)
    before = LocalSigner(await load_ring(full, [], seal), holds=always)
    token = before.sign({"sub": "p_1"}, typ="JWT", algorithm=signing.algorithm)
    await workshop(full, seal).moved(signing, State.RETIRING, at=NOW)
    ring = await load_ring(full, [], seal)
    assert LocalSigner(ring, holds=always).verify(token, typ="JWT") == {"sub": "p_1"}
    assert signing.kid not in ring.private


async def test_nobody_adds_a_key_by_writing_in_the_database(
    full: RingInMemory, made: tuple[KeyRecord, ...], seal: Seal
) -> None:
    """A row without a voucher, with somebody else's, or that signed once and says it retires."""
    signing = one_that_signs(made)
    other = replace(signing, kid="another")
    [voucher] = [vouched(move(other, State.RETIRING, at=NOW), seal).sealed_private]
    bare = move(signing, State.RETIRING, at=NOW)
    for content in (b"", voucher, signing.sealed_private):
        full.records[signing.kid] = replace(
            bare, sealed_private=content, master_key=signing.master_key
        )
        with pytest.raises(RingNotOpened, match=signing.kid):
            await load_ring(full, [], seal)


async def test_a_voucher_signs_nothing(
    full: RingInMemory, made: tuple[KeyRecord, ...], seal: Seal
) -> None:
    """A row that retires does not sign again by another word in its state."""
    signing = one_that_signs(made)
    gone = await workshop(full, seal).moved(signing, State.RETIRING, at=NOW)
    full.records[signing.kid] = replace(gone, state=State.SIGNING)
    with pytest.raises(RingNotOpened, match=signing.kid):
        await load_ring(full, [], seal)


async def test_an_open_ring_does_not_show_its_private_keys(full: RingInMemory, seal: Seal) -> None:
    """The snapshot's text form holds no private key object."""
    assert "private" not in repr(await load_ring(full, [Algorithm.ES256], seal)).replace(
        "sealed_private", ""
    )


async def test_a_record_that_was_changed_has_to_open_again(
    full: RingInMemory, made: tuple[KeyRecord, ...], seal: Seal
) -> None:
    """A revoked key that somebody sets back, or another algorithm: not by what is in memory."""
    before = await load_ring(full, [], seal)
    signing = one_that_signs(made)
    emptied = move(signing, State.REVOKED, at=NOW)
    for change in (
        replace(emptied, state=State.SIGNING),
        replace(signing, sealed_private=b"x"),
        replace(signing, algorithm=Algorithm.ES256),
    ):
        full.records[signing.kid] = change
        with pytest.raises(RingNotOpened, match=signing.kid):
            await load_ring(full, [], seal, before=before)
    full.records[signing.kid] = signing
    again = await load_ring(full, [], seal, before=before)
    assert again.private[signing.kid] is before.private[signing.kid]


@pytest.mark.parametrize("public", ["nonsense", "[]", "{}", '{"kty":"OKP","crv":"Ed25519"}', "1"])
async def test_a_public_key_that_is_none_is_refused(
    full: RingInMemory, made: tuple[KeyRecord, ...], seal: Seal, public: str
) -> None:
    """Though the kid is its print."""
    digest = hashlib.sha256(public.encode()).digest()
    kid = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    full.records[kid] = replace(one_that_signs(made), kid=kid, public_jwk=public)
    with pytest.raises(RingNotOpened, match=kid):
        await load_ring(full, [], seal)
