"""A log that is read afterwards."""

from broker.telemetry.log import Event


class Notebook:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def write(self, event: Event) -> None:
        self.events.append(event)
