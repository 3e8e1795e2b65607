"""The ring's rules: states, who signs, who is seen, what is missing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from keys.errors import ForbiddenMove, NoSigningKey
from keys.model import Algorithm, KeyRecord, State
from keys.ring import missing, move, published, signing_key
from tests.keys.conftest import NOW

ALLOWED = {
    (State.ANNOUNCED, State.SIGNING),
    (State.SIGNING, State.RETIRING),
    (State.RETIRING, State.REMOVED),
    (State.ANNOUNCED, State.RETIRING),
    (State.ANNOUNCED, State.REVOKED),
    (State.SIGNING, State.REVOKED),
    (State.RETIRING, State.REVOKED),
}


@pytest.mark.parametrize("to", State)
@pytest.mark.parametrize("was", State)
def test_a_key_moves_only_forward(record: KeyRecord, was: State, to: State) -> None:
    """Seven moves exist; no key comes back from removed or revoked, none skips its announcement."""
    key = replace(record, state=was)
    if (was, to) in ALLOWED:
        assert move(key, to, at=NOW).state is to
    else:
        with pytest.raises(ForbiddenMove):
            move(key, to, at=NOW)


def test_every_move_leaves_its_time(record: KeyRecord) -> None:
    """The record tells when each stage of its life began."""
    hour = timedelta(hours=1)
    signing = move(record, State.SIGNING, at=NOW + hour)
    retiring = move(signing, State.RETIRING, at=NOW + 2 * hour)
    removed = move(retiring, State.REMOVED, at=NOW + 3 * hour)
    assert removed == replace(
        record,
        state=State.REMOVED,
        signing_from=NOW + hour,
        retiring_from=NOW + 2 * hour,
        sealed_private=b"",
        master_key="",
        earlier_masters=(record.master_key,),
        removed_at=NOW + 3 * hour,
    )
    assert move(signing, State.REVOKED, at=NOW + hour).revoked_at == NOW + hour


@pytest.mark.parametrize("state", [s for s in State if s is not State.SIGNING])
def test_only_a_signing_key_signs(record: KeyRecord, state: State) -> None:
    """An announced spare is not taken in need, let alone a retired or revoked key."""
    with pytest.raises(NoSigningKey, match="ES256"):
        signing_key([replace(record, state=state)], Algorithm.ES256)


def test_a_key_signs_for_its_own_algorithm_only(record: KeyRecord) -> None:
    """The ring of one algorithm does not help another."""
    with pytest.raises(NoSigningKey, match="RS256"):
        signing_key([move(record, State.SIGNING, at=NOW)], Algorithm.RS256)


def test_of_two_signing_keys_the_newer_signs(record: KeyRecord) -> None:
    """Between two commits of a rotation every worker still picks the same key."""
    old = replace(record, kid="z", state=State.SIGNING, signing_from=NOW)
    new = replace(record, kid="a", state=State.SIGNING, signing_from=NOW + timedelta(seconds=1))
    assert signing_key([new, old], Algorithm.ES256) is new
    assert signing_key([old, new], Algorithm.ES256) is new


def test_the_world_sees_announced_signing_and_retiring(record: KeyRecord) -> None:
    """Neither removed nor revoked keys are published."""
    records = [replace(record, kid=state.value, state=state) for state in State]
    assert {key.state for key in published(records)} == {
        State.ANNOUNCED,
        State.SIGNING,
        State.RETIRING,
    }


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([], (State.SIGNING, State.ANNOUNCED)),
        ([State.SIGNING], (State.ANNOUNCED,)),
        ([State.SIGNING, State.ANNOUNCED], ()),
        ([State.ANNOUNCED], ()),
        ([State.RETIRING, State.REMOVED, State.REVOKED], (State.ANNOUNCED,)),
    ],
)
def test_a_first_key_signs_at_once_and_a_spare_is_announced(
    record: KeyRecord, states: list[State], expected: tuple[State, ...]
) -> None:
    """A spare is never made to sign here: it may have to stay announced for longer."""
    records = [replace(record, kid=state.value, state=state) for state in states]
    assert missing(records, Algorithm.ES256) == expected


def test_a_ring_that_comes_later_is_announced_first(record: KeyRecord) -> None:
    """Where others may have fetched keys already, no algorithm's first key signs at once."""
    assert missing([record], Algorithm.PS256) == (State.ANNOUNCED,)


@pytest.mark.parametrize("to", [State.RETIRING, State.REVOKED])
def test_what_signs_no_more_has_no_private_part(record: KeyRecord, to: State) -> None:
    """From the moment in which a key retires, nobody can take it from the database."""
    gone = move(move(record, State.SIGNING, at=NOW), to, at=NOW)
    assert (gone.sealed_private, gone.master_key) == (b"", "")
    assert gone.earlier_masters == (record.master_key,)
