"""Sends, on request of the control endpoint, what providers tell apps without being asked."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import msgspec

from providers.emulated.consoles import Registration
from providers.emulated.facebook.notices import Notices
from providers.emulated.facebook.signed_request import FLAWS as REQUEST_FLAWS
from providers.emulated.google.events import EVENT_TYPES, Events
from providers.emulated.google.events import FLAWS as EVENT_FLAWS
from providers.emulated.people import find_person
from providers.emulated.upstream import Upstream


class Notification(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to send: `kind` and `flaw` as the provider knows them, to which client about whom.

    Facebook: `deauthorize` or `deletion`; flaws `signature`, `old`, `algorithm`. Google: an event's
    short name; flaws `expired`, `twice`, `audience`. An empty `client` is the first one registered.
    """

    kind: str
    person: str
    client: str = ""
    flaw: str = "none"


class UnknownNotificationError(ValueError):
    """The provider sends no such thing, or there is no such person or client."""


@dataclass(frozen=True, slots=True)
class Messenger:
    """The senders, by provider."""

    notices: Mapping[str, Notices]
    events: Mapping[str, Events]

    async def send(self, upstream: Upstream, wanted: Notification) -> dict[str, object]:
        """Send it and return how the app answered, or raise UnknownNotificationError."""
        app = _find_app(upstream, wanted.client)
        person = find_person(wanted.person)
        if app is None or person is None or upstream.name not in person.accounts:
            raise UnknownNotificationError("no such client or person")
        notices, events = self.notices.get(upstream.name), self.events.get(upstream.name)
        if notices is not None and wanted.flaw in REQUEST_FLAWS:
            if wanted.kind == "deauthorize":
                return asdict(await notices.deauthorize(app, person, wanted.flaw))
            if wanted.kind == "deletion":
                return asdict(await notices.request_deletion(app, person, wanted.flaw))
        if (
            events is not None
            and events.find_stream(app) is not None
            and wanted.kind in EVENT_TYPES
            and wanted.flaw in EVENT_FLAWS
        ):
            return {"statuses": await events.send(app, person, wanted.kind, wanted.flaw)}
        raise UnknownNotificationError(f"{upstream.name} sends no {wanted.kind} ({wanted.flaw})")


def _find_app(upstream: Upstream, client_id: str) -> Registration | None:
    if client_id:
        return upstream.registrations.get(client_id)
    return next(iter(upstream.registrations.values()), None)
