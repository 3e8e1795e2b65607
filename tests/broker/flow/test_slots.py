import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.flow.slots import ATTEMPT_ROOM, MAX_ALL, MAX_ONE, DoesNotFit, Slot, open_slots
from broker.sealed import Sealer

SEALER = Sealer([b"k" * 32])


def _after(texts: dict[str, str], changes: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in (texts | changes).items() if text}


def _filled(*flows: str, size: int = 10) -> dict[str, str]:
    texts: dict[str, str] = {}
    for n, flow in enumerate(flows):
        slot = Slot(flow, n, outbound=b"x" * size)
        texts = _after(texts, open_slots(SEALER, texts).place(slot))
    return texts


def test_three_logins_have_a_slot_each() -> None:
    """And the fourth takes the oldest one's."""
    texts = _filled("a", "b", "c")
    assert set(texts) == {"flow0", "flow1", "flow2"}
    slots = open_slots(SEALER, _filled("a", "b", "c", "d"))
    assert [bool(slots.find(flow)) for flow in "abcd"] == [False, True, True, True]


def test_a_login_keeps_its_slot() -> None:
    """What it becomes replaces what it was."""
    texts = _filled("a", "b")
    slots = open_slots(SEALER, texts)
    changes = slots.place(Slot("a", 9, handle="h"))
    assert set(changes) == {"flow0"}
    found = open_slots(SEALER, _after(texts, changes)).find("a")
    assert found is not None
    assert found.handle == "h"
    assert found.outbound == b""


def test_a_finished_login_is_cleared_alone() -> None:
    """The others stay."""
    slots = open_slots(SEALER, _filled("a", "b"))
    assert slots.clear("a") == {"flow0": ""}
    assert slots.clear("unknown") == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "å",
        "A" * 100,
        "A" * 5000,
        "=" * 8,
        "\x00",
        Sealer([b"o" * 32]).seal("flow slot", b"x"),
    ],
)
def test_what_does_not_open_is_free(text: str) -> None:
    """Foreign, tampered, too long: nothing is found, and the slot can be used."""
    slots = open_slots(SEALER, {"flow0": text})
    assert slots.opened == {}
    assert set(slots.place(Slot("a", 0))) == {"flow0"}


def test_a_seal_of_another_purpose_is_no_slot() -> None:
    """The purpose is authenticated with the value."""
    assert open_slots(SEALER, {"flow0": SEALER.seal("another", b"\x92\xa1a\x00")}).opened == {}


def test_too_large_a_request_does_not_fit() -> None:
    """Nor one that would be too large once it has left for a provider."""
    slots = open_slots(SEALER, {})
    with pytest.raises(DoesNotFit):
        slots.place(Slot("a", 0, outbound=b"x" * MAX_ONE))
    tight = Slot("a", 0, outbound=b"x" * (MAX_ONE * 3 // 4 - 100))
    assert slots.place(tight)
    with pytest.raises(DoesNotFit):
        slots.place(tight, spare=ATTEMPT_ROOM)


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 2600)), max_size=8))
def test_all_together_stay_within_the_limit(logins: list[tuple[str, int]]) -> None:
    """Whatever comes, the newest is there and the sum is at most 6 KiB."""
    texts: dict[str, str] = {}
    for n, (flow, size) in enumerate(logins):
        texts = _after(texts, open_slots(SEALER, texts).place(Slot(flow, n, b"x" * size)))
        assert sum(len(name) + len(text) for name, text in texts.items()) <= MAX_ALL
        assert open_slots(SEALER, texts).find(flow) is not None


def test_a_slot_of_the_release_before_is_read() -> None:
    """Fields that came later have defaults: a login under way survives an update."""
    before = msgspec.msgpack.encode(["a", 1, b"outbound"])
    slots = open_slots(SEALER, {"flow0": SEALER.seal("flow slot", before)})
    assert slots.find("a") == Slot("a", 1, b"outbound")
