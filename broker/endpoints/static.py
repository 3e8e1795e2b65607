"""`/static/{name}`: files whose names carry their hash, cacheable for ever."""

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from broker.pages.assets import StaticFiles

FOREVER = "public, max-age=31536000, immutable"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""A logo's own style may apply; nothing in it may run or be fetched."""


@dataclass(frozen=True, slots=True)
class StaticEndpoint:
    """Serves what `broker.pages` made, and nothing from disk."""

    static: StaticFiles

    async def get(self, request: Request) -> Response:
        """The file, or 304 when the browser has it."""
        file = self.static.files.get(request.path_params["name"])
        if file is None:
            raise HTTPException(404)
        headers = {
            "Cache-Control": FOREVER,
            "Content-Security-Policy": POLICY,
            "ETag": file.etag,
        }
        if file.etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(file.content, headers=headers, media_type=file.content_type)
