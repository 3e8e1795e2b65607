"""Faults of the wire: slow, down, throttled, or a body that is not what it should be.

Wraps an endpoint; what the provider would have said stays the endpoint's business.
"""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from providers.emulated.faults import TRANSPORT, Fault, Place
from providers.emulated.upstream import Upstream

Handler = Callable[[Request], Awaitable[Response]]

SLOW_SECONDS = 8.0
TIMEOUT_SECONDS = 60.0
MEGABYTE = 1_048_576
REPLACEMENTS: Mapping[str, Callable[[Upstream], Response]] = {
    "timeout": lambda _: Response(status_code=504),
    "down_500": lambda _: Response(status_code=500),
    "down_502": lambda _: HTMLResponse("<html><h1>502 Bad Gateway</h1></html>", 502),
    "down_503": lambda _: HTMLResponse("<html><h1>503</h1></html>", 503, {"Retry-After": "30"}),
    "throttled": lambda upstream: upstream.throttle(upstream),
    "html": lambda _: HTMLResponse("<!doctype html><title>Hej</title><p>Ingen JSON här.</p>"),
    "huge": lambda _: Response(
        b'{"filler":"' + b"x" * MEGABYTE + b'"}', media_type="application/json"
    ),
    "redirect": lambda upstream: RedirectResponse(f"{upstream.base}/elsewhere", 302),
    "not_json_object": lambda _: Response(b"false", media_type="application/json"),
}
TRANSPORT_NAMES = frozenset(kind.name for kind in TRANSPORT)


def guard(upstream: Upstream, place: Place, handler: Handler) -> Handler:
    """Return the endpoint with this place's transport faults in front of and behind it."""

    async def endpoint(request: Request) -> Response:
        fault = upstream.faults.take(place, TRANSPORT_NAMES)
        return await handler(request) if fault is None else await _spoil(upstream, fault, request)

    async def _spoil(upstream: Upstream, fault: Fault, request: Request) -> Response:
        broken = await _instead(upstream, fault)
        return broken if broken is not None else _change(fault, await handler(request))

    return endpoint


def guarded_route(
    upstream: Upstream, place: Place, path: str, handler: Handler, *methods: str
) -> Route:
    """Return a route to the guarded endpoint; GET where no method is named."""
    return Route(path, guard(upstream, place, handler), methods=methods or ("GET",))


async def _instead(upstream: Upstream, fault: Fault) -> Response | None:
    """Return the answer that replaces the real one; None where the real one is needed."""
    if fault.name == "slow":
        await upstream.sleep(SLOW_SECONDS if fault.seconds is None else fault.seconds)
    if fault.name == "timeout":
        await upstream.sleep(TIMEOUT_SECONDS if fault.seconds is None else fault.seconds)
    replace = REPLACEMENTS.get(fault.name)
    return None if replace is None else replace(upstream)


def _change(fault: Fault, response: Response) -> Response:
    body = bytes(response.body)
    if fault.name == "truncated":
        return Response(body[: len(body) // 2], response.status_code, media_type="application/json")
    if fault.name == "wrong_content_type":
        return Response(body, response.status_code, media_type="text/javascript")
    return response
