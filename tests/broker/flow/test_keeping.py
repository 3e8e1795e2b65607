from datetime import timedelta
from itertools import count

import msgspec
import pytest

from broker.flow.auth_request import Authenticated, AuthRequest, Progress
from broker.flow.keeping import Keeping, LostRace
from broker.storage.memory import MemoryTransientStore
from tests.moment import Moment


def _request(clock: Moment) -> AuthRequest:
    return AuthRequest(
        id="flow-1",
        created_at=int(clock().timestamp()),
        client_id="portal",
        redirect_uri="https://portal.example/callback",
        response_mode="query",
        state="",
        scopes=("openid",),
        nonce="",
        code_challenge="",
        silent=False,
        reauthenticate=False,
        select_account=False,
        ask_consent=False,
        max_age=None,
        hinted_subject="",
        login_hint="",
        idp_hint="",
        language="sv",
    )


@pytest.fixture
def clock() -> Moment:
    """Stands still."""
    return Moment()


@pytest.fixture
def keeping(clock: Moment) -> Keeping:
    """On a store in memory."""
    numbers = count()
    return Keeping(MemoryTransientStore(clock), clock, lambda: f"handle-{next(numbers)}")


@pytest.fixture
def progress(clock: Moment) -> Progress:
    """Somebody who has just come back."""
    who = Authenticated("google", "https://issuer.example", "s", "", {}, 1)
    return Progress(_request(clock), who)


async def test_it_is_found_by_its_handle_alone(keeping: Keeping, progress: Progress) -> None:
    """No other name leads there."""
    kept = await keeping.keep(progress)
    assert await keeping.find(kept.handle) == kept
    for other in ("", "flow-1", "s", kept.handle + "x"):
        assert await keeping.find(other) is None


async def test_of_two_changes_one_wins(keeping: Keeping, progress: Progress) -> None:
    """Two tabs cannot braid: the second is told so, and changes nothing."""
    kept = await keeping.keep(progress)
    changed = await keeping.change(kept, msgspec.structs.replace(progress, answer="first"))
    with pytest.raises(LostRace):
        await keeping.change(kept, msgspec.structs.replace(progress, answer="not_customer"))
    assert await keeping.find(kept.handle) == changed


async def test_it_ends_once(keeping: Keeping, progress: Progress) -> None:
    """And is gone."""
    kept = await keeping.keep(progress)
    await keeping.end(kept)
    with pytest.raises(LostRace):
        await keeping.end(kept)
    with pytest.raises(LostRace):
        await keeping.change(kept, progress)
    assert await keeping.find(kept.handle) is None


async def test_it_lives_as_long_as_its_flow(
    keeping: Keeping, progress: Progress, clock: Moment
) -> None:
    """An hour from the client's request, however late it was kept or changed."""
    clock.advance(minutes=50)
    kept = await keeping.keep(progress)
    clock.advance(minutes=9)
    kept = await keeping.change(kept, msgspec.structs.replace(progress, answer="first"))
    assert await keeping.find(kept.handle) == kept
    clock.now += timedelta(minutes=1)
    assert await keeping.find(kept.handle) is None
