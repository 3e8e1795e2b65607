"""Customer service ends a connection: that one, at once, and written down."""

import pytest

from linking import Connections, Unlinked, Unlinking
from linking.model import Proof, Relation
from tests.linking.fakes import NOW, Delegations, Links
from tests.linking.test_erasure import LATER, Desk, desk

__all__ = ["desk"]  # the fixture: Astrid is 100423 and helps 100977, Bertil is 100977


def connections(desk: Desk) -> Connections:
    """Who is connected there."""
    store = desk.world.store
    return Connections(store, Links(store), Delegations(store))


def unlinking(desk: Desk) -> Unlinking:
    """The use case there."""
    store = desk.world.store
    return Unlinking(
        connections=connections(desk),
        links=Links(store),
        delegations=Delegations(store),
        signed_in=desk.sessions,
        journal=store,
        transaction=store.transaction,
    )


async def test_only_that_connection_ends(desk: Desk) -> None:
    """The person keeps what they have besides, and is signed out."""
    unlinked = await unlinking(desk).unlink(desk.link, now=LATER, reason="moved apart")
    assert isinstance(unlinked, Unlinked)
    assert unlinked.sessions == 2
    assert desk.sessions.ended == [desk.astrid]
    (left,) = await connections(desk).of_person(desk.astrid, now=LATER)
    assert left.id == desk.delegation


async def test_rights_end_with_it(desk: Desk) -> None:
    """Whoever asks for whom the person may act gets what is left."""
    await unlinking(desk).unlink(desk.link, now=LATER, reason="moved apart")
    (entry,) = await desk.world.linking.entries_of(desk.astrid, ["elnat"], now=LATER)
    assert entry.relation is Relation.DELEGATE


@pytest.mark.parametrize(
    ("which", "kind"), [("link", "link_ended"), ("delegation", "delegation_ended")]
)
async def test_it_is_written_down(desk: Desk, which: str, kind: str) -> None:
    """Whose, of which customer, and why; no number."""
    name = getattr(desk, which)
    found = await connections(desk).find(name, now=LATER)
    assert found is not None
    await unlinking(desk).unlink(name, now=LATER, reason="moved apart")
    assert desk.world.store.notes[-1] == (
        kind,
        {
            "person": desk.astrid,
            "customer": found.customer,
            "connection": name,
            "reason": "moved apart",
        },
    )


async def test_it_is_done_once(desk: Desk) -> None:
    """The second time there is nothing, and nothing is noted."""
    link = desk.link
    await unlinking(desk).unlink(link, now=LATER, reason="moved apart")
    notes = list(desk.world.store.notes)
    assert await unlinking(desk).unlink(link, now=LATER, reason="moved apart") is None
    assert desk.world.store.notes == notes


async def test_it_is_done_wholly_or_not_at_all(desk: Desk) -> None:
    """When the sessions cannot be ended, the link is still there."""
    desk.sessions.is_down = True
    with pytest.raises(ConnectionError):
        await unlinking(desk).unlink(desk.link, now=LATER, reason="moved apart")
    assert await connections(desk).find(desk.link, now=LATER) is not None


async def test_a_connection_says_what_it_is(desk: Desk) -> None:
    """Customer by opaque id, proof, and an end only for help."""
    link = await connections(desk).find(desk.link, now=LATER)
    help_ = await connections(desk).find(desk.delegation, now=LATER)
    assert link is not None
    assert help_ is not None
    assert (link.is_help, link.expires_at, link.proof) == (False, None, Proof.INVOICE)
    assert help_.is_help
    assert help_.expires_at is not None
    assert help_.expires_at > NOW
    assert "100" not in f"{link.customer}{help_.customer}"
