"""The discovery and key endpoints of a provider that serves them without oddities."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from providers.emulated.discovery import falsify
from providers.emulated.keysets import publish
from providers.emulated.upstream import Upstream


@dataclass(frozen=True, slots=True)
class Metadata:
    """`describe` makes the discovery document from the base address; `ring` names the keys."""

    upstream: Upstream
    describe: Callable[[str], dict[str, object]]
    ring: str

    async def discovery(self, _request: Request) -> Response:
        """Answer the discovery document."""
        return JSONResponse(falsify(self.upstream, self.describe(self.upstream.base)))

    async def keys(self, _request: Request) -> Response:
        """Answer the key set."""
        return JSONResponse(publish(self.upstream, self.upstream.rings[self.ring].published()))
