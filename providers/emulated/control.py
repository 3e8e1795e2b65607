"""The test's own door, `/__control`: looks into the emulated providers and changes them.

`GET /__control` shows providers, people, what is queued and every fault there is.
`GET /__control/requests[?provider=google]` shows the requests received, oldest first.
`POST /__control` takes a JSON object; members are applied in this order, all optional. Where
`provider` is missing they apply to every provider.

| member | meaning |
|---|---|
| `provider` | which one: microsoft, google, facebook, yahoo, generic |
| `reset` | true: forget faults, codes, tokens, sessions, chosen people (all: clock shift) |
| `clear_requests` | true: forget the requests received |
| `person` | key of who signs in at the next page instead of somebody clicking |
| `auto_approve` | the same every time; `new`: somebody new every time; empty: off |
| `faults` | list of names, or of `{"name", "at", "times", "seconds"}`; `times` null: until reset |
| `announce_key` | true: publish the next signing key without using it |
| `rotate_keys` | true: sign with the announced key, or with a new one at once |
| `shift_clock` | seconds that the providers' clock is ahead of the real one |
| `notify` | send what providers tell apps unasked: see `notify.Notification` |

Only JSON is taken, so that no web page can use this door from a browser without being asked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from providers.emulated.clock import ShiftedClock
from providers.emulated.config import NotLoopbackError
from providers.emulated.faults import CATALOGUE, Fault, UnknownFaultError, plan_fault
from providers.emulated.journal import Journal
from providers.emulated.notify import Messenger, Notification, UnknownNotificationError
from providers.emulated.people import CAST, find_person
from providers.emulated.upstream import EVERYBODY_NEW, Upstream


class FaultOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One fault as ordered."""

    name: str
    at: str | None = None
    times: int | None = 1
    seconds: float | None = None


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A POST's body; the module's table says what each member does."""

    provider: str | None = None
    reset: bool = False
    clear_requests: bool = False
    person: str | None = None
    auto_approve: str | None = None
    faults: tuple[FaultOrder | str, ...] = ()
    announce_key: bool = False
    rotate_keys: bool = False
    shift_clock: float | None = None
    notify: Notification | None = None


class BadOrderError(ValueError):
    """The order names a provider or a person that does not exist."""


REFUSED = (
    msgspec.MsgspecError,
    BadOrderError,
    UnknownFaultError,
    UnknownNotificationError,
    NotLoopbackError,
)


@dataclass(frozen=True, slots=True)
class Control:
    """The control endpoint."""

    upstreams: Mapping[str, Upstream]
    clock: ShiftedClock
    journal: Journal
    messenger: Messenger

    def routes(self) -> list[Route]:
        """Return where it stands."""
        return [
            Route("/__control", self.show, methods=["GET"]),
            Route("/__control", self.change, methods=["POST"]),
            Route("/__control/requests", self.show_requests, methods=["GET"]),
        ]

    async def show(self, _request: Request) -> Response:
        """Answer the state of everything."""
        return JSONResponse(self._describe())

    async def show_requests(self, request: Request) -> Response:
        """Answer the requests received."""
        received = self.journal.read(request.query_params.get("provider"))
        return JSONResponse(msgspec.to_builtins(received))

    async def change(self, request: Request) -> Response:
        """Carry an order out and answer the state after it; 400 where it cannot be understood."""
        if not request.headers.get("content-type", "").startswith("application/json"):
            return JSONResponse({"error": "send application/json"}, 415)
        try:
            order = msgspec.json.decode(await request.body(), type=Order)
            sent = await self._carry_out(order)
        except REFUSED as refusal:
            return JSONResponse({"error": str(refusal)}, 400)
        return JSONResponse({**self._describe(), "sent": sent})

    async def _carry_out(self, order: Order) -> list[dict[str, object]]:
        # Everything is judged before anything is changed.
        chosen = list(self._choose(order.provider))
        faults = [_plan(one) for one in order.faults]
        for key in (order.person, order.auto_approve):
            _check_person(key)
        if order.reset and order.provider is None:
            self.clock.shift = timedelta()
        if order.clear_requests:
            self.journal.clear()
        for upstream in chosen:
            _change_people(upstream, order)
            for fault in faults:
                upstream.faults.add(fault)
            _change_keys(upstream, order)
        if order.shift_clock is not None:
            self.clock.shift = timedelta(seconds=order.shift_clock)
        if order.notify is None:
            return []
        return [await self.messenger.send(one, order.notify) for one in chosen]

    def _choose(self, provider: str | None) -> Iterable[Upstream]:
        if provider is None:
            return self.upstreams.values()
        if provider not in self.upstreams:
            raise BadOrderError(f"no provider named {provider}")
        return (self.upstreams[provider],)

    def _describe(self) -> dict[str, object]:
        return {
            "now": self.clock().isoformat(),
            "shift_clock": self.clock.shift.total_seconds(),
            "providers": {name: _describe(one) for name, one in self.upstreams.items()},
            "people": [
                {
                    "key": person.key,
                    "name": person.name,
                    "role": person.role_en,
                    "providers": list(person.accounts),
                }
                for person in CAST
            ],
            "faults": msgspec.to_builtins(list(CATALOGUE.values())),
        }


def _plan(order: FaultOrder | str) -> Fault:
    if isinstance(order, str):
        return plan_fault(order)
    return plan_fault(order.name, order.at, order.times, order.seconds)


def _check_person(key: str | None) -> None:
    if key and key != EVERYBODY_NEW and find_person(key) is None:
        raise BadOrderError(f"no person named {key}")


def _change_people(upstream: Upstream, order: Order) -> None:
    if order.reset:
        upstream.reset()
    if order.person is not None:
        upstream.next_person = order.person
    if order.auto_approve is not None:
        upstream.auto_approve = order.auto_approve


def _change_keys(upstream: Upstream, order: Order) -> None:
    for ring in upstream.rings.values():
        if order.announce_key:
            ring.announce()
        if order.rotate_keys:
            ring.rotate()


def _describe(upstream: Upstream) -> dict[str, object]:
    return {
        "base": upstream.base,
        "clients": list(upstream.registrations),
        "next_person": upstream.next_person,
        "auto_approve": upstream.auto_approve,
        "faults": msgspec.to_builtins(list(upstream.faults.waiting())),
    }
