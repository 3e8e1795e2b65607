"""An event stream as an app has ordered it: where Google's security events go, and which ones."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stream:
    """The receiver's address, the event types (whole URIs) that it wants, and whether it is on."""

    url: str
    events_requested: tuple[str, ...]
    enabled: bool = True

    def carries(self, event_type: str) -> bool:
        """Say whether an event of this type is sent."""
        return self.enabled and event_type in self.events_requested
