"""The contract of `Archive` for signing keys: what was taken out does not come back to sign."""

import io
from collections.abc import Collection
from dataclasses import replace

import pytest

from broker.storage import Storage
from broker.storage.archive import GoneKey, Origin, Restored, open_backup
from broker.storage.chain import Intact, verify_chain
from broker.storage.ports import AuditEvent
from keys.model import State
from tests.contracts.samples import DAY, NOW, key

LATER = NOW + DAY
SIGNING = replace(key(state=State.SIGNING), signing_from=NOW, earlier_masters=("m0",))
OUT = {
    State.REVOKED: replace(key(state=State.REVOKED), revoked_at=NOW),
    State.REMOVED: replace(key(state=State.REMOVED), retiring_from=NOW, removed_at=NOW),
}


async def take(storage: Storage) -> bytes:
    """A backup as bytes."""
    file = io.BytesIO()
    origin = Origin("1.2.3", "https://login.example", NOW, ())
    await storage.archive.take(file, origin, with_register=True, on_progress=lambda *_: None)
    return file.getvalue()


async def put_back(storage: Storage, backup: bytes, *, revoke: Collection[str] = ()) -> Restored:
    """Over what there is."""
    return await storage.archive.restore(
        open_backup(io.BytesIO(backup)),
        replace=True,
        at=LATER,
        by="anna",
        revoke=revoke,
        on_progress=lambda *_: None,
    )


async def noted(storage: Storage) -> list[AuditEvent]:
    """What the trail says of keys; all of it is whole."""
    assert isinstance(await verify_chain(storage.audit), Intact)
    events = [each.event async for each in storage.audit.read()]
    return [each for each in events if each.kind.startswith("key_")]


def event(kind: str, kid: str, reason: str) -> AuditEvent:
    """As `farstu keys` notes it."""
    facts = {"algorithm": "ES256", "reason": reason}
    return AuditEvent(kind, LATER, "operator:anna", subject=kid, facts=facts)


@pytest.mark.parametrize("state", OUT)
async def test_what_was_taken_out_since_stays_out(on_shared: Storage, state: State) -> None:
    """With the time at which it was, nothing sealed, and all who had sealed it."""
    await on_shared.keys.add(SIGNING)
    backup = await take(on_shared)
    now = replace(OUT[state], sealed_private=b"", master_key="", earlier_masters=("m2",))
    assert await on_shared.keys.change(now, was=State.SIGNING)
    done = await put_back(on_shared, backup)
    [found] = await on_shared.keys.all()
    assert found == replace(
        SIGNING,
        state=state,
        revoked_at=now.revoked_at,
        removed_at=now.removed_at,
        sealed_private=b"",
        master_key="",
        earlier_masters=("m0", "m1", "m2"),
    )
    assert done.kept_out == (GoneKey("k1", "ES256", state),)
    assert done.keys_used == 0
    why = "taken out in the database that a restore replaced"
    assert await noted(on_shared) == [event(f"key_{state}", "k1", why)]


async def test_a_kid_that_the_backup_does_not_know_is_kept(on_shared: Storage) -> None:
    """It can never come again; what it had sealed is gone."""
    backup = await take(on_shared)
    await on_shared.keys.add(OUT[State.REVOKED])
    await on_shared.keys.add(key("in use"))
    done = await put_back(on_shared, backup)
    [found] = await on_shared.keys.all()
    emptied = replace(OUT[State.REVOKED], sealed_private=b"", master_key="")
    assert found == replace(emptied, earlier_masters=("m1",))
    assert [each.kid for each in done.kept_out] == ["k1"]
    assert [each.subject for each in await noted(on_shared)] == ["k1"]


async def test_what_both_know_is_told_by_nobody(on_shared: Storage) -> None:
    """A key that was out already when the backup was taken."""
    for record in (OUT[State.REVOKED], replace(OUT[State.REMOVED], kid="k2")):
        await on_shared.keys.add(record)
    backup = await take(on_shared)
    before = await on_shared.keys.all()
    done = await put_back(on_shared, backup)
    assert (done.kept_out, await noted(on_shared)) == ((), [])
    assert await on_shared.keys.all() == before


async def test_a_revoked_key_is_not_only_removed(on_shared: Storage) -> None:
    """Whichever of the two databases it was revoked in."""
    await on_shared.keys.add(OUT[State.REMOVED])
    removed = await take(on_shared)
    await on_shared.keys.change(OUT[State.REVOKED], was=State.REMOVED)
    revoked = await take(on_shared)
    await put_back(on_shared, removed)
    assert [each.state for each in await on_shared.keys.all()] == [State.REVOKED]
    await put_back(on_shared, revoked)
    assert [each.state for each in await on_shared.keys.all()] == [State.REVOKED]


async def test_what_nobody_can_open_is_revoked(on_shared: Storage) -> None:
    """Who had sealed it stays known; the trail has each kid, with why."""
    await on_shared.keys.add(SIGNING)
    await on_shared.keys.add(key("k2"))
    backup = await take(on_shared)
    done = await put_back(on_shared, backup, revoke=["k1"])
    lost, other = sorted(await on_shared.keys.all(), key=lambda each: each.kid)
    assert lost == replace(
        SIGNING,
        state=State.REVOKED,
        revoked_at=LATER,
        sealed_private=b"",
        master_key="",
        earlier_masters=("m0", "m1"),
    )
    assert other == key("k2")
    assert done.lost == (GoneKey("k1", "ES256", State.REVOKED),)
    assert done.keys_used == 1
    why = "lost at a restore: no master key opens it"
    assert await noted(on_shared) == [event("key_revoked", "k1", why)]


async def test_what_is_out_already_is_not_lost_as_well(on_shared: Storage) -> None:
    """A key that was revoked yesterday was not revoked by the restore."""
    await on_shared.keys.add(SIGNING)
    backup = await take(on_shared)
    await on_shared.keys.change(OUT[State.REVOKED], was=State.SIGNING)
    done = await put_back(on_shared, backup, revoke=["k1"])
    assert (len(done.kept_out), done.lost) == (1, ())
    [found] = await on_shared.keys.all()
    assert found.revoked_at == NOW
