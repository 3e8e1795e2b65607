"""What comes of wishes for codes is told to operators: in classes, of nobody."""

from broker.chores.sending_codes import SendingCodes
from broker.telemetry.codes import CodeDispatched, CodeWithheld
from linking.codes.sending import Medium
from tests.broker.chores.notebook import Notebook
from tests.linking.fakes import NOW, World


async def test_each_wish_has_a_line() -> None:
    """Sent, or why not; how many were settled."""
    world, log = World(), Notebook()
    for number in ("100423", "999999"):
        await world.codes.ask(["elnat"], number, Medium.MESSAGE, now=NOW)
    chore = SendingCodes(world.codes, lambda: NOW, log)
    assert await chore.run(NOW) == 2
    assert log.events == [CodeDispatched("message"), CodeWithheld("message", "nobody")]
    assert await chore.run(NOW) == 0
