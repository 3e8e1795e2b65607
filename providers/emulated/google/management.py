"""Google's RISC management API: an app orders its event stream, stops it, has it tried out.

One stream per project, which here is one registration; what the console holds is its first state.
Over plain HTTP, too, because nothing leaves this machine. Takes event types as they are ordered.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from providers.emulated.config import is_loopback
from providers.emulated.consoles import Registration
from providers.emulated.google.api_error import ApiError, forbid, refuse_argument
from providers.emulated.google.events import PUSH, Events
from providers.emulated.google.service_accounts import recognise
from providers.emulated.reading import read_bearer
from providers.emulated.streams import Stream
from providers.emulated.transport import Handler

STATUSES = {"enabled": True, "disabled": False}
UNREADABLE = refuse_argument("Invalid JSON payload received.")
NO_DELIVERY = refuse_argument("Stream configuration must contain delivery field.")
NO_EVENTS = refuse_argument("Stream configuration must contain events_requested field.")
BAD_METHOD = refuse_argument("Unsupported delivery method.")
BAD_STATUS = refuse_argument("Status must be enabled or disabled.")
NOT_HTTP = forbid("Delivery endpoint must be an HTTPS URL.")
FOREIGN = forbid("Delivery endpoint does not belong to any of your project's domains.")
NO_STREAM = ApiError(404, "NOT_FOUND", "Stream configuration could not be found.")

Act = Callable[[Registration, Request], Awaitable[Response | ApiError]]
Body = TypeVar("Body")


class Delivery(msgspec.Struct, frozen=True):
    """How events reach the app."""

    delivery_method: str = ""
    url: str = ""


class Update(msgspec.Struct, frozen=True):
    """The body of `stream:update`."""

    delivery: Delivery | None = None
    events_requested: tuple[str, ...] = ()


class StatusUpdate(msgspec.Struct, frozen=True):
    """The body of `stream/status:update`."""

    status: str = ""


class Verification(msgspec.Struct, frozen=True):
    """The body of `stream:verify`; the state comes back in the event."""

    state: str = ""


@dataclass(frozen=True, slots=True)
class Management:
    """`risc.googleapis.com/v1beta`; each action answers only the app's own service account."""

    events: Events

    def allow(self, act: Act) -> Handler:
        """Return the endpoint of an action, behind the check of the bearer token."""

        async def endpoint(request: Request) -> Response:
            upstream = self.events.upstream
            apps, now = upstream.registrations.values(), upstream.clock.stamp()
            app = recognise(read_bearer(request), apps, now)
            outcome = app if isinstance(app, ApiError) else await act(app, request)
            return outcome.answer() if isinstance(outcome, ApiError) else outcome

        return endpoint

    async def update(self, app: Registration, request: Request) -> Response | ApiError:
        """Order a stream instead of the present one; a stopped one stays stopped."""
        body = await _read(request, Update)
        if isinstance(body, ApiError):
            return body
        if body.delivery is None:
            return NO_DELIVERY
        refusal = _look(app, body.delivery) or (None if body.events_requested else NO_EVENTS)
        if refusal is not None:
            return refusal
        present = self.events.find_stream(app)
        enabled = present is None or present.enabled
        self._keep(app, Stream(body.delivery.url, body.events_requested, enabled))
        return JSONResponse({})

    async def show(self, app: Registration, _request: Request) -> Response | ApiError:
        """Answer what is ordered."""
        stream = self.events.find_stream(app)
        if stream is None:
            return NO_STREAM
        return JSONResponse(
            {
                "iss": f"{self.events.upstream.base}/",
                "aud": [app.client_id],
                "delivery": {"delivery_method": PUSH, "url": stream.url},
                "events_requested": list(stream.events_requested),
            }
        )

    async def show_status(self, app: Registration, _request: Request) -> Response | ApiError:
        """Answer whether events are sent."""
        stream = self.events.find_stream(app)
        if stream is None:
            return NO_STREAM
        return JSONResponse({"status": "enabled" if stream.enabled else "disabled"})

    async def update_status(self, app: Registration, request: Request) -> Response | ApiError:
        """Stop or start sending."""
        body = await _read(request, StatusUpdate)
        if isinstance(body, ApiError):
            return body
        if body.status not in STATUSES:
            return BAD_STATUS
        stream = self.events.find_stream(app)
        if stream is None:
            return NO_STREAM
        self._keep(app, replace(stream, enabled=STATUSES[body.status]))
        return JSONResponse({})

    async def verify(self, app: Registration, request: Request) -> Response | ApiError:
        """Answer, and then send a verification event with the state."""
        body = await _read(request, Verification)
        if isinstance(body, ApiError):
            return body
        if self.events.find_stream(app) is None:
            return NO_STREAM
        return JSONResponse({}, background=BackgroundTask(self.events.verify, app, body.state))

    def _keep(self, app: Registration, stream: Stream) -> None:
        self.events.upstream.streams[app.client_id] = stream


async def _read(request: Request, shape: type[Body]) -> Body | ApiError:
    try:
        return msgspec.json.decode(await request.body(), type=shape)
    except msgspec.MsgspecError:
        return UNREADABLE


def _look(app: Registration, delivery: Delivery) -> ApiError | None:
    """Return what is wrong with an order's delivery: its hosts are those that people return to."""
    if delivery.delivery_method != PUSH:
        return BAD_METHOD
    try:
        address = urlsplit(delivery.url)
    except ValueError:
        return NOT_HTTP
    if address.scheme not in ("http", "https"):
        return NOT_HTTP
    host = address.hostname or ""
    domains = {urlsplit(one).hostname for one in app.redirect_uris}
    return None if host in domains and is_loopback(host) else FOREIGN
