"""The contract of `GrantStore`: single use and revocation, in every order."""

import pytest

from broker.storage import Retention, Storage
from tests.contracts import workers
from tests.contracts.conftest import Contend
from tests.contracts.samples import DAY, MINUTE, NOW, grant


async def test_a_redeemed_grant_is_found(storage: Storage) -> None:
    """It comes back whole while it lives."""
    assert await storage.grants.redeem(grant())
    assert await storage.grants.find("g1", now=NOW) == grant()


async def test_a_grant_expires(storage: Storage) -> None:
    """At its last instant it is gone."""
    await storage.grants.redeem(grant())
    assert await storage.grants.find("g1", now=NOW + 10 * MINUTE) is None


async def test_a_code_is_redeemed_once(storage: Storage) -> None:
    """Neither for the same grant again nor for another."""
    assert await storage.grants.redeem(grant())
    assert not await storage.grants.redeem(grant())
    assert not await storage.grants.redeem(grant("g2"))
    assert await storage.grants.find("g2", now=NOW) is None


async def test_redeem_then_revoke(storage: Storage) -> None:
    """A replay ends what the first redemption gave."""
    await storage.grants.redeem(grant())
    await storage.grants.revoke("g1", code_hash=b"code", at=NOW, reason="replay")
    assert await storage.grants.find("g1", now=NOW) is None


async def test_revoke_then_redeem(storage: Storage) -> None:
    """A revocation that overtakes the redemption refuses it."""
    await storage.grants.revoke("g1", code_hash=b"code", at=NOW, reason="replay")
    assert not await storage.grants.redeem(grant())
    assert await storage.grants.find("g1", now=NOW) is None


async def test_revoke_then_redeem_under_another_id(storage: Storage) -> None:
    """The revoked code is spent, whatever grant is offered for it."""
    await storage.grants.revoke("g1", code_hash=b"code", at=NOW, reason="replay")
    assert not await storage.grants.redeem(grant("g2"))


async def test_revoking_twice_is_no_error(storage: Storage) -> None:
    """However many replays there are."""
    await storage.grants.redeem(grant())
    for _ in range(3):
        await storage.grants.revoke("g1", code_hash=b"code", at=NOW, reason="replay")
    assert await storage.grants.find("g1", now=NOW) is None


async def test_revoke_by_code(storage: Storage) -> None:
    """Who holds only the code's hash can end its grant."""
    await storage.grants.redeem(grant())
    assert await storage.grants.revoke_by_code(b"code", at=NOW, reason="replay")
    assert await storage.grants.find("g1", now=NOW) is None
    assert not await storage.grants.redeem(grant())


async def test_revoke_by_an_unknown_code(storage: Storage) -> None:
    """It says that there was none, and leaves nothing behind."""
    assert not await storage.grants.revoke_by_code(b"code", at=NOW, reason="replay")
    assert await storage.grants.redeem(grant())


async def test_revoke_of_a_session(storage: Storage) -> None:
    """All grants of that session and of no other, counted once."""
    for number, sid in ((1, "s1"), (2, "s1"), (3, "s2")):
        await storage.grants.redeem(grant(f"g{number}", code=bytes([number]), sid=sid))
    assert await storage.grants.revoke_of_session("s1", at=NOW, reason="logout") == 2
    assert await storage.grants.revoke_of_session("s1", at=NOW, reason="logout") == 0
    found = [await storage.grants.find(f"g{number}", now=NOW) for number in (1, 2, 3)]
    assert [one is not None for one in found] == [False, False, True]


async def test_purge_keeps_a_spent_code_for_a_day(storage: Storage) -> None:
    """A grant's row goes only when its code is long dead."""
    await storage.grants.redeem(grant())
    last = NOW + 10 * MINUTE
    assert await storage.purge(last + DAY - MINUTE, Retention()) == 0
    assert not await storage.grants.redeem(grant("g2"))
    assert await storage.purge(last + DAY, Retention()) == 1


async def test_purge_keeps_a_revocation_for_a_day(storage: Storage) -> None:
    """Also one that came before its grant."""
    await storage.grants.revoke("g1", code_hash=b"code", at=NOW, reason="replay")
    assert await storage.purge(NOW + DAY - MINUTE, Retention()) == 0
    assert not await storage.grants.redeem(grant())


@pytest.mark.processes
def test_a_hundred_redemptions_have_one_winner(contend: Contend) -> None:
    """A hundred redemptions of one code from four processes: one grant."""
    winners = contend(workers.redeem, 25)
    assert len(winners) == 100
    assert sum(winners) == 1


@pytest.mark.processes
async def test_revocation_wins_every_race(contend: Contend, on_shared: Storage) -> None:
    """Two processes redeem what two others revoke: nothing is alive in the end."""
    contend(workers.redeem_and_revoke, 20)
    alive = [await on_shared.grants.find(f"g{i}", now=NOW) for i in range(20)]
    assert alive == [None] * 20
