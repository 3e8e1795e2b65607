"""An alarm where many codes wait to leave."""

from broker.alarms.raising import Alarms
from broker.chores.code_crowd import CodeCrowdTold
from broker.telemetry.alarms import CodesWaiting
from tests.broker.chores.notebook import Notebook
from tests.house import TestHouse
from tests.stories.test_no_invoice_at_hand import ask, sent, to_code


async def test_many_codes_that_wait_are_told_once(house: TestHouse) -> None:
    """From the threshold on, with how many and for how long; other messages do not count."""
    log, parts = Notebook(), house.parts
    turn = CodeCrowdTold(parts.storage.outbox, Alarms(parts.storage.transient, log), many=2)
    for number, told in (("100245", 0), ("100246", 1)):
        await ask(await to_code(house.browser()), number)
        await sent(house)
        house.clock.advance(minutes=1)
        assert await turn.run(house.clock()) == told
    assert await turn.run(house.clock()) == 0
    assert log.events == [CodesWaiting(2, 2, 2)]
