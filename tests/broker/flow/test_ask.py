"""How often an account may ask for codes: of its own asking alone."""

from datetime import timedelta

from broker.flow.ask import Asked, AskForCode
from broker.storage.memory import MemoryTransientStore
from linking import Medium
from tests.contracts.samples import Clock
from tests.linking.fakes import World

DAY = timedelta(days=1)


def asking(world: World, clock: Clock) -> AskForCode:
    """Five a day, two of them by letter."""
    return AskForCode(world.codes, MemoryTransientStore(clock), clock, at_most=5, letters=2)


async def by_letter(ask: AskForCode, who: str = "me", number: str = "100423") -> Asked:
    """Ask for a letter."""
    return await ask("https://issuer.example", who, ["elnat"], number, Medium.LETTER)


async def test_two_letters_in_any_seven_days() -> None:
    """Each place is free again after seven days of its own, and not both at once."""
    clock = Clock()
    ask = asking(World(), clock)
    assert await by_letter(ask) is Asked.WRITTEN
    clock.now += 6 * DAY
    assert await by_letter(ask) is Asked.WRITTEN
    assert await by_letter(ask) is Asked.TOO_MANY_LETTERS
    clock.now += DAY
    assert await by_letter(ask) is Asked.WRITTEN
    assert await by_letter(ask) is Asked.TOO_MANY_LETTERS


async def test_letters_of_others_limit_nobody() -> None:
    """Nor letters one's messages."""
    ask = asking(World(), Clock())
    for _ in range(3):
        await by_letter(ask)
    assert await by_letter(ask, "somebody else") is Asked.WRITTEN
    asked = await ask("https://issuer.example", "me", ["elnat"], "100423", Medium.MESSAGE)
    assert asked is Asked.WRITTEN


async def test_what_is_refused_leaves_no_wish() -> None:
    """Whatever the number."""
    world = World()
    ask = asking(world, Clock())
    answers = [await by_letter(ask, number=str(900_000 + n)) for n in range(7)]
    assert answers.count(Asked.WRITTEN) == 2
    assert answers[-1] is Asked.TOO_OFTEN
    assert len(world.code_store.wished) == 2
