"""What the drill counts, it counts against us."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from keys import Algorithm, KeyRecord, State
from tests.drill.ledger import GOOD, OK, Ledger, untimely

LEASE = timedelta(seconds=1)
BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
OVER = BEGAN + timedelta(seconds=60)
KEY = KeyRecord(
    kid="k1",
    algorithm=Algorithm.ES256,
    state=State.RETIRING,
    public_jwk="{}",
    sealed_private=b"",
    master_key="",
    created_at=BEGAN,
    announced_at=BEGAN,
    signing_from=BEGAN,
    retiring_from=OVER,
)


@pytest.mark.parametrize(
    ("kind", "word", "wrong"),
    [(GOOD, OK, 0), (GOOD, "expired", 1), ("alg none", "refused", 0), ("alg none", OK, 1)],
)
def test_a_wrong_verdict_counts(kind: str, word: str, wrong: int) -> None:
    """Of both sorts, whoever gave it."""
    ledger = Ledger()
    ledger.of("a service").note(kind, word)
    ledger.by_broker.note(kind, word)
    assert ledger.wrong == 2 * wrong


@pytest.mark.parametrize(
    ("asked", "seen", "expected"),
    [
        (BEGAN, BEGAN + LEASE, {}),
        (OVER + LEASE, OVER + 2 * LEASE, {}),
        (BEGAN - 2 * LEASE, BEGAN - LEASE, {"before it signs": 1}),
        (OVER + 1.1 * LEASE, OVER + 2 * LEASE, {"after it signed": 1}),
    ],
)
def test_a_signature_out_of_its_keys_time_is_found(
    asked: datetime, seen: datetime, expected: dict[str, int]
) -> None:
    """Once it was had before the key signs, or asked for when no worker may use it any more."""
    ledger = Ledger()
    ledger.minted(["k1"], asked=asked.timestamp(), seen=seen.timestamp())
    ledger.saw([KEY], at=OVER.timestamp())
    ledger.saw([KEY], at=(OVER + 5 * LEASE).timestamp())
    assert untimely(ledger, [KEY], lease=LEASE) == expected


def test_a_key_that_never_signed_by_the_ring_is_found() -> None:
    """Whoever signed with it."""
    ledger = Ledger()
    ledger.minted(["k1"], asked=BEGAN.timestamp(), seen=BEGAN.timestamp())
    announced = replace(KEY, signing_from=None, retiring_from=None)
    assert untimely(ledger, [announced], lease=LEASE) == {"before it signs": 1}
