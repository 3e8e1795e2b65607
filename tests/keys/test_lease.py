"""For how long a worker may use a ring that it has seen."""

from dataclasses import dataclass

import pytest

from keys import Algorithm, Lease, LocalSigner, OpenRing, RingStale


@dataclass
class Clocks:
    """A machine's two clocks; the tests turn them."""

    boot: float = 1_000.0
    wall: float = 1_700_000_000.0

    def lease(self) -> Lease:
        """Fifteen seconds by them."""
        return Lease(15, clocks=(lambda: self.boot, lambda: self.wall))


def test_nothing_holds_before_anything_was_seen() -> None:
    """A worker begins without."""
    assert not Clocks().lease().holds


@pytest.mark.parametrize(
    ("boot", "wall", "holds"),
    [
        (14.9, 14.9, True),
        (15.0, 15.0, False),
        (3600.0, 3600.0, False),  # the machine slept
        (0.1, 3600.0, False),  # it was stopped from outside, and its wall clock was set right
        (3600.0, 0.1, False),  # it slept, and nobody has set its wall clock yet
        (1.0, -3600.0, True),  # its wall clock was set back
        (15.0, -3600.0, False),
    ],
)
def test_the_clock_that_says_more_is_believed(boot: float, wall: float, holds: bool) -> None:
    """Neither sleep nor a clock that is set makes a ring look younger than it is."""
    clocks = Clocks()
    lease = clocks.lease()
    lease.renew(lease.now())
    clocks.boot += boot
    clocks.wall += wall
    assert lease.holds is holds


def test_it_counts_from_when_the_look_began() -> None:
    """What a slow database answers may have been true only when it was asked."""
    clocks = Clocks()
    lease = clocks.lease()
    asked = lease.now()
    clocks.boot += 14
    lease.renew(asked)
    assert lease.holds
    clocks.boot += 1
    assert not lease.holds


def test_real_clocks_go_on() -> None:
    """The clocks that are used where none are given."""
    lease = Lease(60)
    lease.renew(lease.now())
    assert lease.holds
    assert not Lease(0).holds


@pytest.mark.parametrize("algorithm", Algorithm)
def test_without_a_lease_nothing_is_signed_or_believed(
    full_ring: OpenRing, algorithm: Algorithm
) -> None:
    """All that a signer does stops when the lease does, also in the middle of a signature."""
    holds = True
    signer = LocalSigner(full_ring, holds=lambda: holds)
    token = signer.sign({"sub": "p_1"}, typ="JWT", algorithm=algorithm)
    assert signer.verify(token, typ="JWT") == {"sub": "p_1"}
    holds = False
    with pytest.raises(RingStale):
        signer.sign({"sub": "p_1"}, typ="JWT", algorithm=algorithm)
    with pytest.raises(RingStale):
        signer.canary({"sub": "canary"}, typ="JWT", algorithm=algorithm)
    with pytest.raises(RingStale):
        signer.verify(token, typ="JWT")
    with pytest.raises(RingStale):
        signer.can_sign([algorithm])
