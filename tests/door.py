"""In front of a test's application: who comes in, from where, with which cookies."""

from dataclasses import dataclass, field

from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request as a site received it; `site` is Sec-Fetch-Site, `cookies` are the names."""

    method: str
    path: str
    site: str
    cookies: frozenset[str]


@dataclass
class Door:
    """In front of an application: writes down who comes in, and from where."""

    app: ASGIApp
    arrivals: list[Arrival] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Write down, and pass on."""
        if scope["type"] == "http":
            headers = {name: value.decode() for name, value in scope["headers"]}
            pairs = headers.get(b"cookie", "").split("; ")
            names = frozenset(pair.partition("=")[0] for pair in pairs if pair)
            site = headers.get(b"sec-fetch-site", "")
            self.arrivals.append(Arrival(scope["method"], scope["path"], site, names))
        await self.app(scope, receive, send)

    def last(self, path: str, method: str = "GET") -> Arrival:
        """The latest request of this path."""
        return next(
            each for each in reversed(self.arrivals) if (each.path, each.method) == (path, method)
        )
