"""`/readyz` says yes or no to a balancer, and why to the log."""

from starlette.requests import Request

from broker.endpoints.health import Health
from broker.storage.bundle import Check
from broker.telemetry.log import Event
from broker.telemetry.process import ReadyAgain, Unready

ANYBODY = Request({"type": "http"})


class _Kept:
    """A log in memory."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def write(self, event: Event) -> None:
        self.events.append(event)


async def test_why_is_told_once_for_each_change() -> None:
    """A balancer asks every second or two: the log has a line when something changes."""
    states = iter([(), ("transient",), ("transient",), ("database", "transient"), (), ()])

    async def missing() -> tuple[str, ...]:
        return next(states)

    log = _Kept()
    health = Health(missing, log)
    answers = [(await health.ready(ANYBODY)).status_code for _ in range(6)]
    assert answers == [200, 503, 503, 503, 200, 200]
    assert log.events == [Unready("transient"), Unready("database transient"), ReadyAgain()]


def test_what_is_missing() -> None:
    """Each by its name; behind a database that does not answer nothing is known."""
    assert Check(database=True, schema=True, transient=True, clock=True).is_ready
    wanting = Check(database=True, schema=False, transient=True, clock=False)
    assert wanting.missing == ("schema", "clock")
    gone = Check(database=False, schema=False, transient=False, clock=False)
    assert gone.missing == ("database", "transient")
